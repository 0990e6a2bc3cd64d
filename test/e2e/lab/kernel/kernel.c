// Loaded into every program of the lab (ld.so.preload): the kernel that runs the lab may be built without modules, and then has no
// /proc/modules that a mount could hide; and uname(2) tells its release, whatever /proc/sys/kernel/osrelease says.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

static const char *there(const char *path) {
  return path && strcmp(path, "/proc/modules") == 0 ? "/srv/kernel/modules" : path;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static mode_t mode_of(int flags, va_list more) {
  return flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? va_arg(more, mode_t) : 0;
}

#define OPEN(name)                                  \
  int name(const char *path, int flags, ...) {      \
    va_list more;                                   \
    va_start(more, flags);                          \
    mode_t mode = mode_of(flags, more);             \
    va_end(more);                                   \
    return REAL(name)(there(path), flags, mode);    \
  }
#define OPEN_AT(name)                                          \
  int name(int folder, const char *path, int flags, ...) {     \
    va_list more;                                              \
    va_start(more, flags);                                     \
    mode_t mode = mode_of(flags, more);                        \
    va_end(more);                                              \
    return REAL(name)(folder, there(path), flags, mode);       \
  }
OPEN(open)
OPEN(open64)
OPEN_AT(openat)
OPEN_AT(openat64)

FILE *fopen(const char *path, const char *mode) { return REAL(fopen)(there(path), mode); }
FILE *fopen64(const char *path, const char *mode) { return REAL(fopen64)(there(path), mode); }
int access(const char *path, int mode) { return REAL(access)(there(path), mode); }
int faccessat(int folder, const char *path, int mode, int flags) { return REAL(faccessat)(folder, there(path), mode, flags); }
int stat(const char *path, struct stat *into) { return REAL(stat)(there(path), into); }
int stat64(const char *path, struct stat64 *into) { return REAL(stat64)(there(path), into); }
int fstatat(int folder, const char *path, struct stat *into, int flags) { return REAL(fstatat)(folder, there(path), into, flags); }
int fstatat64(int folder, const char *path, struct stat64 *into, int flags) { return REAL(fstatat64)(folder, there(path), into, flags); }
int statx(int folder, const char *path, int flags, unsigned mask, struct statx *into) {
  return REAL(statx)(folder, there(path), flags, mask, into);
}

// Node asks for statx in this way.
long syscall(long number, ...) {
  va_list more;
  va_start(more, number);
  long word[6];
  for (int i = 0; i < 6; i++) word[i] = va_arg(more, long);
  va_end(more);
  if (number == SYS_statx) word[1] = (long)there((const char *)word[1]);
  return ((long (*)(long, ...))dlsym(RTLD_NEXT, "syscall"))(number, word[0], word[1], word[2], word[3], word[4], word[5]);
}

int uname(struct utsname *into) {
  int result = REAL(uname)(into);
  int file = REAL(open)("/proc/sys/kernel/osrelease", O_RDONLY | O_CLOEXEC);
  if (result != 0 || file < 0) return result;
  ssize_t length = read(file, into->release, sizeof into->release - 1);
  close(file);
  if (length > 0) into->release[into->release[length - 1] == '\n' ? length - 1 : length] = '\0';
  return result;
}
