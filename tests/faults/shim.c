/* Makes system calls fail: loaded with LD_PRELOAD into the program, and told by environment variables what to do.
 *
 *   MICROZONE_FAULT_UNDER   a folder without symbolic links; only calls for files in it count
 *   MICROZONE_FAULT_CALLS   names with commas between: write pwrite ftruncate rename fsync unlink open mkdir link flock
 *                           read close. `open` is one that may create; `fsync` is fdatasync too.
 *   MICROZONE_FAULT_FILE    only for paths in that folder that contain this text
 *   MICROZONE_FAULT_AT      the number of the call, from 1; 0 only counts
 *   MICROZONE_FAULT_DO      what then happens, see `enum what`
 *   MICROZONE_FAULT_ERRNO   the error of calls that fail
 *   MICROZONE_FAULT_RANK    only in this MPI rank
 *   MICROZONE_FAULT_REPORT  a file of 4096 bytes or more: see `struct report`; with the rank as its extension
 *
 * A file with a temporary name, `.results.h5.77-0.temporary`, counts as the one that it becomes.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

struct report {
    _Atomic uint64_t calls;
    /* 1 from the moment on that something was done to a call. */
    _Atomic uint64_t struck;
    /* Of the first call that something was done to, relative to the folder; "" is the folder. */
    char path[1024];
};

enum what {
    FAIL,    /* the call fails, once */
    FROM,    /* it and all later ones fail */
    SHORT,   /* it writes (reads) half; for others, nothing happens */
    HALF,    /* it writes half (fails, if it is not a write), and all later ones fail */
    KILL,    /* the process is killed in its place */
    TEAR,    /* it writes half (is made, if it is not a write), and the process is killed */
    STOP     /* the process is stopped before it */
};

static struct report unreported, *report = &unreported;
static const char *under, *calls, *part;
static size_t under_length;
static uint64_t at;
static int error_number, active;
static enum what what;

static const char *variable(const char *name, const char *otherwise) {
    const char *value = getenv(name);
    return value ? value : otherwise;
}

static const char *own_rank(void) {
    return variable("PMI_RANK", variable("OMPI_COMM_WORLD_RANK", "0"));
}

static void map_report(void) {
    char path[PATH_MAX];
    const char *name = getenv("MICROZONE_FAULT_REPORT");
    if (!name)
        return;
    snprintf(path, sizeof path, "%s.%s", name, own_rank());
    int fd = (int)syscall(SYS_openat, AT_FDCWD, path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
    if (fd < 0 || syscall(SYS_ftruncate, fd, 4096L) != 0)
        _exit(99);
    void *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (mapped == MAP_FAILED)
        _exit(99);
    report = mapped;
    syscall(SYS_close, fd);
}

__attribute__((constructor)) static void begin(void) {
    static const char *names[] = {"fail", "from", "short", "half", "kill", "tear", "stop"};
    const char *rank = getenv("MICROZONE_FAULT_RANK"), *wanted = variable("MICROZONE_FAULT_DO", "fail");
    under = getenv("MICROZONE_FAULT_UNDER");
    calls = getenv("MICROZONE_FAULT_CALLS");
    if (!under || !calls || strcmp(program_invocation_short_name, "microzone") != 0)
        return;
    if (rank && strcmp(rank, own_rank()) != 0)
        return;
    part = variable("MICROZONE_FAULT_FILE", "");
    under_length = strlen(under);
    at = strtoull(variable("MICROZONE_FAULT_AT", "0"), NULL, 10);
    error_number = atoi(variable("MICROZONE_FAULT_ERRNO", "28"));
    for (size_t index = 0; index < sizeof names / sizeof *names; index++)
        if (strcmp(wanted, names[index]) == 0)
            what = (enum what)index;
    map_report();
    active = 1;
}

static int is_wanted(const char *call) {
    size_t length = strlen(call);
    for (const char *name = calls; *name;) {
        size_t end = strcspn(name, ",");
        if (end == length && strncmp(name, call, length) == 0)
            return 1;
        name += end + (name[end] == ',');
    }
    return 0;
}

/* The path of a descriptor as the kernel knows it; "" if it has none. */
static void path_of(int fd, char *path) {
    char link[40];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    long length = syscall(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1L);
    path[length < 0 ? 0 : length] = 0;
}

static void absolute(int folder, const char *name, char *path) {
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return;
    }
    char base[PATH_MAX] = "";
    if (folder == AT_FDCWD) {
        long length = syscall(SYS_getcwd, base, (long)sizeof base);
        base[length < 0 ? 0 : length - 1] = 0;
    } else {
        path_of(folder, base);
    }
    if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX)
        path[0] = 0;
}

/* Takes the dot and `.77-0.temporary` off a temporary name. */
static void without_disguise(char *path) {
    static const char deleted[] = " (deleted)", temporary[] = ".temporary";
    size_t length = strlen(path);
    if (length > sizeof deleted && strcmp(path + length - (sizeof deleted - 1), deleted) == 0)
        path[length -= sizeof deleted - 1] = 0;
    char *name = strrchr(path, '/');
    name = name ? name + 1 : path;
    length = strlen(name);
    if (name[0] != '.' || length < sizeof temporary || strcmp(name + length - (sizeof temporary - 1), temporary) != 0)
        return;
    name[length - (sizeof temporary - 1)] = 0;
    char *last = strrchr(name, '.');
    if (last && last != name)
        *last = 0;
    memmove(name, name + 1, strlen(name));
}

/* What becomes of a call: 0 nothing, an error number, or -1 for half of it. */
static int decide(const char *call, char *path) {
    if (strncmp(path, under, under_length) != 0 || (path[under_length] != '/' && path[under_length] != 0))
        return 0;
    without_disguise(path);
    const char *inner = path + under_length + (path[under_length] == '/');
    if (!is_wanted(call) || !strstr(inner, part))
        return 0;
    uint64_t number = atomic_fetch_add(&report->calls, 1) + 1;
    if (at == 0 || number < at)
        return 0;
    if (number == at) {
        snprintf(report->path, sizeof report->path, "%s", inner);
        atomic_store(&report->struck, 1);
    }
    int has_halves = strcmp(call, "write") == 0 || strcmp(call, "pwrite") == 0 || strcmp(call, "read") == 0;
    if (what == FROM || (what == HALF && (number > at || !has_halves)))
        return error_number;
    if (number > at)
        return 0;
    if (what == KILL)
        syscall(SYS_kill, getpid(), SIGKILL);
    if (what == STOP) {
        syscall(SYS_kill, getpid(), SIGSTOP);
        return 0;
    }
    return what == FAIL ? error_number : -1;
}

static int decide_name(const char *call, int folder, const char *name) {
    char path[PATH_MAX];
    if (!active)
        return 0;
    absolute(folder, name, path);
    return decide(call, path);
}

static int decide_fd(const char *call, int fd) {
    char path[PATH_MAX];
    int saved = errno;
    if (!active)
        return 0;
    path_of(fd, path);
    int decided = decide(call, path);
    errno = saved;
    return decided;
}

/* After half of a call was done. */
static long halved(long result) {
    if (what == TEAR)
        syscall(SYS_kill, getpid(), SIGKILL);
    return result;
}

static long failed(int number) {
    errno = number;
    return -1;
}

/* `whole` is the call; `half` does half of it, for calls that have halves. */
#define STRIKE(decision, whole, half)             \
    do {                                          \
        int decided_ = (decision);                \
        if (decided_ > 0)                         \
            return failed(decided_);              \
        if (decided_ < 0)                         \
            return halved(half);                  \
        return (whole);                           \
    } while (0)

#define HALF_OF(count) ((count) < 2 ? (count) : (count) / 2)

ssize_t write(int fd, const void *bytes, size_t count) {
    STRIKE(decide_fd("write", fd), syscall(SYS_write, fd, bytes, count), syscall(SYS_write, fd, bytes, HALF_OF(count)));
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
    STRIKE(decide_fd("write", fd), syscall(SYS_writev, fd, parts, count),
           syscall(SYS_writev, fd, parts, HALF_OF(count)));
}

ssize_t pwrite(int fd, const void *bytes, size_t count, off_t offset) {
    STRIKE(decide_fd("pwrite", fd), syscall(SYS_pwrite64, fd, bytes, count, offset),
           syscall(SYS_pwrite64, fd, bytes, HALF_OF(count), offset));
}

ssize_t pwrite64(int fd, const void *bytes, size_t count, off64_t offset) {
    return pwrite(fd, bytes, count, offset);
}

ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t offset) {
    STRIKE(decide_fd("pwrite", fd), syscall(SYS_pwritev, fd, parts, count, offset, 0L),
           syscall(SYS_pwritev, fd, parts, HALF_OF(count), offset, 0L));
}

ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t offset) {
    return pwritev(fd, parts, count, offset);
}

ssize_t copy_file_range(int from, off64_t *start, int to, off64_t *end, size_t count, unsigned flags) {
    STRIKE(decide_fd("write", to), syscall(SYS_copy_file_range, from, start, to, end, count, flags),
           syscall(SYS_copy_file_range, from, start, to, end, HALF_OF(count), flags));
}

ssize_t read(int fd, void *bytes, size_t count) {
    STRIKE(decide_fd("read", fd), syscall(SYS_read, fd, bytes, count), syscall(SYS_read, fd, bytes, HALF_OF(count)));
}

ssize_t pread(int fd, void *bytes, size_t count, off_t offset) {
    STRIKE(decide_fd("read", fd), syscall(SYS_pread64, fd, bytes, count, offset),
           syscall(SYS_pread64, fd, bytes, HALF_OF(count), offset));
}

ssize_t pread64(int fd, void *bytes, size_t count, off64_t offset) {
    return pread(fd, bytes, count, offset);
}

int ftruncate(int fd, off_t length) {
    STRIKE(decide_fd("ftruncate", fd), syscall(SYS_ftruncate, fd, length), syscall(SYS_ftruncate, fd, length));
}

int ftruncate64(int fd, off64_t length) {
    return ftruncate(fd, length);
}

int fallocate(int fd, int mode, off_t offset, off_t length) {
    STRIKE(decide_fd("ftruncate", fd), syscall(SYS_fallocate, fd, mode, offset, length),
           syscall(SYS_fallocate, fd, mode, offset, length));
}

int fallocate64(int fd, int mode, off64_t offset, off64_t length) {
    return fallocate(fd, mode, offset, length);
}

int posix_fallocate(int fd, off_t offset, off_t length) {
    return fallocate(fd, 0, offset, length) == 0 ? 0 : errno;
}

int posix_fallocate64(int fd, off64_t offset, off64_t length) {
    return posix_fallocate(fd, offset, length);
}

int fsync(int fd) {
    STRIKE(decide_fd("fsync", fd), syscall(SYS_fsync, fd), syscall(SYS_fsync, fd));
}

int fdatasync(int fd) {
    STRIKE(decide_fd("fsync", fd), syscall(SYS_fdatasync, fd), syscall(SYS_fdatasync, fd));
}

int syncfs(int fd) {
    STRIKE(decide_fd("fsync", fd), syscall(SYS_syncfs, fd), syscall(SYS_syncfs, fd));
}

/* The kernel lets the descriptor go even where close reports an error. */
int close(int fd) {
    int decided = decide_fd("close", fd);
    long result = syscall(SYS_close, fd);
    STRIKE(decided, result, result);
}

int flock(int fd, int operation) {
    STRIKE(decide_fd("flock", fd), syscall(SYS_flock, fd, operation), syscall(SYS_flock, fd, operation));
}

/* Named by where the file comes to lie. */
int renameat2(int from, const char *old, int to, const char *new, unsigned flags) {
    STRIKE(decide_name("rename", to, new), syscall(SYS_renameat2, from, old, to, new, flags),
           syscall(SYS_renameat2, from, old, to, new, flags));
}

int renameat(int from, const char *old, int to, const char *new) {
    return renameat2(from, old, to, new, 0);
}

int rename(const char *old, const char *new) {
    return renameat2(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int linkat(int from, const char *old, int to, const char *new, int flags) {
    STRIKE(decide_name("link", to, new), syscall(SYS_linkat, from, old, to, new, flags),
           syscall(SYS_linkat, from, old, to, new, flags));
}

int link(const char *old, const char *new) {
    return linkat(AT_FDCWD, old, AT_FDCWD, new, 0);
}

int unlinkat(int folder, const char *name, int flags) {
    STRIKE(decide_name("unlink", folder, name), syscall(SYS_unlinkat, folder, name, flags),
           syscall(SYS_unlinkat, folder, name, flags));
}

int unlink(const char *name) {
    return unlinkat(AT_FDCWD, name, 0);
}

int rmdir(const char *name) {
    return unlinkat(AT_FDCWD, name, AT_REMOVEDIR);
}

int mkdirat(int folder, const char *name, mode_t mode) {
    STRIKE(decide_name("mkdir", folder, name), syscall(SYS_mkdirat, folder, name, mode),
           syscall(SYS_mkdirat, folder, name, mode));
}

int mkdir(const char *name, mode_t mode) {
    return mkdirat(AT_FDCWD, name, mode);
}

static int opened(int folder, const char *name, int flags, mode_t mode) {
    int decided = flags & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY)) ? decide_name("open", folder, name) : 0;
    STRIKE(decided, syscall(SYS_openat, folder, name, flags, mode), syscall(SYS_openat, folder, name, flags, mode));
}

#define MODE_OF(flags, mode)                                  \
    mode_t mode = 0;                                          \
    if ((flags) & (O_CREAT | (O_TMPFILE & ~O_DIRECTORY))) {   \
        va_list rest;                                         \
        va_start(rest, flags);                                \
        mode = va_arg(rest, mode_t);                          \
        va_end(rest);                                         \
    }

int openat(int folder, const char *name, int flags, ...) {
    MODE_OF(flags, mode)
    return opened(folder, name, flags, mode);
}

int openat64(int folder, const char *name, int flags, ...) {
    MODE_OF(flags, mode)
    return opened(folder, name, flags | O_LARGEFILE, mode);
}

int open(const char *name, int flags, ...) {
    MODE_OF(flags, mode)
    return opened(AT_FDCWD, name, flags, mode);
}

int open64(const char *name, int flags, ...) {
    MODE_OF(flags, mode)
    return opened(AT_FDCWD, name, flags | O_LARGEFILE, mode);
}
