#include <gpgme.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/// The seconds of processor time after which the system ends another process. Swift sees neither prlimit(2), which
/// glibc declares for _GNU_SOURCE alone, nor syscall(2), which is variadic.
static inline int keyvault_bound_processor_time(pid_t process, unsigned long long seconds) {
  struct { unsigned long long current, greatest; } limit = {seconds, seconds};
  return (int)syscall(SYS_prlimit64, process, RLIMIT_CPU, &limit, (void *)0);
}
