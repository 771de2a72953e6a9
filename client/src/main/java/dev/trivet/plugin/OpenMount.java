package dev.trivet.plugin;

/** One volume's file system, mounted on this server. Methods may be called by any thread. */
interface OpenMount extends AutoCloseable {
  /** False once the mount can only give errors: its session ended, by time or by a fence. */
  boolean isAlive();

  /** Writes back, unmounts and lets the volume go; the directory is free afterwards. */
  @Override
  void close();
}
