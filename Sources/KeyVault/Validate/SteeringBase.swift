internal import Naming
internal import YAML

/// The base of a change, for checks of what decides where keys go and under which name.
struct SteeringBase {
  let snapshot: Snapshot
  let configuration: Configuration
  /// Of its keyvault.yaml.
  let root: Node
  /// Whether the base, or the person, requires signatures.
  private let isStrict: Bool
  /// The files of its `providers.d`, by id.
  private let providers: [Name: [UInt8]]
  private static let scan = KeyScan()

  init(_ snapshot: Snapshot, _ document: CheckedDocument, isStrict: Bool) throws(Failure) {
    self.snapshot = snapshot
    configuration = Configuration(document)
    root = document.root
    self.isStrict = isStrict
    let start = Paths.providers + "/"
    let paths = snapshot.files.sortedKeys.filter {
      $0.hasPrefix(start) && $0.hasSuffix(".yaml") && !$0.dropFirst(start.count).contains("/")
    }
    var providers: [Name: [UInt8]] = [:]
    for (path, bytes) in zip(paths, try snapshot.read(paths)) {
      providers[String(path.dropFirst(start.count).dropLast(".yaml".count))] = bytes
    }
    self.providers = providers
  }

  /// For messages, such as `'origin/main'`.
  var name: String { snapshot.name }

  /// Of a change that steers keys: an error where one could be sent where the base sends none.
  func severity(isElsewhere: Bool = false) -> Finding.Severity {
    isStrict || isElsewhere ? .error : .warning
  }

  /// Ids of the provider files.
  var providerFiles: [String] { providers.sortedKeys }

  /// What the base says of a provider: its file, else what is built in; nil where there is none, or
  /// its file is not YAML.
  func definition(of id: String) -> Node? {
    providers[id].map { try? Document(parsing: $0).root } ?? BuiltIn.root(id)
  }

  /// `'x' is NEW, was OLD in 'main'`.
  func sentence(_ what: String, _ new: Node?, was old: Node?) -> String {
    "'\(what)' is \(shown(new)), was \(shown(old)) in \(name)"
  }

  /// A value for a message. A file may hold a key where none belongs, and a finding never quotes one.
  func shown(_ node: Node?) -> String {
    guard let node else { return "not set" }
    let text = node.string ?? node.json
    guard Self.scan.firstKey(in: Array(text.utf8)) == nil else { return "something like a key" }
    return "'\(text.printable(limit: 100))'"
  }
}

extension Provider {
  /// Whether a key could be sent to an address to which the other definition sends none.
  func goesElsewhere(than other: Provider?) -> Bool {
    guard let other else { return true }
    // Servers that many share tell accounts apart by the path.
    if baseURL != other.baseURL { return true }
    return hasUnknownOrigin || !origins([:]).isSubset(of: other.origins([:]))
  }
}
