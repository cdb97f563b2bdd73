/*
 * Moves the wall clock of the process that it is preloaded into (LD_PRELOAD), by an offset that may change at any time.
 *
 * FENCEPOST_CLOCK_FILE names a file of 8 bytes, the offset in nanoseconds as a signed integer in the machine's byte order. It
 * is mapped, so that a change is seen at the next look at the clock, without a call. A process that cannot map it ends with
 * status 112 before it does anything: a server whose clock is wrongly believed to move would be worse than none.
 *
 * Only the wall clock moves: the monotonic clocks, and waiting until a moment of the wall clock, which the kernel does by its
 * own (sem_timedwait, pthread_cond_timedwait), are as they were. So are the times of files.
 *
 * After the constructor there is no call but to the real clock_gettime, no lock and no allocation. These four functions have one
 * version each in the 64-bit C libraries, so dlsym cannot find an old one; gettimeofday and time are made from clock_gettime,
 * because the library's own may be resolved before this is loaded. A look at the clock before the constructor has run, by
 * another library's constructor or inside dlsym, goes to the kernel and is not moved.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define NANOS 1000000000LL
#define UNUSABLE 112

_Static_assert(sizeof(void *) == 8 && sizeof(time_t) == 8, "64-bit machines only");

typedef int clock_reader(clockid_t, struct timespec *);

static const int64_t unmoved = 0;
static const int64_t *offset = &unmoved;
static clock_reader *real_clock_gettime;

__attribute__((constructor)) static void set_up(void) {
    const char *name = getenv("FENCEPOST_CLOCK_FILE");
    int file = open(name ? name : "", O_RDONLY | O_CLOEXEC);
    struct stat status;
    void *mapped = MAP_FAILED;
    if (file >= 0 && fstat(file, &status) == 0 && status.st_size == sizeof(int64_t)) {
        mapped = mmap(NULL, sizeof(int64_t), PROT_READ, MAP_SHARED, file, 0);
    }
    *(void **)&real_clock_gettime = dlsym(RTLD_NEXT, "clock_gettime");
    if (mapped == MAP_FAILED || real_clock_gettime == NULL) {
        fprintf(stderr, "fencepost: cannot use the clock file '%s'\n", name ? name : "");
        _exit(UNUSABLE);
    }
    close(file);
    offset = mapped;
}

static int read_clock(clockid_t clock, struct timespec *now) {
    if (real_clock_gettime == NULL) {
        return (int)syscall(SYS_clock_gettime, clock, now);
    }
    return real_clock_gettime(clock, now);
}

static int read_moved(clockid_t clock, struct timespec *now) {
    int result = read_clock(clock, now);
    if (result == 0) {
        int64_t by = __atomic_load_n(offset, __ATOMIC_RELAXED);
        int64_t nanos = now->tv_nsec + by % NANOS;
        int64_t carry = nanos < 0 ? -1 : nanos >= NANOS ? 1 : 0;
        now->tv_sec += by / NANOS + carry;
        now->tv_nsec = nanos - carry * NANOS;
    }
    return result;
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    int is_wall = clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE;
    return is_wall ? read_moved(clock, now) : read_clock(clock, now);
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    int result = read_moved(CLOCK_REALTIME, &precise);
    if (result == 0) {
        now->tv_sec = precise.tv_sec;
        now->tv_usec = precise.tv_nsec / 1000;
        if (zone != NULL) {
            *(struct timezone *)zone = (struct timezone){0, 0};
        }
    }
    return result;
}

time_t time(time_t *result) {
    struct timespec now;
    if (read_moved(CLOCK_REALTIME_COARSE, &now) != 0) {
        return (time_t)-1;
    }
    if (result != NULL) {
        *result = now.tv_sec;
    }
    return now.tv_sec;
}
