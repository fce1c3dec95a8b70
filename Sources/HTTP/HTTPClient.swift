/// Sends requests with libcurl. One client serves a whole program.
///
/// Always: certificates and host names are verified, redirects are not followed, the proxy of the
/// environment is used except for loopback and plain HTTP, HTTP/2 where the server offers it.
/// Never: cookies, `.netrc`, `.curlrc`.
public final class HTTPClient: Sendable {
  private let library: Library
  private let loop: TransferLoop
  private let userAgent: String
  private let authorities: String?

  /// Loads libcurl if this is the process's first client.
  ///
  /// - Parameters:
  ///   - userAgent: As in `keyvault/1.0`; not empty.
  ///   - hostLimit: How many requests run at once to one origin; others wait for their turn.
  public convenience init(userAgent: String, hostLimit: Int = 32) throws(HTTPError) {
    try self.init(userAgent: userAgent, hostLimit: hostLimit, authorities: nil)
  }

  /// `authorities` is a PEM file that takes the place of the system's certificate authorities.
  package init(userAgent: String, hostLimit: Int = 32, authorities: String?) throws(HTTPError) {
    guard !userAgent.isEmpty, userAgent.utf8.allSatisfy(HTTPHeader.isAllowed(valueByte:)) else {
      throw HTTPError(.invalidRequest(.header(name: "User-Agent")))
    }
    guard let library = Library.shared else { throw HTTPError(.libraryMissing) }
    self.library = library
    self.userAgent = userAgent
    self.authorities = authorities
    loop = try TransferLoop(library: library, hostLimit: hostLimit)
  }

  deinit { loop.stop() }

  /// Returns the server's answer, whatever its status; throws if there is none.
  ///
  /// When it returns, no copy of the request's secrets is left in libcurl's memory. Over HTTP/2,
  /// libnghttp2 frees its copy of the headers without wiping it, which libcurl gives us no hold on.
  /// Cancelling the task ends the transfer at once with the reason `cancelled`.
  public func send(_ request: borrowing HTTPRequest) async throws(HTTPError) -> HTTPAnswer {
    try request.check()
    let transfer = try Transfer(url: request.url, hostLimit: request.hostLimit, library: library)
    transfer.prepare(request, userAgent: userAgent, authorities: authorities)
    let outcome = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        transfer.begin(continuation)
        loop.add(transfer)
      }
    } onCancel: {
      loop.cancel(transfer)
    }
    return try outcome.get()
  }
}
