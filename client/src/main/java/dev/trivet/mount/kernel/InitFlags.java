package dev.trivet.mount.kernel;

/** What is asked for when the protocol is negotiated ({@code FUSE_INIT}). */
final class InitFlags {
  static final int MAJOR = 7;
  static final int OLDEST_MINOR = 31;
  static final int NEWEST_MINOR = 45;

  private static final int FUSE_ASYNC_READ = 1;
  private static final int FUSE_BIG_WRITES = 1 << 5;
  private static final int FUSE_DO_READDIRPLUS = 1 << 13;
  private static final int FUSE_READDIRPLUS_AUTO = 1 << 14;
  private static final int FUSE_ASYNC_DIO = 1 << 15;
  private static final int FUSE_PARALLEL_DIROPS = 1 << 18;
  private static final int FUSE_MAX_PAGES = 1 << 22;
  private static final int FUSE_CACHE_SYMLINKS = 1 << 23;

  /**
   * Not FUSE_POSIX_LOCKS nor FUSE_FLOCK_LOCKS: unset, the kernel keeps locks itself, which is right
   * where one mount is the only one. Not FUSE_WRITEBACK_CACHE: the mount coalesces writes itself
   * and must know of them when it is fenced.
   */
  static final int WANTED =
      FUSE_ASYNC_READ
          | FUSE_BIG_WRITES
          | FUSE_DO_READDIRPLUS
          | FUSE_READDIRPLUS_AUTO
          | FUSE_ASYNC_DIO
          | FUSE_PARALLEL_DIROPS
          | FUSE_MAX_PAGES
          | FUSE_CACHE_SYMLINKS;

  private InitFlags() {}
}
