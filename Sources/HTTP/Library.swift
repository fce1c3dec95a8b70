internal import CCurl

/// libcurl, opened when the first client is made: a command without a request does not pay for it.
@safe struct Library: @unchecked Sendable {
  let curl: kv_curl

  /// Opened once a process and never closed: libcurl cannot be started twice.
  static let shared: Library? = {
    var curl = kv_curl()
    guard unsafe kv_curl_open(&curl, "libcurl.so.4"), unsafe kv_curl_start(&curl) == CURLE_OK else {
      return nil
    }
    return Library(curl: curl)
  }()
}
