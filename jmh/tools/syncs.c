// syncs - counts how often a program calls fsync and fdatasync, whatever it is written in.
//
//   build: cc -O2 -shared -fPIC -o syncs.so syncs.c
//   use:   SYNCS_FILE=count LD_PRELOAD=./syncs.so PROGRAM
//
// The file holds one 64-bit number of this machine's byte order, which can be read while the program runs. The calls themselves are
// made as always.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t *count;

__attribute__((constructor)) static void open_count(void) {
  const char *name = getenv("SYNCS_FILE");
  int fd = name ? open(name, O_RDWR | O_CREAT, 0644) : -1;
  if (fd < 0) return;
  if (!ftruncate(fd, sizeof *count)) {
    void *page = mmap(0, sizeof *count, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED) count = page;
  }
  close(fd);
}

static void add(void) {
  if (count) __atomic_add_fetch(count, 1, __ATOMIC_RELAXED);
}

int fsync(int fd) {
  add();
  return syscall(SYS_fsync, fd);
}

int fdatasync(int fd) {
  add();
  return syscall(SYS_fdatasync, fd);
}
