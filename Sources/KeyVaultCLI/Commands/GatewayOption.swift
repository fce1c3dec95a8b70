import ArgumentParser
import HTTP
import KeyVault

/// `--gateway`, of every command that asks a provider.
struct GatewayOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send the requests to this server on loopback or on an allowed host; {provider} is replaced by the provider's id.",
      valueName: "url"))
  var gateway: String?

  /// Where keys may travel in this command. Loopback that its own line names is allowed by that; the host of
  /// another gateway must be allowed as if keyvault.yaml named it. Its path is the user's own word.
  func policy(_ session: Session) throws(Failure) -> OriginPolicy {
    let policy = try session.policy()
    guard let gateway else { return policy }
    let origin: Origin
    do throws(WebURLError) {
      origin = try Gateway(gateway).origin()
    } catch {
      throw Failure(.usage, "--gateway: '\(gateway.printable(limit: 120))' \(error.message)")
    }
    guard origin.isLoopback || policy.allowsAnyKey(origin) else {
      throw Failure(
        .usage,
        "invalid --gateway: expected loopback, such as http://127.0.0.1:8971/{provider}, "
          + "or a host that is allowed",
        hints: ["allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(origin.permission)"))"])
    }
    return policy.naming(gateway: origin)
  }
}
