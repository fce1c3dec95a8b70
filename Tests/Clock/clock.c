/* A clock that is ahead, for tests: preloaded, it adds CLOCK_AHEAD seconds to the time of day of a program and of those
 * that it starts. What is measured from some moment (CLOCK_MONOTONIC) stays as it is, and waits that end at a time of
 * day end when they would. Times of files are ahead too, for programs compare them with the time of day.
 *
 * libfaketime does more, and changes timers too: a process that sleeps then waits for years. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>

static long ahead;

__attribute__((constructor)) static void read_environment(void) {
  const char *text = getenv("CLOCK_AHEAD");
  ahead = text ? atol(text) : 0;
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

int clock_gettime(clockid_t clock, struct timespec *now) {
  static typeof(&clock_gettime) real;
  if (!real) real = REAL(clock_gettime);
  int result = real(clock, now);
  if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) now->tv_sec += ahead;
  return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
  (void)zone;
  struct timespec time;
  clock_gettime(CLOCK_REALTIME, &time);
  now->tv_sec = time.tv_sec;
  now->tv_usec = time.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *result) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (result) *result = now.tv_sec;
  return now.tv_sec;
}

int timespec_get(struct timespec *now, int base) {
  clock_gettime(CLOCK_REALTIME, now);
  return base;
}

/* By the machine's clock. */
static struct timespec machine_time(const struct timespec *end) {
  return (struct timespec){.tv_sec = end->tv_sec - ahead, .tv_nsec = end->tv_nsec};
}

int sem_timedwait(sem_t *restrict semaphore, const struct timespec *restrict end) {
  struct timespec time = machine_time(end);
  return REAL(sem_timedwait)(semaphore, &time);
}

int pthread_mutex_timedlock(pthread_mutex_t *restrict mutex, const struct timespec *restrict end) {
  struct timespec time = machine_time(end);
  return REAL(pthread_mutex_timedlock)(mutex, &time);
}

int pthread_cond_timedwait(
    pthread_cond_t *restrict condition, pthread_mutex_t *restrict mutex, const struct timespec *restrict end) {
  /* A condition that was made for the monotonic clock has no years in its time. */
  struct timespec time = end->tv_sec > ahead ? machine_time(end) : *end;
  return REAL(pthread_cond_timedwait)(condition, mutex, &time);
}

static int moved(int result, struct stat *status) {
  if (result == 0) {
    status->st_atim.tv_sec += ahead;
    status->st_mtim.tv_sec += ahead;
    status->st_ctim.tv_sec += ahead;
  }
  return result;
}

int stat(const char *restrict path, struct stat *restrict status) { return moved(REAL(stat)(path, status), status); }

int lstat(const char *restrict path, struct stat *restrict status) { return moved(REAL(lstat)(path, status), status); }

int fstat(int file, struct stat *status) { return moved(REAL(fstat)(file, status), status); }

int fstatat(int folder, const char *restrict path, struct stat *restrict status, int flags) {
  return moved(REAL(fstatat)(folder, path, status, flags), status);
}

static const struct timespec *machine_times(const struct timespec times[2], struct timespec result[2]) {
  if (!times) return NULL;
  for (int index = 0; index < 2; index++) {
    int isTime = times[index].tv_nsec != UTIME_NOW && times[index].tv_nsec != UTIME_OMIT;
    result[index] = isTime ? machine_time(&times[index]) : times[index];
  }
  return result;
}

int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
  struct timespec buffer[2];
  return REAL(utimensat)(folder, path, machine_times(times, buffer), flags);
}

int futimens(int file, const struct timespec times[2]) {
  struct timespec buffer[2];
  return REAL(futimens)(file, machine_times(times, buffer));
}
