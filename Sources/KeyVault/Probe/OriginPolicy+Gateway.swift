internal import HTTP

extension OriginPolicy {
  /// The policy of a command whose own line names `gateway`, such as `http://127.0.0.1:8971/{provider}`; nil for none.
  /// Loopback is allowed by being named there; another host must be allowed as if keyvault.yaml named it. The gateway's
  /// path is the user's own word. Throws a usage failure for a host that is not allowed.
  public func naming(gateway: String?) throws(Failure) -> OriginPolicy {
    guard let gateway else { return self }
    let origin: Origin
    do throws(WebURLError) {
      origin = try Gateway(gateway).origin()
    } catch {
      throw Failure(.usage, "--gateway: '\(gateway.printable(limit: 120))' \(error.message)")
    }
    guard origin.isLoopback || allowsAnyKey(origin) else {
      throw Failure(
        .usage,
        "invalid --gateway: expected loopback, such as http://127.0.0.1:8971/{provider}, "
          + "or a host that is allowed",
        hints: ["allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(origin.permission)"))"])
    }
    return naming(gateway: origin)
  }
}
