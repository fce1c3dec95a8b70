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
