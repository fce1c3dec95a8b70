#ifndef KV_PROCESS_H
#define KV_PROCESS_H
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <malloc.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

// Between fork and execve a process of several threads may call little more than the system itself,
// which Swift cannot promise: it may take a lock at any line. Hence C, and only that part. The rest
// are calls that are variadic, or that the C library's headers hide from Swift.

int execvpe(const char *file, char *const arguments[], char *const environment[]);
int memfd_create(const char *name, unsigned flags);

// What becomes of this process or a new one: a program, with signals and limits as they were when
// keyvault was started.
typedef struct {
  char *const *arguments;
  char *const *environment;
  sigset_t mask;
  sigset_t ignored;
  struct rlimit core;
} kv_program;

static inline void kv_note_ignored(sigset_t *ignored) {
  sigemptyset(ignored);
  for (int number = 1; number < NSIG; number++) {
    struct sigaction action;
    if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
      sigaddset(ignored, number);
  }
}

// Returns only if it failed: the reason.
static inline int kv_become(const kv_program *program) {
  for (int number = 1; number < NSIG; number++)
    signal(number, sigismember(&program->ignored, number) == 1 ? SIG_IGN : SIG_DFL);
  setrlimit(RLIMIT_CORE, &program->core);
  sigprocmask(SIG_SETMASK, &program->mask, NULL);
  execvpe(program->arguments[0], program->arguments, program->environment);
  return errno;
}

// A program beside which keyvault stays. `terminal` is the inner end of a pseudo-terminal, or -1; the
// streams are descriptors that become 0, 1 and 2, or -1 to leave one unchanged.
typedef struct {
  kv_program program;
  int terminal;
  int streams[3];
  void *keys;
  size_t keys_size;
} kv_companion;

static inline void kv_undumpable(void) { prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }

static inline void kv_close_all(void) {
  if (syscall(SYS_close_range, 0, ~0U, 0) == 0) return;
  for (int descriptor = 0; descriptor < 4096; descriptor++) close(descriptor);
}

// Leads the session of a pseudo-terminal and does to itself what happens to the command, so that who
// waits for one sees the other; passes signals on. Without it the command would have no parent in its
// session, and then the system lets no Ctrl-Z stop it.
static inline void kv_monitor(pid_t command) {
  sigset_t all;
  sigfillset(&all);
  for (;;) {
    siginfo_t info;
    int number = sigwaitinfo(&all, &info);
    if (number < 0) continue;
    if (number == SIGCONT) kill(-command, SIGCONT);
    if (number != SIGCHLD) {
      if (number != SIGCONT) kill(command, number);
      continue;
    }
    int status;
    while (waitpid(command, &status, WNOHANG | WUNTRACED) > 0) {
      if (WIFSTOPPED(status)) {
        kill(getpid(), SIGSTOP);
      } else if (WIFSIGNALED(status)) {
        sigset_t one;
        sigemptyset(&one);
        sigaddset(&one, WTERMSIG(status));
        signal(WTERMSIG(status), SIG_DFL);
        kill(getpid(), WTERMSIG(status));
        sigprocmask(SIG_UNBLOCK, &one, NULL);
        _exit(128 + WTERMSIG(status));
      } else {
        _exit(WEXITSTATUS(status));
      }
    }
  }
}

static inline void kv_start_child(const kv_companion *companion, int report) {
  int failure = 0;
  if (companion->terminal >= 0) {
    pid_t command = -1;
    if (setsid() < 0 || ioctl(companion->terminal, TIOCSCTTY, 0) < 0 || (command = fork()) < 0)
      failure = errno;
    if (command > 0) {
      // A group of its own, and in the foreground before anything of it runs; parent or child, the first of them
      // does it.
      setpgid(command, command);
      if (companion->keys_size > 0) explicit_bzero(companion->keys, companion->keys_size);
      for (int number = 1; number < NSIG; number++) signal(number, SIG_DFL);
      kv_close_all();
      kv_monitor(command);
    }
    if (command == 0) {
      setpgid(0, 0);
      tcsetpgrp(companion->terminal, getpid());
    }
  }
  for (int stream = 0; stream < 3 && failure == 0; stream++) {
    int source = companion->streams[stream];
    if (source >= 0 && dup2(source, stream) < 0) failure = errno;
  }
  if (failure == 0) failure = kv_become(&companion->program);
  ssize_t written = write(report, &failure, sizeof failure);
  _exit(written < 0 ? 126 : 127);
}

// The process to wait for, once the program runs in it; -1, and the reason, if it does not.
static inline pid_t kv_start(const kv_companion *companion, int *failure) {
  int report[2];
  if (pipe(report) < 0) {
    *failure = errno;
    return -1;
  }
  fcntl(report[0], F_SETFD, FD_CLOEXEC);
  fcntl(report[1], F_SETFD, FD_CLOEXEC);
  // The variables are read in the child; pages of a secret are empty there unless it is said here.
  if (companion->keys_size > 0) madvise(companion->keys, companion->keys_size, 19 /* MADV_KEEPONFORK */);
  sigset_t all, before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t child = fork();
  if (child == 0) kv_start_child(companion, report[1]);
  int code = child < 0 ? errno : 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  close(report[1]);
  if (child > 0) {
    ssize_t count;
    do count = read(report[0], &code, sizeof code);
    while (count < 0 && errno == EINTR);
    if (count != sizeof code) code = 0;
    if (code != 0) waitpid(child, NULL, 0);
  }
  close(report[0]);
  *failure = code;
  return code == 0 ? child : -1;
}

// A pseudo-terminal: the outer end, or -1 and errno.
static inline int kv_open_terminal(int *inner) {
  int outer = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (outer < 0) return -1;
  int locked = 0;
  *inner = -1;
  if (ioctl(outer, TIOCSPTLCK, &locked) == 0)
    *inner = ioctl(outer, _IO('T', 0x41) /* TIOCGPTPEER */, O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (*inner >= 0) return outer;
  int code = errno;
  close(outer);
  errno = code;
  return -1;
}

// To whatever is in the foreground of a pseudo-terminal, as its keys do.
static inline void kv_signal_foreground(int outer, int number) { ioctl(outer, TIOCSIG, number); }

static inline void kv_copy_size(int from, int to) {
  struct winsize size;
  if (ioctl(from, TIOCGWINSZ, &size) == 0) ioctl(to, TIOCSWINSZ, &size);
}

// A file in memory that no process can change from now on, at a number from `least` on that a child
// inherits; -1 and errno.
static inline int kv_seal(int file, int least) {
  const int seals = 0xf; // F_SEAL_SEAL, _SHRINK, _GROW and _WRITE
  if (fchmod(file, 0400) < 0 || fcntl(file, 1033 /* F_ADD_SEALS */, seals) < 0) return -1;
  return fcntl(file, F_DUPFD, least);
}

// Whether the files of a folder are in memory, not on disk (swap aside).
static inline bool kv_is_in_memory(const char *folder) {
  struct statfs info;
  return statfs(folder, &info) == 0 && (info.f_type == TMPFS_MAGIC || info.f_type == RAMFS_MAGIC);
}

#endif
