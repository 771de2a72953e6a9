/* Stands between a node and the C library, loaded before it: a wall clock that can be set, and a disk that fails, or takes its time, on
   demand. The page of eight numbers that NODE_SHIM names says what is wanted and counts what was done; it takes effect when it is written.
   With NTH, one call alone fails, counted from 1 among those of the kinds. Only files below the folder that NODE_SHIM_FOLDER names are touched. Uses no header, so that a bare compiler is enough. */
typedef long ssize;
typedef unsigned long size;
struct timespec { long seconds; long nanos; };
struct timeval { long seconds; long micros; };

extern char *getenv(const char *);
extern void *mmap(void *, size, int, int, int, long);
extern void *dlsym(void *, const char *);
extern int *__errno_location(void);
extern ssize readlink(const char *, char *, size);
extern int nanosleep(const struct timespec *, struct timespec *);
int open(const char *path, int flags, int mode);

enum { CLOCK_AHEAD, KINDS, ERRNO, ONE_IN, DELAY_MICROS, BITTEN, CALLS, NTH, NUMBERS };
enum { SYNC = 1, WRITE = 2, READ = 4, OPEN = 8, RENAME = 16, UNLINK = 32 };
enum { AT_FDCWD = -100 };

static volatile long nothing[NUMBERS];
static volatile long *page = nothing;
static const char *folder = "";

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("NODE_SHIM");
  const char *below = getenv("NODE_SHIM_FOLDER");
  int file = path ? open(path, 2 /* O_RDWR */, 0) : -1;
  void *mapped = file < 0 ? (void *)-1 : mmap(0, 4096, 3 /* PROT_READ | PROT_WRITE */, 1 /* MAP_SHARED */, file, 0);
  if (below) {
    folder = below;
  }
  if (mapped != (void *)-1) {
    page = mapped;
  }
}

static void *real(void **known, const char *name) {
  if (!*known) {
    *known = dlsym((void *)-1L /* RTLD_NEXT */, name);
  }
  return *known;
}

static int is_path_below(const char *path, ssize length) {
  if (!folder[0]) {
    return 0;
  }
  for (ssize i = 0; folder[i]; i++) {
    if (i >= length || path[i] != folder[i]) {
      return 0;
    }
  }
  return 1;
}

static int is_below(int file) {
  char link[32] = "/proc/self/fd/", digits[12], path[4096];
  int length = 14, count = 0;
  ssize found;
  do {
    digits[count++] = (char)('0' + file % 10);
    file /= 10;
  } while (file > 0);
  while (count > 0) {
    link[length++] = digits[--count];
  }
  link[length] = 0;
  found = readlink(link, path, sizeof path);
  return found > 0 && is_path_below(path, found);
}

/* Of a name: absolute, as the JDK and RocksDB have them below the folder, or relative to an open folder. */
static int is_named_below(int at, const char *path) {
  ssize length = 0;
  while (path[length]) {
    length++;
  }
  return path[0] == '/' ? is_path_below(path, length) : at >= 0 && is_below(at);
}

/* Whether the call is to fail; errno is set then. */
static int looked_at_fails(long kind) {
  long call = __atomic_add_fetch(&page[CALLS], 1, __ATOMIC_RELAXED);
  /* Looked at by and by, so that a long delay ends when it is taken back; it has bitten when it begins. */
  for (long waited = 0; waited < page[DELAY_MICROS] && (page[KINDS] & kind); waited += 20000) {
    long left = page[DELAY_MICROS] - waited;
    if (waited == 0) {
      __atomic_add_fetch(&page[BITTEN], 1, __ATOMIC_RELAXED);
    }
    struct timespec pause = {0, (left < 20000 ? left : 20000) * 1000};
    nanosleep(&pause, 0);
  }
  int is_hit = page[NTH] ? call == page[NTH] : page[ONE_IN] <= 1 || call % page[ONE_IN] == 0;
  if (page[ERRNO] && (page[KINDS] & kind) && is_hit) {
    __atomic_add_fetch(&page[BITTEN], 1, __ATOMIC_RELAXED);
    *__errno_location() = (int)page[ERRNO];
    return 1;
  }
  return 0;
}

static int fails(int file, long kind) {
  return (page[KINDS] & kind) && file >= 0 && is_below(file) && looked_at_fails(kind);
}

static int name_fails(int at, const char *path, long kind) {
  return (page[KINDS] & kind) && is_named_below(at, path) && looked_at_fails(kind);
}

#define STANDS(result, kind, name, parameters, arguments) \
  result name parameters { \
    static void *known; \
    return fails(file, kind) ? (result)-1 : ((result (*) parameters)real(&known, #name)) arguments; \
  }

STANDS(int, SYNC, fsync, (int file), (file))
STANDS(int, SYNC, fdatasync, (int file), (file))
STANDS(ssize, WRITE, write, (int file, const void *bytes, size count), (file, bytes, count))
STANDS(ssize, WRITE, pwrite, (int file, const void *bytes, size count, long at), (file, bytes, count, at))
STANDS(ssize, WRITE, pwrite64, (int file, const void *bytes, size count, long at), (file, bytes, count, at))
STANDS(ssize, WRITE, writev, (int file, const void *parts, int count), (file, parts, count))
STANDS(int, WRITE, fallocate, (int file, int mode, long at, long count), (file, mode, at, count))
STANDS(int, WRITE, fallocate64, (int file, int mode, long at, long count), (file, mode, at, count))
STANDS(ssize, READ, read, (int file, void *bytes, size count), (file, bytes, count))
STANDS(ssize, READ, pread, (int file, void *bytes, size count, long at), (file, bytes, count, at))
STANDS(ssize, READ, pread64, (int file, void *bytes, size count, long at), (file, bytes, count, at))
STANDS(ssize, READ, readv, (int file, const void *parts, int count), (file, parts, count))

STANDS(int, WRITE, ftruncate, (int file, long length), (file, length))
STANDS(int, WRITE, ftruncate64, (int file, long length), (file, length))

#define NAMED(result, failed, kind, at, path, name, parameters, arguments) \
  result name parameters { \
    static void *known; \
    return name_fails(at, path, kind) ? failed : ((result (*) parameters)real(&known, #name)) arguments; \
  }

NAMED(int, -1, OPEN, AT_FDCWD, path, open, (const char *path, int flags, int mode), (path, flags, mode))
NAMED(int, -1, OPEN, AT_FDCWD, path, open64, (const char *path, int flags, int mode), (path, flags, mode))
NAMED(int, -1, OPEN, at, path, openat, (int at, const char *path, int flags, int mode), (at, path, flags, mode))
NAMED(int, -1, OPEN, at, path, openat64, (int at, const char *path, int flags, int mode), (at, path, flags, mode))
NAMED(void *, 0, OPEN, AT_FDCWD, path, fopen, (const char *path, const char *mode), (path, mode))
NAMED(void *, 0, OPEN, AT_FDCWD, path, fopen64, (const char *path, const char *mode), (path, mode))
NAMED(int, -1, RENAME, AT_FDCWD, to, rename, (const char *from, const char *to), (from, to))
NAMED(int, -1, RENAME, new, to, renameat, (int old, const char *from, int new, const char *to), (old, from, new, to))
NAMED(int, -1, RENAME, new, to, renameat2, (int old, const char *from, int new, const char *to, unsigned flags), (old, from, new, to, flags))
NAMED(int, -1, RENAME, AT_FDCWD, to, link, (const char *from, const char *to), (from, to))
NAMED(int, -1, RENAME, new, to, linkat, (int old, const char *from, int new, const char *to, int flags), (old, from, new, to, flags))
NAMED(int, -1, RENAME, AT_FDCWD, path, mkdir, (const char *path, unsigned mode), (path, mode))
NAMED(int, -1, UNLINK, AT_FDCWD, path, unlink, (const char *path), (path))
NAMED(int, -1, UNLINK, at, path, unlinkat, (int at, const char *path, int flags), (at, path, flags))
NAMED(int, -1, UNLINK, AT_FDCWD, path, rmdir, (const char *path), (path))

int clock_gettime(int clock, struct timespec *now) {
  static void *known;
  int code = ((int (*)(int, struct timespec *))real(&known, "clock_gettime"))(clock, now);
  if (code == 0 && (clock == 0 /* CLOCK_REALTIME */ || clock == 5 /* CLOCK_REALTIME_COARSE */)) {
    now->seconds += page[CLOCK_AHEAD];
  }
  return code;
}

int gettimeofday(struct timeval *now, void *zone) {
  struct timespec precise;
  int code = clock_gettime(0, &precise);
  (void)zone;
  now->seconds = precise.seconds;
  now->micros = precise.nanos / 1000;
  return code;
}

long time(long *seconds) {
  struct timespec now;
  clock_gettime(0, &now);
  if (seconds) {
    *seconds = now.seconds;
  }
  return now.seconds;
}
