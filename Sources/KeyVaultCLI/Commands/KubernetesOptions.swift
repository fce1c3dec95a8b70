import ArgumentParser
import KeyVault

/// What `render --format k8s-secret` must know besides the keys.
struct KubernetesOptions: ParsableArguments {
  @Option(help: ArgumentHelp("The name of the Secret, for k8s-secret.", valueName: "name"))
  var name: String?

  @Option(help: ArgumentHelp("Its namespace.", valueName: "name"))
  var namespace: String?

  @Option(help: ArgumentHelp("A label of it; may be said again.", valueName: "key=value"))
  var label: [String] = []

  /// The dialect that writes what these say, if it is one that takes them.
  func applied(to dialect: Dialect) throws(Failure) -> Dialect {
    guard dialect.isKubernetesSecret else {
      guard name == nil, namespace == nil, label.isEmpty else {
        throw Failure(
          .usage, "--name, --namespace and --label are for a Secret of Kubernetes",
          hints: ["say --format k8s-secret"])
      }
      return dialect
    }
    guard let name else {
      throw Failure(.usage, "the Secret needs a name", hints: ["say it with --name"])
    }
    return try KubernetesSecret(name: name, namespace: namespace, labels: label).dialect
  }
}
