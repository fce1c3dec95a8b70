internal import CCurl
internal import Secrets
internal import Synchronization

/// One request on its way, with its `CURL *`. Made by the caller's thread, then touched by the
/// loop's thread only, except for `isCancelled`.
@safe final class Transfer: @unchecked Sendable {
  typealias Outcome = Result<HTTPAnswer, HTTPError>

  let url: WebURL
  let hostLimit: Int
  let easy: Easy
  let isCancelled = Atomic(false)
  private let library: Library
  private var lines: UnsafeMutablePointer<curl_slist>?
  private var received = Received()
  /// The port of the last connection that was opened for the request; 0 if none was.
  private var openedPort = 0
  private var continuation: CheckedContinuation<Outcome, Never>?

  init(url: WebURL, hostLimit: Int, library: Library) throws(HTTPError) {
    guard let handle = library.curl.easy_init() else {
      throw HTTPError(.other(code: Int(CURLE_OUT_OF_MEMORY.rawValue)), url: url)
    }
    self.url = url
    self.hostLimit = max(1, hostLimit)
    self.library = library
    unsafe easy = Easy(handle, of: library)
  }

  deinit { release() }

  /// Frees, and so wipes, what libcurl knows of the request.
  private func release() {
    guard !isReleased else { return }
    isReleased = true
    unsafe library.curl.easy_cleanup(easy.handle)
    unsafe library.curl.slist_free_all(lines)
    unsafe lines = nil
  }
  private var isReleased = false

  func begin(_ continuation: CheckedContinuation<Outcome, Never>) {
    self.continuation = continuation
  }

  /// Hands the outcome to the waiting task. The handle must no longer be in a multi handle.
  func finish(_ code: CURLcode) {
    let outcome = outcome(of: code)
    release()
    continuation?.resume(returning: outcome)
    continuation = nil
  }

  func finishCancelled() {
    release()
    continuation?.resume(returning: .failure(HTTPError(.cancelled, url: url)))
    continuation = nil
  }

  private func outcome(of code: CURLcode) -> Outcome {
    if received.hasTooManyHeaders { return .failure(HTTPError(.tooManyHeaders, url: url)) }
    guard code == CURLE_OK || received.isBodyTruncated else {
      let reason = HTTPError.reason(code, of: easy, url: url, openedPort: openedPort)
      return .failure(HTTPError(reason, url: url))
    }
    return .success(
      HTTPAnswer(
        status: easy.long(CURLINFO_RESPONSE_CODE), headers: received.headers, body: received.body,
        isBodyTruncated: received.isBodyTruncated, timing: easy.timing,
        retryAfter: easy.retryAfter, version: easy.version))
  }
}

extension Transfer {
  /// Sets libcurl's options for the request.
  func prepare(_ request: borrowing HTTPRequest, userAgent: String, authorities: String?) {
    easy.set(CURLOPT_URL, url.text)
    easy.set(CURLOPT_USERAGENT, userAgent)
    easy.set(CURLOPT_TIMEOUT_MS, request.timeout.milliseconds)
    easy.set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.milliseconds)
    prepareMethod(request)
    prepareHeaders(request)
    prepareSafety(authorities: authorities)
    prepareConnection()
    if request.isSentOnce { easy.set(CURLOPT_FRESH_CONNECT, 1) }

    let this = unsafe Unmanaged.passUnretained(self).toOpaque()
    unsafe easy.set(CURLOPT_WRITEDATA, pointer: this)
    unsafe easy.set(CURLOPT_HEADERDATA, pointer: this)
    unsafe easy.set(CURLOPT_PRIVATE, pointer: this)
    unsafe easy.set(CURLOPT_OPENSOCKETDATA, pointer: this)
    unsafe easy.set(CURLOPT_OPENSOCKETFUNCTION) { this, _, address in
      unsafe Transfer.at(this).openedPort = Int(kv_port(address))
      return unsafe kv_open_socket(address)
    }
    unsafe easy.set(CURLOPT_WRITEFUNCTION) { data, size, count, this in
      unsafe Transfer.at(this).received.append(
        body: UnsafeRawBufferPointer(start: data, count: size * count))
    }
    unsafe easy.set(CURLOPT_HEADERFUNCTION) { data, size, count, this in
      unsafe Transfer.at(this).received.append(
        header: UnsafeRawBufferPointer(start: data, count: size * count))
    }
  }

  private static func at(_ pointer: UnsafeMutableRawPointer?) -> Transfer {
    unsafe Unmanaged.fromOpaque(pointer!).takeUnretainedValue()
  }

  private func prepareMethod(_ request: borrowing HTTPRequest) {
    switch request.body {
    case .some(let body): body.withBytes { easy.set(body: $0) }
    case .none where request.method == "POST": easy.set(body: RawSpan())
    case .none where request.method == "HEAD": easy.set(CURLOPT_NOBODY, 1)
    case .none: easy.set(CURLOPT_HTTPGET, 1)
    }
    easy.set(CURLOPT_CUSTOMREQUEST, request.method)
  }

  private func prepareHeaders(_ request: borrowing HTTPRequest) {
    // Neither libcurl's guess of a type nor its pause before a long body.
    unsafe append(line: "Expect:")
    if !request.headers.contains(where: { HTTPHeader.areSame($0.name, "content-type") }) {
      unsafe append(line: "Content-Type:")
    }
    for header in request.headers {
      let name = header.name
      unsafe append(line: header.value.isEmpty ? "\(name);" : "\(name): \(header.value)")
    }
    append(secretLines: request.secretHeaders)
    unsafe easy.set(CURLOPT_HTTPHEADER, list: lines)
    easy.set(CURLOPT_HEADEROPT, Int(CURLHEADER_SEPARATE))
    easy.set(CURLOPT_ACCEPT_ENCODING, "")
  }

  private func append(line: UnsafePointer<CChar>) {
    if let longer = unsafe library.curl.slist_append(lines, line) { unsafe lines = longer }
  }

  /// The lines reach libcurl as C strings, so they are cut apart in a secret of their own.
  private func append(secretLines: borrowing Secret) {
    var builder = SecretBuilder()
    secretLines.withBytes { bytes in
      for offset in 0..<bytes.byteCount {
        let byte = bytes.byte(at: offset)
        builder.append(byte: byte == UInt8(ascii: "\n") ? 0 : byte)
      }
    }
    builder.append(byte: 0)
    builder.finish().withBytes { bytes in
      unsafe bytes.withUnsafeBytes { bytes in
        var start = 0
        while start < bytes.count {
          let line = unsafe bytes.baseAddress! + start
          let length = unsafe bytes[start...].firstIndex(of: 0)! - start
          if length > 0 { unsafe append(line: line.assumingMemoryBound(to: CChar.self)) }
          start += length + 1
        }
      }
    }
  }

  private func prepareSafety(authorities: String?) {
    easy.set(CURLOPT_SSL_VERIFYPEER, 1)
    easy.set(CURLOPT_SSL_VERIFYHOST, 2)
    easy.set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
    if let authorities { easy.set(CURLOPT_CAINFO, authorities) }
    // Beside a folder of authorities libcurl reads the file again for each connection, 20 ms of
    // processor time; without one it keeps what it has read.
    if authorities != nil || library.hasAuthoritiesFile {
      unsafe easy.set(CURLOPT_CAPATH, pointer: nil)
    }
    easy.set(CURLOPT_FOLLOWLOCATION, 0)
    easy.set(CURLOPT_DISALLOW_USERNAME_IN_URL, 1)
    easy.set(CURLOPT_PATH_AS_IS, 1)
    if !easy.set(CURLOPT_PROTOCOLS_STR, "http,https") {
      // Before 7.85: the same as a bit mask of HTTP and HTTPS, an option now deprecated.
      easy.set(CURLoption(rawValue: 181), 3)
    }
  }

  private func prepareConnection() {
    easy.set(CURLOPT_NOSIGNAL, 1)
    // A name server that hangs would hold up every other transfer when this one is given up.
    easy.set(CURLOPT_QUICK_EXIT, 1)
    if url.scheme == "https" {
      easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
      easy.set(CURLOPT_PIPEWAIT, 1)
    } else {
      easy.set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
    }
    easy.set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
    // An empty name overrides `http_proxy` and its kin: in plain HTTP a proxy would read the key.
    if url.scheme == "http" || url.isLoopback || url.host == "localhost" {
      easy.set(CURLOPT_PROXY, "")
    }
  }
}

extension Duration {
  /// At least 1, for 0 means "for ever" to libcurl.
  var milliseconds: Int {
    let (seconds, attoseconds) = components
    let whole = min(seconds, 1 << 31) * 1000
    return max(1, Int(whole + attoseconds / 1_000_000_000_000_000))
  }
}
