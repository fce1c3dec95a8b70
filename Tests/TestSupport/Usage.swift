internal import Foundation

/// The most memory of this process that was resident so far, in bytes.
package func peakMemory() -> Int {
  var usage = rusage()
  getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  return usage.ru_maxrss << 10
}

/// Whether a sanitizer watches this process, which needs time and much memory for itself.
package let isSanitized =
  dlsym(nil, "__asan_init") != nil || dlsym(nil, "__tsan_init") != nil

/// The seconds that a processor has worked for this thread so far, however busy the machine is.
package func threadSeconds() -> Double {
  var time = timespec()
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time)
  return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}
