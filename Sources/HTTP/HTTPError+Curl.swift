internal import CCurl
internal import Glibc

extension HTTPError {
  /// What libcurl's code and numbers say; its texts are not read. `openedPort` is the port of the
  /// connection that was opened for the request, 0 if none was.
  static func reason(_ code: CURLcode, of easy: Easy, url: WebURL, openedPort: Int) -> Reason {
    let isSecure = url.scheme == "https"
    let reason = reason(code, of: easy, isSecure: isSecure)
    // From 8.7 on, the library distinguishes a proxy at the URL's port from the host.
    let isProxied = openedPort != 0 && openedPort != url.port || easy.usedProxy
    switch reason {
    // Nothing to connect to: a proxy of a kind that libcurl does not know.
    case .connectFailed where openedPort == 0:
      return .proxyUnreachable
    case .connectionRefused, .connectFailed, .timedOut(.connect):
      return isProxied ? .proxyUnreachable : reason
    case .tls(let failure) where failure != .handshake:
      return easy.long(CURLINFO_PROXY_SSL_VERIFYRESULT) == 0 ? reason : .proxyFailed
    case _ where isSecure:
      return openedPort != 0 && easy.lacksTunnel(isProxied: isProxied) ? .proxyFailed : reason
    case _:
      return reason
    }
  }

  private static func reason(_ code: CURLcode, of easy: Easy, isSecure: Bool) -> Reason {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST: .nameNotResolved
    case CURLE_COULDNT_RESOLVE_PROXY: .proxyUnreachable
    case CURLE_PROXY: .proxyFailed
    case CURLE_COULDNT_CONNECT: connection(errno: Int32(easy.long(CURLINFO_OS_ERRNO)))
    case CURLE_OPERATION_TIMEDOUT: .timedOut(easy.phase(isSecure: isSecure))
    case CURLE_PEER_FAILED_VERIFICATION: .tls(certificate(easy.long(CURLINFO_SSL_VERIFYRESULT)))
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CIPHER, CURLE_SSL_CERTPROBLEM: .tls(.handshake)
    case CURLE_SSL_CACERT_BADFILE: .tls(.authoritiesMissing)
    case CURLE_GOT_NOTHING, CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE:
      .connectionClosed
    case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_BAD_CONTENT_ENCODING,
      CURLE_HTTP2, CURLE_HTTP2_STREAM:
      .malformedAnswer
    case _: .other(code: Int(code.rawValue))
    }
  }

  private static func connection(errno code: Int32) -> Reason {
    code == ECONNREFUSED ? .connectionRefused : .connectFailed(errno: code)
  }

  /// Of OpenSSL's `X509_V_ERR_…`, the ones that have a name here.
  private static func certificate(_ code: Int) -> TLSFailure {
    switch code {
    // libcurl compares the host itself, before it asks for OpenSSL's verdict, which is 0 or 1 then.
    case 0, 1, 62, 64: .wrongHost
    case 2, 19, 20, 21: .unknownAuthority
    case 9: .notYetValid
    case 10: .expired
    case 18: .selfSigned
    case 23: .revoked
    case _: .certificate(code: code)
    }
  }
}
