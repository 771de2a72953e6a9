package dev.trivet.store;

import java.io.IOException;
import java.nio.file.Path;

/** Where a store's tables lie while they are not open. */
interface Home {
  /** Opens the tables, making them when there are none. */
  OpenTables open();

  /** Puts a checkpoint's content in the tables' place; they are not open. */
  void replaceWith(Path checkpoint) throws IOException;

  /** RocksDB's files in a folder. */
  record Folder(Path directory, StoreOptions options) implements Home {
    @Override
    public OpenTables open() {
      return OpenDatabase.open(directory, options);
    }

    @Override
    public void replaceWith(Path checkpoint) throws IOException {
      new Replacement(directory).with(checkpoint);
    }
  }
}
