/* Preloaded into the program under test.
 *
 * PRIZM_TEST_DISK_ROOT, PRIZM_TEST_DISK_FREE: writes to files below the root count; once so many bytes are used up,
 * writing there fails with ENOSPC, as on a full disk.
 * PRIZM_TEST_HIDDEN: nothing below this folder can be opened or looked at, as if it were not there. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static long used;

static int is_full(int fd, size_t length) {
  const char *root = getenv("PRIZM_TEST_DISK_ROOT");
  const char *room = getenv("PRIZM_TEST_DISK_FREE");
  char link[64], path[PATH_MAX];
  if (!root || !room || fd < 3) return 0;
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t end = readlink(link, path, sizeof path - 1);
  if (end < 0) return 0;
  path[end] = 0;
  if (strncmp(path, root, strlen(root)) != 0) return 0;
  if (__atomic_add_fetch(&used, (long)length, __ATOMIC_SEQ_CST) <= atol(room)) return 0;
  errno = ENOSPC;
  return 1;
}

static int is_hidden(const char *path) {
  const char *root = getenv("PRIZM_TEST_HIDDEN");
  if (!root || !path || strncmp(path, root, strlen(root)) != 0) return 0;
  errno = ENOENT;
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

ssize_t write(int fd, const void *data, size_t length) {
  return is_full(fd, length) ? -1 : REAL(write)(fd, data, length);
}

ssize_t pwrite64(int fd, const void *data, size_t length, off64_t at) {
  return is_full(fd, length) ? -1 : REAL(pwrite64)(fd, data, length, at);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  size_t length = 0;
  for (int at = 0; at < count; at++) length += parts[at].iov_len;
  return is_full(fd, length) ? -1 : REAL(writev)(fd, parts, count);
}

ssize_t copy_file_range(int from, off64_t *at, int to, off64_t *there, size_t length, unsigned flags) {
  return is_full(to, length) ? -1 : REAL(copy_file_range)(from, at, to, there, length, flags);
}

#define MODE(flags, mode)                 \
  int mode = 0;                           \
  if ((flags) & (O_CREAT | O_TMPFILE)) {  \
    va_list rest;                         \
    va_start(rest, flags);                \
    mode = va_arg(rest, int);             \
    va_end(rest);                         \
  }

int open(const char *path, int flags, ...) {
  MODE(flags, mode)
  return is_hidden(path) ? -1 : REAL(open)(path, flags, mode);
}

int open64(const char *path, int flags, ...) {
  MODE(flags, mode)
  return is_hidden(path) ? -1 : REAL(open64)(path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return is_hidden(path) ? -1 : REAL(openat)(folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...) {
  MODE(flags, mode)
  return is_hidden(path) ? -1 : REAL(openat64)(folder, path, flags, mode);
}

FILE *fopen64(const char *path, const char *how) {
  return is_hidden(path) ? NULL : REAL(fopen64)(path, how);
}

int statx(int folder, const char *path, int flags, unsigned mask, struct statx *about) {
  return is_hidden(path) ? -1 : REAL(statx)(folder, path, flags, mask, about);
}
