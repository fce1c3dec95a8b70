internal import Glibc

/// Why there is no answer. An answer with a bad status is not an error.
public struct HTTPError: Error, Sendable, Equatable {
  public enum Reason: Sendable, Equatable {
    case nameNotResolved
    case connectionRefused
    /// The connection could not be made for the reason that `errno` gives; 0 if none was given.
    case connectFailed(errno: Int32)
    /// The proxy could not be found or connected to.
    case proxyUnreachable
    /// The proxy refused to connect us, or gave no answer that says whether it did.
    case proxyFailed
    case tls(TLSFailure)
    case timedOut(Phase)
    case cancelled
    /// The server closed or reset the connection before the answer was whole.
    case connectionClosed
    case tooManyHeaders
    /// What came is not HTTP, or not in the encoding that it says.
    case malformedAnswer
    case invalidRequest(Fault)
    case libraryMissing
    /// The thread that sends requests could not be started; errno.
    case noThread(errno: Int32)
    /// Any other of libcurl's codes.
    case other(code: Int)
  }

  public enum TLSFailure: Sendable, Equatable {
    case expired, notYetValid, selfSigned, unknownAuthority, wrongHost, revoked
    /// The server's certificate was refused for the reason that OpenSSL numbers so.
    case certificate(code: Int)
    case handshake
    /// The list of certificate authorities of this machine cannot be read.
    case authoritiesMissing
  }

  /// What was under way.
  public enum Phase: String, Sendable {
    case nameLookup, connect, tls, firstByte, body
  }

  public enum Fault: Sendable, Equatable {
    case method
    case header(name: String)
    case secretHeader
  }

  public let reason: Reason
  /// The host that was asked; empty if none was.
  public let host: String

  init(_ reason: Reason, url: WebURL? = nil) {
    self.reason = reason
    host =
      url.map {
        $0.origin.port == Origin.defaultPort(of: $0.scheme)
          ? $0.host : "\($0.host):\($0.port)"
      } ?? ""
  }
}

extension HTTPError {
  /// Whether the proxy is to blame, and not the host that was asked.
  public var isProxys: Bool { reason == .proxyUnreachable || reason == .proxyFailed }
}

extension HTTPError: CustomStringConvertible {
  public var description: String { message }

  /// What went wrong, in the user's words.
  public var message: String {
    switch reason {
    case .nameNotResolved: "cannot find the host '\(host)'"
    case .connectionRefused: "'\(host)' refuses connections"
    case .connectFailed: "cannot connect to '\(host)'"
    case .proxyUnreachable: "cannot reach the proxy on the way to '\(host)'"
    case .proxyFailed: "the proxy does not let us reach '\(host)'"
    case .tls(let failure): failure.message(host: host)
    case .timedOut(let phase): phase.message(host: host)
    case .cancelled: "the request to '\(host)' was cancelled"
    case .connectionClosed: "'\(host)' closed the connection before its answer was complete"
    case .tooManyHeaders: "'\(host)' answers with more than 64 KiB of headers"
    case .malformedAnswer: "'\(host)' answers with something that is not HTTP"
    case .invalidRequest(.method): "the method of the request to '\(host)' is not a word"
    case .invalidRequest(.header(let name)): "the header '\(name)' cannot be sent to '\(host)'"
    case .invalidRequest(.secretHeader):
      "the header with the key cannot be sent to '\(host)'"
    case .libraryMissing: "cannot load libcurl.so.4"
    case .noThread(let code): "cannot start a thread: \(unsafe String(cString: strerror(code)))"
    case .other(let code): "the request to '\(host)' failed with libcurl's error \(code)"
    }
  }

  /// What to do next, if we know.
  public var hint: String? {
    switch reason {
    case .nameNotResolved: "check the spelling of the host and this machine's network"
    case .connectionRefused, .connectFailed, .timedOut(.connect), .timedOut(.tls):
      "check the network, a firewall or the variable 'https_proxy'"
    case .timedOut(.nameLookup): "check this machine's name server"
    case .proxyUnreachable, .proxyFailed: "check the variables 'https_proxy' and 'no_proxy'"
    case .tls(let failure): failure.hint
    case .invalidRequest(.header), .invalidRequest(.secretHeader):
      "line breaks and control characters, empty keys and headers such as 'Host' are refused"
    case .libraryMissing: "install it, for example with 'apt install libcurl4'"
    case .noThread: "raise the limit of processes: ulimit -u, or --pids-limit of the container"
    case .other: "see https://curl.se/libcurl/c/libcurl-errors.html"
    case .timedOut, .cancelled, .connectionClosed, .tooManyHeaders, .malformedAnswer,
      .invalidRequest(.method):
      nil
    }
  }
}

extension HTTPError.TLSFailure {
  func message(host: String) -> String {
    switch self {
    case .expired: "the certificate of '\(host)' has expired"
    case .notYetValid: "the certificate of '\(host)' is not valid yet"
    case .selfSigned: "the certificate of '\(host)' is signed by itself"
    case .unknownAuthority: "the certificate of '\(host)' is signed by an unknown authority"
    case .wrongHost: "the certificate of '\(host)' is made out to another host"
    case .revoked: "the certificate of '\(host)' is revoked"
    case .certificate(let code): "the certificate of '\(host)' is refused (OpenSSL's code \(code))"
    case .handshake: "cannot agree on TLS with '\(host)'"
    case .authoritiesMissing: "cannot read this machine's certificate authorities"
    }
  }

  var hint: String? {
    switch self {
    case .expired, .notYetValid: "check this machine's clock"
    case .selfSigned, .unknownAuthority, .wrongHost, .revoked, .certificate:
      "the connection may be intercepted; nothing was sent"
    case .handshake: nil
    case .authoritiesMissing: "install them, for example with 'apt install ca-certificates'"
    }
  }
}

extension HTTPError.Phase {
  func message(host: String) -> String {
    switch self {
    case .nameLookup: "the host '\(host)' was not found in time"
    case .connect: "'\(host)' did not accept the connection in time"
    case .tls: "'\(host)' did not agree on TLS in time"
    case .firstByte: "'\(host)' did not answer in time"
    case .body: "'\(host)' did not finish its answer in time"
    }
  }
}
