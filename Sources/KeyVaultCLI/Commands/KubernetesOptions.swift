import ArgumentParser
import KeyVault

/// What `render --format k8s-secret` must know besides the keys.
struct KubernetesOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("The name of the Secret (required for k8s-secret).", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("The namespace of the Secret.", valueName: "name"))
  var namespace: String?

  @Option(help: ArgumentHelp("A label of the Secret (repeatable).", valueName: "key=value"))
  var label: [String] = []

  /// The dialect that writes what these say, if it is one that takes them.
  func applied(to dialect: Dialect) throws(Failure) -> Dialect {
    guard dialect.isKubernetesSecret else {
      guard name == nil, namespace == nil, label.isEmpty else {
        throw Failure(
          .usage, "--name, --namespace and --label are only for a Kubernetes Secret",
          hints: ["add --format k8s-secret"])
      }
      return dialect
    }
    guard let name else {
      throw Failure(.usage, "the Secret needs a name", hints: ["add --name NAME"])
    }
    return try KubernetesSecret(name: name, namespace: namespace, labels: label).dialect
  }
}
