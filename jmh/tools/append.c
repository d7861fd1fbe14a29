// append - what it costs to append batches to a file, in each of the ways there are.
//
//   build: cc -O2 -o append append.c
//   run:   ./append FOLDER BATCH-BYTES HOW MEGABYTES
//
// HOW is one of
//   write      each batch by itself
//   ahead      before a batch, filler up to the next multiple of 64 KB, and batches into them: what storage-mmap does
//   reused     into a file that was written before, as one of a deleted segment would be
//   mapped     into a fresh mapping of a sparse file
//   touched    into a mapping of which each page was touched before; the touching is not counted
//
// Prints processor time for each batch and percentiles by the clock, in microseconds.
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#define AHEAD_BYTES (64L << 10)
#define PIECE_BYTES (1L << 20)

static double us(clockid_t clock) {
  struct timespec t;
  clock_gettime(clock, &t);
  return t.tv_sec * 1e6 + t.tv_nsec / 1e3;
}
static void die(const char *m) {
  perror(m);
  exit(1);
}
static void put(int fd, const char *bytes, long size, long at) {
  if (pwrite(fd, bytes, size, at) != size) die("write");
}
static int ascending(const void *a, const void *b) {
  double x = *(double *)a, y = *(double *)b;
  return (x > y) - (x < y);
}
int main(int n, char **v) {
  if (n < 5) return fprintf(stderr, "append FOLDER BATCH-BYTES HOW MEGABYTES\n"), 2;
  long size = atol(v[2]), total = atol(v[4]) << 20, count = total / size, end = 0, filled = 0;
  const char *how = v[3];
  char path[4096];
  snprintf(path, sizeof path, "%s/append-XXXXXX", v[1]);
  int fd = mkstemp(path);
  if (fd < 0) die(path);
  unlink(path);
  char *batch = malloc(size), *filler = malloc(AHEAD_BYTES + size), *piece = calloc(1, PIECE_BYTES), *map = 0;
  double *took = malloc(count * sizeof *took);
  memset(batch, 7, size);
  memset(filler, 0x7f, AHEAD_BYTES + size);
  if (!strcmp(how, "reused"))
    for (long at = 0; at < total; at += PIECE_BYTES) put(fd, piece, PIECE_BYTES, at);
  if (!strcmp(how, "mapped") || !strcmp(how, "touched")) {
    if (ftruncate(fd, total)) die("ftruncate");
    map = mmap(0, total, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED) die("mmap");
    for (long at = 0; *how == 't' && at < total; at += 4096) map[at] = 0;
  }
  int ahead = !strcmp(how, "ahead");
  double before = us(CLOCK_PROCESS_CPUTIME_ID);
  for (long i = 0; i < count; i++, end += size) {
    double began = us(CLOCK_MONOTONIC);
    if (map) memcpy(map + end, batch, size);
    else {
      if (ahead && end + size > filled) {
        long to = (end + size + AHEAD_BYTES - 1) / AHEAD_BYTES * AHEAD_BYTES;
        put(fd, filler, to - filled, filled);
        filled = to;
      }
      put(fd, batch, size, end);
    }
    took[i] = us(CLOCK_MONOTONIC) - began;
  }
  double cpu = us(CLOCK_PROCESS_CPUTIME_ID) - before;
  qsort(took, count, sizeof *took, ascending);
  printf("%ld B, %s: processor %.2f us; p50 %.1f, p99 %.1f, p99.9 %.1f us\n", size, how, cpu / count, took[count / 2],
         took[count * 99 / 100], took[count * 999 / 1000]);
  return 0;
}
