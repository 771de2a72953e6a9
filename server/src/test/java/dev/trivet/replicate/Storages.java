package dev.trivet.replicate;

import java.io.IOException;
import java.nio.file.Path;
import org.apache.ratis.server.RaftServerConfigKeys.Log.CorruptionPolicy;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.util.SizeInBytes;

/** Ratis's own folders, without a server. */
final class Storages {
  private Storages() {}

  static RaftStorage open(Path group) throws IOException {
    RaftStorage storage =
        RaftStorage.newBuilder()
            .setDirectory(group.toFile())
            .setOption(RaftStorage.StartupOption.RECOVER)
            .setLogCorruptionPolicy(CorruptionPolicy.EXCEPTION)
            .setStorageFreeSpaceMin(SizeInBytes.valueOf("1MB"))
            .build();
    storage.initialize();
    return storage;
  }
}
