import ArgumentParser
import KeyVault

/// `--gateway`, of every command that asks a provider.
struct GatewayOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send the requests to this server on loopback or on an allowed host; {provider} is replaced by the provider's id.",
      valueName: "url"))
  var gateway: String?

  /// Where keys may travel in this command.
  func policy(_ session: Session) throws(Failure) -> OriginPolicy {
    try session.policy().naming(gateway: gateway)
  }
}
