internal import HTTP
internal import Naming
internal import YAML

/// `providers.d/`: each file against its schema, and what the schema cannot say.
struct ProviderChecks {
  private let root: String
  private let names: NamePolicy
  /// Names of the files, sorted.
  let files: [String]
  private let strays: [Finding]

  init(root: String, names: NamePolicy) {
    self.root = root
    self.names = names
    var items: [Folder.Item] = []
    var files: [String] = []
    var faults: [Finding] = []
    do throws(FileError) {
      let folder = try Folder(root).folder(Paths.providers)
      items = try folder.items()
      files = try Catalogue.files(in: folder, items)
    } catch let error where error.isAbsence {
      // The built-in providers need no files.
    } catch {
      faults = [Finding(error.findingCode, in: Paths.providers, error.message, hint: error.hint)]
    }
    self.files = files
    strays =
      faults
      + items.compactMap { item in
        let file = "\(Paths.providers)/\(item.name.printable)"
        switch item.kind {
        case .other:
          return Finding(.unreadable, in: file, "this is not a regular file")
        case .link:
          return Finding(.symbolicLink, in: file, "a symbolic link is not followed")
        case .file
        where item.name.hasSuffix(".yaml") && !Provider.isID(String(item.name.dropLast(5))):
          return Finding(
            .idIsNotFileName, in: file, "the file's name is not a provider's id, so it is not read",
            hint: "an id is a lower-case letter, then lower-case letters, digits and underscores")
        case .file where item.name.hasSuffix(".yml"):
          return Finding(
            .strayFile, .warning, in: file, "only files that end in '.yaml' are read",
            hint: Shell("git mv \(path: file) \(path: file.dropLast(4) + ".yaml")").description)
        default: return nil
        }
      }
  }

  func add(to findings: inout FindingList) {
    findings += strays
    guard let folder = try? Folder(root).folder(Paths.providers) else { return }
    findings.add(count: files.count) { self.findings(in: files[$0], of: folder) }
  }

  private func findings(in name: String, of folder: borrowing Folder) -> [Finding] {
    let file = "\(Paths.providers)/\(name)"
    let bytes: [UInt8]
    do throws(FileError) {
      bytes = try folder.read(name, limit: Limits.document)
    } catch {
      return [Finding(.unreadable, in: file, error.message, hint: error.hint)]
    }
    switch CheckedDocument.read(bytes, as: .provider, file: file) {
    case .failure(let malformed): return malformed.findings
    case .success(let checked):
      return ProviderFileChecks(
        file: file, id: String(name.dropLast(5)), root: checked.root, names: names
      ).findings() + PlaintextDocument(file: file, bytes: bytes) { .builtIn }.findings()
    }
  }
}

/// One provider file that satisfies its schema.
private struct ProviderFileChecks {
  let file: String
  /// Of the file's name.
  let id: String
  let root: Node
  let names: NamePolicy

  func findings() -> [Finding] {
    identity() + override() + exception() + hostFields() + urls() + variables() + lengths()
      + headers()
  }

  private func identity() -> [Finding] {
    guard let node = root["id"], let written = node.string, written != id else { return [] }
    return [
      Finding(
        .idIsNotFileName, in: file, at: node.place,
        "the id '\(written.printable(limit: 80))' is not the file's name '\(id.printable)'",
        hint: "write 'id: \(id.printable)', or rename the file")
    ]
  }

  private func override() -> [Finding] {
    let source = Provider.source(of: root, id: id)
    guard case .override(let changes) = source, !changes.isEmpty else { return [] }
    let isProtected = !source.protectedChanges.isEmpty
    return [
      Finding(
        .overridesBuiltIn, .warning, in: file, at: root["id"]?.place ?? .start,
        "this changes \(changes.joined(separator: ", ")) of the built-in '\(id)'",
        hint: isProtected
          ? "no key is sent or renamed by it unless KEYVAULT_ALLOW_HOSTS allows all hosts of this file"
          : nil)
    ]
  }

  /// What is not plain needs a permission before a key is sent with it.
  private func exception() -> [Finding] {
    let provider = Provider(root, source: Provider.source(of: root, id: id))
    guard let exception = provider.exception else { return [] }
    let allowed = Shell("KEYVAULT_ALLOW_PROVIDERS=\(provider.permission)")
    return [
      Finding(
        .needsPermission, .note, in: file, at: exception.place,
        "this file alone cannot send keys: \(exception.text) may tell the server where to forward "
          + "it",
        hint: "allow this version of the file, outside the repository: \(allowed); or sign it, "
          + "where "
          + "signatures are required")
    ]
  }

  /// A field that completes the host's name is declared and required; its author must not choose
  /// the rest of the host, so the built-in catalogue alone has such fields.
  private func hostFields() -> [Finding] {
    guard let node = root["base_url"] else { return [] }
    let provider = Provider(root, source: .file)
    let isBuiltIn = BuiltIn.provider(id)?.baseURL == node.string
    return provider.hostFields.flatMap { name in
      let isRequired = provider.fields.contains { $0.name == name && $0.isRequired }
      let declared =
        isRequired
        ? []
        : [
          Finding(
            .badURL, in: file, at: node.place,
            "'{\(name)}' is not a required field of this provider",
            hint: "declare it: key: {fields: [{name: \(name), required: true}]}")
        ]
      let own =
        isBuiltIn
        ? []
        : [
          Finding(
            .badURL, in: file, at: node.place,
            "only a built-in provider may complete a host's name with a field")
        ]
      return declared + own
    }
  }

  private func urls() -> [Finding] {
    let probes =
      [root["probe"], root["quota"]] + (root["key"]?["formats"]?.sequence ?? []).map { $0["probe"] }
    let base = root["base_url"]?.string ?? ""
    let requests = probes.compactMap { $0?["request"] }.compactMap { node in
      let target = (node.string ?? "").drop { $0 != " " }.dropFirst()
      return objection(to: node, target: String(target), below: base)
    }
    guard let node = root["base_url"], let first = objection(to: node, target: base, below: base)
    else { return requests }
    // A path below a base that is not a URL has the same fault.
    return [first] + requests.filter { $0.message != first.message }
  }

  private func objection(to node: Node, target: String, below base: String) -> Finding? {
    do throws(WebURLError) {
      let url = try ProbeDefinition.url(of: Self.filled(target), below: Self.filled(base))
      // A path is below `base_url`, which has its own finding.
      return target.hasPrefix("/")
        ? nil : Finding.needsPermission(url.origin, in: file, at: node.place)
    } catch {
      return Finding(
        .badURL, in: file, at: node.place, "'\(target.printable(limit: 120))' \(error.message)")
    }
  }

  /// Whose base URL is set where: see ``BaseURLVariable``.
  private func variables() -> [Finding] {
    let key = root["key"]
    let formats = (key?["formats"]?.sequence ?? []).flatMap { $0["env"]?.sequence ?? [] }
    let fields = (key?["fields"]?.sequence ?? []).compactMap { $0["env"] }
    let keys = (key?["env"]?.sequence ?? []) + formats
    let secrets =
      keys.flatMap { names.findings($0, in: file) }
      + fields.flatMap { names.findings($0, in: file, fieldOf: id) }
    guard let node = key?["base_url_env"], let name = node.string else { return secrets }
    if let objection = BaseURLVariable.objection(toAddress: name) {
      return secrets + [.notAllowed(objection, in: file, at: node.place)]
    }
    let owners = BaseURLVariable.owners(of: name)
    guard !owners.isEmpty, !owners.contains(id) else { return secrets }
    return secrets + [
      .notAllowed(
        "\(name) is of \(owners.joined(separator: ", ")); it is rendered only for a gateway "
          + "that KEYVAULT_ALLOW_HOSTS allows", .warning, in: file, at: node.place)
    ]
  }

  /// With a plain word for each `{…}`, which is filled in when a key is tested.
  private static func filled(_ template: String) -> String {
    template.split(separator: "{", omittingEmptySubsequences: false).enumerated().map {
      index, part in
      index == 0 ? String(part) : "x" + part.drop { $0 != "}" }.dropFirst()
    }.joined()
  }

  /// No schema can compare the two numbers of `24..400`.
  private func lengths() -> [Finding] {
    (root["key"]?["formats"]?.sequence ?? []).compactMap { format in
      guard let node = format["length"], let text = node.string else { return nil }
      let bounds = text.split(separator: ".").compactMap { Int($0) }
      guard bounds.count == 2, bounds[0] > bounds[1] else { return nil }
      return Finding(
        .badLength, in: file, at: node.place,
        "no key is at least \(bounds[0]) and at most \(bounds[1]) long")
    }
  }

  /// Schemas compare text by POSIX expressions, in which a line break is a character like others.
  private func headers() -> [Finding] {
    (root["headers"]?.mapping ?? []).compactMap { pair in
      guard let value = pair.value.string, value.contains(where: \.isLineBreak) else { return nil }
      return Finding(
        code: "bad-format", severity: .error, file: file, place: pair.value.place,
        message: "the header '\(pair.key.printable(limit: 80))' has a line break in its value",
        hint: nil)
    }
  }
}

extension Unicode.Scalar {
  /// Whether a reader may take it for the end of a line.
  fileprivate var isLineBreak: Bool {
    switch value {
    case 0x0a...0x0d, 0x85, 0x2028, 0x2029: true
    default: false
    }
  }
}
