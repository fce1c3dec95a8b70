internal import CCurl
internal import Glibc

/// libcurl, opened when the first client is made: a command without a request does not pay for it.
@safe struct Library: @unchecked Sendable {
  let curl: kv_curl
  /// Whether this libcurl has the system's certificate authorities in one file.
  let hasAuthoritiesFile: Bool

  /// Opened once a process and never closed: libcurl cannot be started twice.
  static let shared: Library? = {
    var curl = kv_curl()
    guard unsafe kv_curl_open(&curl, "libcurl.so.4"), unsafe kv_curl_start(&curl) == CURLE_OK else {
      return nil
    }
    return Library(curl: curl, hasAuthoritiesFile: hasAuthoritiesFile(curl))
  }()

  private static func hasAuthoritiesFile(_ curl: kv_curl) -> Bool {
    guard let easy = curl.easy_init() else { return false }
    defer { unsafe curl.easy_cleanup(easy) }
    return unsafe withUnsafePointer(to: curl) { curl in
      guard let path = unsafe kv_info_string(curl, easy, CURLINFO_CAINFO) else { return false }
      return unsafe access(path, R_OK) == 0
    }
  }
}
