/*
 * For each line of its input, tells by how many milliseconds what the C library says of each clock is ahead of what the kernel
 * says of it: clock_gettime of the wall clock, of its coarse form, gettimeofday, time, and clock_gettime of the monotonic clock.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

static long long millis(struct timespec t) {
    return t.tv_sec * 1000LL + t.tv_nsec / 1000000;
}

static long long kernel(clockid_t clock) {
    struct timespec now;
    syscall(SYS_clock_gettime, clock, &now);
    return millis(now);
}

static long long library(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return millis(now);
}

int main(void) {
    char line[16];
    while (fgets(line, sizeof line, stdin)) {
        struct timeval day;
        gettimeofday(&day, NULL);
        long long of_day = day.tv_sec * 1000LL + day.tv_usec / 1000 - kernel(CLOCK_REALTIME);
        long long seconds = time(NULL) * 1000LL - kernel(CLOCK_REALTIME_COARSE);
        printf("%lld %lld %lld %lld %lld\n", library(CLOCK_REALTIME) - kernel(CLOCK_REALTIME),
               library(CLOCK_REALTIME_COARSE) - kernel(CLOCK_REALTIME_COARSE), of_day, seconds,
               library(CLOCK_MONOTONIC) - kernel(CLOCK_MONOTONIC));
        fflush(stdout);
    }
    return 0;
}
