public import Naming
internal import YAML

/// `keyvault.yaml`.
public struct Configuration: Sendable {
  public struct Environment: Sendable {
    public var description: String?
    /// Providers that must have a key.
    public var require: [String] = []
    /// Environments that fill what this one lacks, in order.
    public var inherit: [String] = []
    /// Replaces scheme, host and port of each request; `{provider}` is filled in.
    public var gateway: String?
    /// Fingerprints of those who may sign here, where not all of the policy's may.
    public var writers: [String]?
    /// Whether it is an error if a change lets a new person read this folder, or one below.
    public var isProtected = false
    /// Days, where they are not the policy's: after which a key must be rotated, and before that.
    public var maxAge: Int?
    public var warn: Int?
  }

  public struct Policy: Sendable {
    /// Days after which a key must be rotated.
    public var maxAge: Int?
    /// Days before that (and before an expiry) in which it is due.
    public var warn = 14
    /// Days before a recipient's key expires in which a warning is given.
    public var recipientWarn = 30
    /// Days for which a key may stay exposed before that is an error.
    public var exposedGrace = 14
    /// How many last characters a preview shows at most.
    public var preview = 4
    /// Whether environments that were opened are kept, encrypted, for the next command.
    public var allowsCache = true
    public var allowsUnbound = false
    public var allowsHiddenRecipients = false
    public var signatures = SignaturePolicy.off
    /// Fingerprints of those who may sign, where not all may whom a person trusts.
    public var writers: [String]?
  }

  /// The repository's random id, in the payload of each of its entries.
  public let vaultID: String
  public private(set) var environments: [Name: Environment]
  let inheritance: Inheritance
  /// Capability → providers, best first.
  public let preferences: [Name: [String]]
  public internal(set) var policy: Policy

  init(_ checked: CheckedDocument) {
    let root = checked.root
    vaultID = root["vault"]?.string ?? ""
    let declared = root["environments"]?.mapping ?? []
    environments = Dictionary(
      declared.map { (Name($0.key), Environment($0.value)) },
      uniquingKeysWith: { first, _ in first })
    inheritance = Inheritance(environments)
    let preferred = root["preferences"]?.mapping ?? []
    preferences = Dictionary(
      preferred.map { (Name($0.key), $0.value.strings) }, uniquingKeysWith: { first, _ in first })
    policy = Policy(root["policy"])
  }
}

extension Configuration {
  /// The policy with what the environments above an entry, the nearest first, and its sidecar before all,
  /// say of rotation.
  func policy(for name: EntryName, _ sidecar: Sidecar?) -> Policy {
    var policy = policy(in: name.environment)
    policy.maxAge = sidecar?.maxAge ?? policy.maxAge
    return policy
  }

  /// The policy with what an environment, and those above it, say of rotation.
  func policy(in environment: String) -> Policy {
    var policy = policy
    let parts = environment.split(separator: "/")
    for end in parts.indices {
      let environment = environments[parts[...end].joined(separator: "/")]
      policy.maxAge = environment?.maxAge ?? policy.maxAge
      policy.warn = environment?.warn ?? policy.warn
    }
    return policy
  }

  /// Whether an environment is protected, by its own declaration or by one above it.
  func isProtected(_ environment: String) -> Bool {
    let parts = environment.split(separator: "/")
    return parts.indices.contains { end in
      environments[parts[...end].joined(separator: "/")]?.isProtected ?? false
    }
  }

  /// The configuration with the policy of another one, for its environments too.
  func judged(by other: Configuration) -> Configuration {
    var judged = self
    judged.policy = other.policy
    for name in Set(environments.keys).union(other.environments.keys) {
      judged.environments[name, default: Environment()].maxAge = other.environments[name]?.maxAge
      judged.environments[name, default: Environment()].warn = other.environments[name]?.warn
    }
    return judged
  }
}

extension Configuration.Environment {
  init(_ node: Node) {
    description = node["description"]?.prose
    require = node["require"]?.strings ?? []
    inherit = node["inherit"]?.strings ?? []
    gateway = node["gateway"]?.string
    writers = node["writers"]?.fingerprints
    isProtected = node["protected"]?.bool ?? false
    maxAge = node["rotation"]?["max_age"].flatMap(\.days)
    warn = node["rotation"]?["warn"].flatMap(\.days)
  }
}

extension Configuration.Policy {
  init(_ node: Node?) {
    maxAge = node?["rotation"]?["max_age"].flatMap(\.days)
    warn = node?["rotation"]?["warn"].flatMap(\.days) ?? 14
    recipientWarn = node?["recipient_warn"].flatMap(\.days) ?? 30
    exposedGrace = node?["exposed_grace"].flatMap(\.days) ?? 14
    preview = node?["preview"]?.int ?? 4
    allowsCache = node?["cache"]?.string != "off"
    allowsUnbound = node?["unbound"]?.string == "allow"
    allowsHiddenRecipients = node?["hidden"]?.string == "allow"
    signatures = node?["signatures"]?.string.flatMap(SignaturePolicy.init) ?? .off
    writers = node?["writers"]?.fingerprints
  }
}

extension Node {
  /// The strings of a list; other items are left out.
  var strings: [String] { sequence?.compactMap(\.string) ?? [] }

  /// The fingerprints of a list, in upper case.
  var fingerprints: [String] { strings.map { $0.uppercased() } }

  /// Of any unit; the schemas allow no more than that either.
  private static let greatestDuration = 99_999

  /// A duration such as `90d`, `2w` or `36h`, in days, of which a part counts as a whole one.
  var days: Int? {
    guard let text = string, let unit = text.last,
      let count = Int(text.dropLast()), (0...Self.greatestDuration).contains(count)
    else { return nil }
    return switch unit {
    case "h": (count + 23) / 24
    case "d": count
    case "w": count * 7
    default: nil
    }
  }
}
