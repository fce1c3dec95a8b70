/* A clock that is ahead, for tests. Preloaded, it adds CLOCK_AHEAD seconds to the time of day of a program and of all
 * that it starts, even with an environment of their own; programs that are linked statically keep the machine's clock.
 * CLOCK_MONOTONIC does not change, and waits that end at a time of day end when they would. Times of files are ahead
 * too, because programs compare them with the time of day.
 *
 * libfaketime does more, and changes timers too: a process that sleeps then waits for years. */
#define _GNU_SOURCE
#include <alloca.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>
#include <utime.h>

static long ahead;

/* A process that is started without these variables gets them too, CLOCK_AHEAD by another name, and removes them from
 * its environment before it runs. */
static const char preload[] = "LD_PRELOAD=", visible[] = "CLOCK_AHEAD=", hidden[] = "CLOCK_HIDDEN=";
/* What is added to the environment of such a process. */
static char *preload_entry, *hidden_entry;

static char **entry(char *const environment[], const char *name) {
  for (; environment && *environment; environment++)
    if (strncmp(*environment, name, strlen(name)) == 0) return (char **)environment;
  return NULL;
}

static void hide(char **found) {
  do found[0] = found[1];
  while (*found++);
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

/* Found at the start: between fork and execve, dlsym could wait for a lock that is never released. */
static typeof(&execve) real_execve;
static typeof(&execvpe) real_execvpe;

/* Reads the environment itself, because bash replaces getenv by a function that knows no variables yet. */
__attribute__((constructor)) static void read_environment(int count, char **arguments, char **environment) {
  (void)count, (void)arguments;
  char **found = entry(environment, hidden), **library = entry(environment, preload);
  int isHidden = found != NULL;
  if (!found) found = entry(environment, visible);
  if (found && library && asprintf(&hidden_entry, "%s%s", hidden, strchr(*found, '=') + 1) > 0) {
    preload_entry = strdup(*library);
    ahead = atol(strchr(*found, '=') + 1);
  }
  if (isHidden) {
    hide(found);
    if ((library = entry(environment, preload))) hide(library);
  }
  real_execve = REAL(execve);
  real_execvpe = REAL(execvpe);
}

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

/* The names of these calls in programs that were compiled for large files. */
_Static_assert(sizeof(struct stat) == sizeof(struct stat64), "machines of 64 bits have one form of it");

int stat64(const char *restrict path, struct stat64 *restrict status) { return stat(path, (struct stat *)status); }

int lstat64(const char *restrict path, struct stat64 *restrict status) { return lstat(path, (struct stat *)status); }

int fstat64(int file, struct stat64 *status) { return fstat(file, (struct stat *)status); }

int fstatat64(int folder, const char *restrict path, struct stat64 *restrict status, int flags) {
  return fstatat(folder, path, (struct stat *)status, flags);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask, struct statx *restrict status) {
  int result = REAL(statx)(folder, path, flags, mask, status);
  if (result == 0) {
    status->stx_atime.tv_sec += ahead;
    status->stx_btime.tv_sec += ahead;
    status->stx_ctime.tv_sec += ahead;
    status->stx_mtime.tv_sec += ahead;
  }
  return result;
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

static const struct timespec *precise(const struct timeval times[2], struct timespec result[2]) {
  if (!times) return NULL;
  for (int index = 0; index < 2; index++)
    result[index] = (struct timespec){.tv_sec = times[index].tv_sec, .tv_nsec = times[index].tv_usec * 1000};
  return result;
}

int utimes(const char *path, const struct timeval times[2]) {
  struct timespec buffer[2];
  return utimensat(AT_FDCWD, path, precise(times, buffer), 0);
}

int lutimes(const char *path, const struct timeval times[2]) {
  struct timespec buffer[2];
  return utimensat(AT_FDCWD, path, precise(times, buffer), AT_SYMLINK_NOFOLLOW);
}

int futimes(int file, const struct timeval times[2]) {
  struct timespec buffer[2];
  return futimens(file, precise(times, buffer));
}

int utime(const char *path, const struct utimbuf *times) {
  struct timespec result[2];
  if (times) {
    result[0] = (struct timespec){.tv_sec = times->actime};
    result[1] = (struct timespec){.tv_sec = times->modtime};
  }
  return utimensat(AT_FDCWD, path, times ? result : NULL, 0);
}

static size_t length(char *const environment[]) {
  size_t count = 0;
  while (environment && environment[count]) count++;
  return count;
}

/* `environment` with the clock. Between fork and execve nothing may be allocated, so the caller has the room. */
static char **with_clock(char *const environment[], char **room) {
  size_t count = length(environment);
  if (count > 0) memcpy(room, environment, count * sizeof *room);
  if (hidden_entry && !entry(environment, preload) && !entry(environment, visible)) {
    room[count++] = preload_entry;
    room[count++] = hidden_entry;
  }
  room[count] = NULL;
  return room;
}

#define WITH_CLOCK(environment) with_clock(environment, alloca((length(environment) + 3) * sizeof(char *)))

int execve(const char *path, char *const arguments[], char *const environment[]) {
  return real_execve(path, arguments, WITH_CLOCK(environment));
}

int execv(const char *path, char *const arguments[]) { return execve(path, arguments, environ); }

int execvpe(const char *name, char *const arguments[], char *const environment[]) {
  return real_execvpe(name, arguments, WITH_CLOCK(environment));
}

int execvp(const char *name, char *const arguments[]) { return execvpe(name, arguments, environ); }

int posix_spawn(
    pid_t *restrict child, const char *restrict path, const posix_spawn_file_actions_t *restrict actions,
    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict]) {
  return REAL(posix_spawn)(child, path, actions, attributes, arguments, WITH_CLOCK(environment));
}

int posix_spawnp(
    pid_t *restrict child, const char *restrict name, const posix_spawn_file_actions_t *restrict actions,
    const posix_spawnattr_t *restrict attributes, char *const arguments[restrict], char *const environment[restrict]) {
  return REAL(posix_spawnp)(child, name, actions, attributes, arguments, WITH_CLOCK(environment));
}
