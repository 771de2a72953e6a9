package dev.trivet.state.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.trivet.proto.etcd.KeyValue;
import dev.trivet.proto.etcd.RangeRequest;
import dev.trivet.store.ReadView;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.PerfLevel;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

final class KeyWalkTest {
  private static final int VERSIONS = 3_000;

  @TempDir private Path folder;

  @Test
  void aGetOfAnOldRevisionLooksAtOneVersionHoweverManyThereAre() throws RocksDBException {
    try (KeyNode node = new KeyNode(folder.resolve("store"));
        RocksDB meter = RocksDB.open(folder.resolve("meter").toString())) {
      node.put("other");
      for (int i = 0; i < VERSIONS; i++) {
        node.put("key");
      }
      long wanted = node.revision() - VERSIONS / 2;
      // The counts are the thread's, whatever database it reads.
      meter.setPerfLevel(PerfLevel.ENABLE_COUNT);
      meter.getPerfContext().reset();

      KeyValue found = get(node, wanted);

      assertThat(found.getModRevision()).isEqualTo(wanted);
      assertThat(meter.getPerfContext().getInternalKeySkippedCount()).isLessThan(VERSIONS / 100);
    }
  }

  private static KeyValue get(KeyNode node, long revision) {
    try (ReadView view = node.view()) {
      return KeyQueries.range(
              view,
              RangeRequest.newBuilder()
                  .setKey(ByteString.copyFromUtf8("key"))
                  .setRevision(revision)
                  .build(),
              1 << 20)
          .getKvs(0);
    }
  }
}
