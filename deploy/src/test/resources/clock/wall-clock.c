/* A wall clock that can be set: loaded into a process before the C library, it adds an offset to whatever tells the time of day, and to
   nothing else. Clocks that only go forward, and with them all waiting, stay as they are. The offset, in seconds, lies in the file that
   WALL_CLOCK names and takes effect when it is written. Uses no header, so that a bare compiler is enough. */
struct timespec { long seconds; long nanos; };
struct timeval { long seconds; long micros; };

extern char *getenv(const char *);
extern int open(const char *, int, ...);
extern void *mmap(void *, unsigned long, int, int, int, long);
extern void *dlsym(void *, const char *);

static volatile long none;
static volatile long *offset = &none;
static int (*told)(int, struct timespec *);

__attribute__((constructor)) static void begin(void) {
  const char *path = getenv("WALL_CLOCK");
  int file = path ? open(path, 0 /* O_RDONLY */) : -1;
  void *page = file < 0 ? (void *)-1 : mmap(0, sizeof(long), 1 /* PROT_READ */, 1 /* MAP_SHARED */, file, 0);
  if (page != (void *)-1) {
    offset = page;
  }
}

int clock_gettime(int clock, struct timespec *now) {
  if (!told) {
    told = (int (*)(int, struct timespec *))dlsym((void *)-1L /* RTLD_NEXT */, "clock_gettime");
  }
  int code = told(clock, now);
  if (code == 0 && (clock == 0 /* CLOCK_REALTIME */ || clock == 5 /* CLOCK_REALTIME_COARSE */)) {
    now->seconds += *offset;
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
