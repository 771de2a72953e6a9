package dev.trivet.replicate;

import java.io.IOException;
import java.nio.file.Path;

/** fsync of a folder: its entries survive a power cut afterwards. Tests watch and fail it. */
interface FolderSync {
  void sync(Path folder) throws IOException;
}
