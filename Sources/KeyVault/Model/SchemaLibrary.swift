internal import Dispatch
internal import JSONSchema
internal import YAML

/// The schemas that the binary carries. A repository's own `Schemas/` are for editors and decide
/// nothing.
public enum SchemaLibrary {
  /// The kinds of files that people write.
  enum Kind: String {
    case keyvault, provider, entry
    /// The user's own, outside every repository.
    case config

    var fileName: String { rawValue + ".schema.json" }
  }

  /// Names without `.schema.json`, sorted.
  public static var names: [String] {
    Embedded.schemas.map { String($0.name.dropLast(".schema.json".count)) }
  }

  /// Names of the schemas of a repository's files.
  static let fileKinds = [Kind.keyvault, .provider, .entry].map(\.rawValue)

  /// The text of a schema; nil for an unknown name.
  public static func text(_ name: String) -> String? {
    Embedded.schemas.first { $0.name == name + ".schema.json" }?.text
  }

  // Each is compiled once, when it is first needed; two threads may compile two at once.
  private static let keyvault = compiled(.keyvault)
  private static let provider = compiled(.provider)
  private static let entry = compiled(.entry)
  private static let config = compiled(.config)

  static func schema(_ kind: Kind) -> Schema {
    switch kind {
    case .keyvault: keyvault
    case .provider: provider
    case .entry: entry
    case .config: config
    }
  }

  /// Starts to compile the schemas that every repository needs. Does not wait.
  static func prepare() {
    // A thread of its own: the shared ones are as many as cores, and busy.
    DispatchQueue(label: "schemas").async {
      for kind in [Kind.keyvault, .entry] { _ = schema(kind) }
    }
  }

  /// A schema, read as YAML: that takes a third of the time, and a test sees that both say the same.
  static func root(_ name: String) -> Node {
    let document = try? Document(parsing: Array((text(name) ?? "").utf8))
    return document?.root ?? Node(.null)
  }

  private static func compiled(_ kind: Kind) -> Schema {
    do throws(SchemaError) {
      return try Schema(root(kind.rawValue))
    } catch {
      // Every test run compiles them all, so that no release can have this fault.
      preconditionFailure("the embedded schema '\(kind.fileName)' does not compile: \(error)")
    }
  }
}

extension Provider {
  /// Every word that `capabilities` may hold; the list is closed.
  public static let everyCapability: [String] = {
    SchemaLibrary.root("provider")["$defs"]?["capability"]?["enum"]?.strings ?? []
  }()
}

/// A file that is YAML and satisfies its schema. Only ``read(_:as:file:)`` makes one, so that a
/// decoder need not check shapes again.
struct CheckedDocument {
  let document: Document
  var root: Node { document.root }

  /// The document, or what is wrong with it: of what its schema does not allow, the first `limit` things.
  static func read(
    _ bytes: [UInt8], as kind: SchemaLibrary.Kind, file: String,
    limit: Int = Limits.findingsPerFile
  ) -> Result<CheckedDocument, Malformed> {
    let document: Document
    do throws(YAMLError) {
      document = try Document(parsing: bytes)
    } catch {
      let finding = ConflictMarkers.finding(for: error, in: bytes, file: file)
      return .failure(Malformed(findings: [finding]))
    }
    let (violations, omitted) = SchemaLibrary.schema(kind)
      .check(document.root, limit: limit)
    guard violations.isEmpty else {
      let findings = violations.map {
        Finding(
          code: $0.code.rawValue, severity: .error, file: file, place: $0.place,
          message: $0.message, hint: $0.hint)
      }
      let more = Finding.more(omitted, .error, in: file, "\(omitted) more findings are not listed")
      return .failure(Malformed(findings: findings + (omitted > 0 ? [more] : [])))
    }
    return .success(CheckedDocument(document: document))
  }
}

/// What is wrong with one file; never empty.
struct Malformed: Error {
  let findings: [Finding]

  /// For commands that need the file: the first finding, and where to see the others.
  var failure: Failure {
    let first = findings[0]
    let place = "\(first.file):\(first.line):\(first.column)"
    return Failure(
      .malformed, "\(place): \(first.message)",
      hints: (first.hint.map { [$0] } ?? []) + ["run 'keyvault validate' to see every finding"])
  }
}
