internal import CCurl

/// A view of one `CURL *`, which `Transfer` owns.
@safe struct Easy {
  private let library: Library
  let handle: UnsafeMutableRawPointer

  init(_ handle: UnsafeMutableRawPointer, of library: Library) {
    unsafe self.handle = handle
    self.library = library
  }

  // An option that this libcurl is too old for is one that it cannot break: the result is not
  // looked at, but where a test says that it matters.

  @discardableResult
  func set(_ option: CURLoption, _ value: Int) -> Bool {
    unsafe withUnsafePointer(to: library.curl) { curl in
      unsafe kv_set_long(curl, handle, option, value) == CURLE_OK
    }
  }

  @discardableResult
  func set(_ option: CURLoption, _ value: String) -> Bool {
    unsafe withUnsafePointer(to: library.curl) { curl in
      unsafe kv_set_string(curl, handle, option, value) == CURLE_OK
    }
  }

  func set(_ option: CURLoption, pointer: UnsafeRawPointer?) {
    _ = unsafe withUnsafePointer(to: library.curl) { curl in
      unsafe kv_set_pointer(curl, handle, option, pointer)
    }
  }

  func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) {
    _ = unsafe withUnsafePointer(to: library.curl) { curl in
      unsafe kv_set_list(curl, handle, option, list)
    }
  }

  func set(_ option: CURLoption, callback: curl_write_callback) {
    _ = unsafe withUnsafePointer(to: library.curl) { curl in
      unsafe kv_set_callback(curl, handle, option, callback)
    }
  }

  func set(_ option: CURLoption, callback: curl_opensocket_callback) {
    _ = unsafe withUnsafePointer(to: library.curl) { curl in
      unsafe kv_set_socket_callback(curl, handle, option, callback)
    }
  }

  /// Sends these bytes; libcurl copies them into its own heap, which is wiped.
  func set(body: RawSpan) {
    unsafe withUnsafePointer(to: library.curl) { curl in
      unsafe body.withUnsafeBytes { bytes in
        _ = unsafe kv_set_size(curl, handle, CURLOPT_POSTFIELDSIZE_LARGE, Int64(bytes.count))
        _ = unsafe kv_set_pointer(
          curl, handle, CURLOPT_COPYPOSTFIELDS, bytes.baseAddress ?? UnsafeRawPointer(handle))
      }
    }
  }

  func long(_ info: CURLINFO) -> Int {
    unsafe withUnsafePointer(to: library.curl) { unsafe kv_info_long($0, handle, info) }
  }

  private func size(_ info: CURLINFO) -> Int64 {
    unsafe withUnsafePointer(to: library.curl) { unsafe kv_info_size($0, handle, info) }
  }

  /// From microseconds.
  func seconds(_ info: CURLINFO) -> Double { Double(size(info)) / 1e6 }

  var retryAfter: Duration? {
    let seconds = size(CURLINFO_RETRY_AFTER)
    return seconds > 0 ? .seconds(seconds) : nil
  }

  var timing: HTTPAnswer.Timing {
    HTTPAnswer.Timing(
      nameLookup: seconds(CURLINFO_NAMELOOKUP_TIME_T),
      connect: seconds(CURLINFO_CONNECT_TIME_T),
      tls: seconds(CURLINFO_APPCONNECT_TIME_T),
      firstByte: seconds(CURLINFO_STARTTRANSFER_TIME_T),
      total: seconds(CURLINFO_TOTAL_TIME_T))
  }

  var version: String {
    switch long(CURLINFO_HTTP_VERSION) {
    case Int(CURL_HTTP_VERSION_1_0): "1.0"
    case Int(CURL_HTTP_VERSION_1_1): "1.1"
    case Int(CURL_HTTP_VERSION_2_0): "2"
    case _: "3"
    }
  }
}

extension Easy {
  /// How far the transfer had come, by the times that libcurl has written down.
  func phase(isSecure: Bool) -> HTTPError.Phase {
    let timing = timing
    return if timing.firstByte > 0 {
      .body
    } else if timing.nameLookup == 0 {
      .nameLookup
    } else if timing.connect == 0 && long(CURLINFO_LOCAL_PORT) == 0 {
      .connect
    } else if timing.tls == 0 && isSecure {
      // Libraries from 7.87 on write the connection's time only once TLS is established, too.
      .tls
    } else {
      .firstByte
    }
  }
}

extension Easy {
  /// Whether a proxy was used. Libraries before 8.7 do not say, and the answer is false.
  var usedProxy: Bool {
    // CURLINFO_USED_PROXY, which older headers lack.
    long(CURLINFO(rawValue: UInt32(CURLINFO_LONG) + 66)) != 0
  }

  /// Whether a connection that was opened for this request did not get through a proxy: TLS was not
  /// established, and the proxy granted no tunnel. All that is sent before TLS is the wish for a tunnel,
  /// so sent bytes tell of a proxy where its port does not.
  func lacksTunnel(isProxied: Bool) -> Bool {
    (isProxied || long(CURLINFO_REQUEST_SIZE) > 0) && timing.tls == 0
      && long(CURLINFO_HTTP_CONNECTCODE) / 100 != 2
  }
}
