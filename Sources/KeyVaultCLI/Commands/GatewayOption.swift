import ArgumentParser
import HTTP
import KeyVault

/// `--gateway`, of every command that asks a provider.
struct GatewayOption: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "Send the requests to this server on loopback; {provider} is filled in.", valueName: "url"))
  var gateway: String?

  /// From the command line a gateway is for stand-ins on this machine; others stand in keyvault.yaml.
  func check() throws(Failure) {
    guard let gateway else { return }
    let origin: Origin
    do throws(WebURLError) {
      origin = try Gateway(gateway).origin()
    } catch {
      throw Failure(.usage, "--gateway: '\(gateway.printable(limit: 120))' \(error.message)")
    }
    guard origin.isLoopback else {
      throw Failure(
        .usage, "--gateway is for this machine alone, such as http://127.0.0.1:8971/{provider}",
        hints: ["declare 'gateway:' of the environment in keyvault.yaml"])
    }
  }
}
