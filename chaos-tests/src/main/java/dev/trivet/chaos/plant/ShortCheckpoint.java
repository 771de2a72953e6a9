package dev.trivet.chaos.plant;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.trivet.store.Batch;
import dev.trivet.store.Cursor;
import dev.trivet.store.LogPosition;
import dev.trivet.store.ReadView;
import dev.trivet.store.Store;
import dev.trivet.store.StoreOptions;
import dev.trivet.store.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;

/** A checkpoint that says it has what its last batch lacks: the rows of its newest revision. */
final class ShortCheckpoint {
  private static final byte[] APPLIED = "applied".getBytes(UTF_8);

  private ShortCheckpoint() {}

  static void cut(Path folder) {
    try (Store store = Store.open(folder, StoreOptions.DEFAULT)) {
      LogPosition position = store.applied();
      Batch batch = store.begin();
      byte[] applied = leaveOut(store, batch);
      store.commit(batch, new LogPosition(position.term(), position.index() + 1));
      // As if nothing were missing: position, and the hash of the state.
      store.putLocal(Table.LOCAL, APPLIED, applied);
      store.flush();
    }
    dropTraces(folder);
  }

  /** Returns what the checkpoint says of itself. */
  private static byte[] leaveOut(Store store, Batch batch) {
    try (ReadView view = store.view()) {
      long newest = -1;
      try (Cursor revisions = view.scanBackward(Table.REVISIONS, new byte[0], null)) {
        while (revisions.next()
            && (newest < 0 || ByteBuffer.wrap(revisions.key()).getLong() == newest)) {
          newest = ByteBuffer.wrap(revisions.key()).getLong();
          batch.delete(Table.REVISIONS, revisions.key());
          batch.delete(Table.CURRENT, revisions.value());
        }
      }
      try (Cursor history = view.scan(Table.HISTORY, new byte[0], null)) {
        while (history.next()) {
          byte[] row = history.key();
          if (ByteBuffer.wrap(row).getLong(row.length - Long.BYTES) == newest) {
            batch.delete(Table.HISTORY, row);
          }
        }
      }
      return Objects.requireNonNull(view.get(Table.LOCAL, APPLIED), "a store without a position");
    }
  }

  /** Files of an opening, which a checkpoint does not have. */
  private static void dropTraces(Path folder) {
    try (DirectoryStream<Path> traces = Files.newDirectoryStream(folder, "LO{CK,G,G.*}")) {
      for (Path trace : traces) {
        Files.delete(trace);
      }
    } catch (IOException e) {
      throw new UncheckedIOException("tidying up " + folder + " failed", e);
    }
  }
}
