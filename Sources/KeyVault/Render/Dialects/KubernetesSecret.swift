internal import Secrets

extension Dialect {
  /// `data`, not `stringData`: it carries all bytes, and what is no longer in it goes from the cluster
  /// when the text is applied again.
  static let kubernetesSecret = Dialect(
    name: "k8s-secret",
    consumer: "kubectl apply -f -: a Secret; takes --name, --namespace, --label",
    obstacles: [], head: "apiVersion: v1\nkind: Secret\ntype: Opaque\ndata:\n"
  ) { name, value, text in
    text.append("  ")
    text.append(yamlKey: name)
    text.append(" \"")
    text.append(base64: value)
    text.append("\"\n")
  }

  /// Whether it takes a name, a namespace and labels.
  public var isKubernetesSecret: Bool { name == Self.kubernetesSecret.name }
}

/// The place of a Secret in a cluster.
public struct KubernetesSecret: Sendable {
  let name: String
  let namespace: String?
  let labels: [(key: String, value: String)]

  /// Throws what Kubernetes would refuse. A label is `key=value`.
  public init(name: String, namespace: String?, labels: [String]) throws(Failure) {
    guard KubernetesName.isSubdomain(name) else {
      throw Self.refusal(
        "invalid name '\(name.printable(limit: 80))' of a Secret", KubernetesName.subdomain)
    }
    if let namespace, !KubernetesName.isLabel(namespace) {
      throw Self.refusal(
        "invalid namespace '\(namespace.printable(limit: 80))'", KubernetesName.label)
    }
    self.name = name
    self.namespace = namespace
    var seen: [(key: String, value: String)] = []
    for label in labels {
      let parts = label.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        .map(String.init)
      guard parts.count == 2, KubernetesName.isLabelKey(parts[0]),
        KubernetesName.isLabelValue(parts[1])
      else {
        throw Self.refusal("invalid label '\(label.printable(limit: 120))'", KubernetesName.pair)
      }
      guard !seen.contains(where: { $0.key == parts[0] }) else {
        throw Failure(.usage, "label '\(parts[0])' is given twice")
      }
      seen.append((parts[0], parts[1]))
    }
    self.labels = seen
  }

  /// The dialect that writes this Secret.
  public var dialect: Dialect {
    var dialect = Dialect.kubernetesSecret
    var metadata = "metadata:\n  name: \"\(name)\"\n"
    if let namespace { metadata += "  namespace: \"\(namespace)\"\n" }
    if !labels.isEmpty { metadata += "  labels:\n" }
    for label in labels { metadata += "    \"\(label.key)\": \"\(label.value)\"\n" }
    dialect.head = "apiVersion: v1\nkind: Secret\n" + metadata + "type: Opaque\ndata:\n"
    return dialect
  }

  private static func refusal(_ message: String, _ hint: String) -> Failure {
    Failure(.usage, message, hints: [hint])
  }
}

extension SecretBuilder {
  /// Adds base64, three bytes at a time.
  fileprivate mutating func append(base64 value: RawSpan) {
    let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    for start in stride(from: 0, to: value.byteCount, by: 3) {
      let count = min(3, value.byteCount - start)
      var group: UInt32 = 0
      for offset in 0..<3 {
        group = group << 8 | (offset < count ? UInt32(value.byte(start + offset)) : 0)
      }
      for position in 0..<4 {
        let digit = alphabet[Int(group >> UInt32(18 - 6 * position) & 63)]
        append(byte: position <= count ? digit : UInt8(ascii: "="))
      }
    }
  }
}
