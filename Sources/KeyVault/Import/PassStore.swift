public import GPG
internal import Naming
internal import Secrets

/// A password store of `pass`, or a part of it, whose entries are opened by gpg itself.
public struct PassStore: Sendable {
  private let root: String
  /// Names of lines that are additional fields of a credential; no others are copied out.
  private let fieldNames: Set<Name>
  private let scan = KeyScan()

  /// `root` is the store's folder.
  public init(at root: String) {
    self.root = root
    let fields = BuiltIn.all.flatMap(\.fields)
    fieldNames = Set(names: fields.filter { !$0.isSecret }.map(\.name))
  }

  /// The entry at `path`, or all below that folder, sorted. Blocks. Throws if there is none, or none can
  /// be opened.
  public func variables(at path: String, with gpg: GPG) throws(Failure) -> [FoundVariable] {
    let parts = path.split(separator: "/").map(String.init)
    guard !parts.contains(where: { $0.hasPrefix(".") }) else {
      throw Failure(.usage, "invalid path '\(path.printable(limit: 120))' in a password store")
    }
    let paths: [String]
    do throws(FileError) {
      paths = try entries(at: parts)
    } catch {
      throw error.failure
    }
    guard !paths.isEmpty else {
      throw Failure(
        .nothingToDo, "nothing is in the password store at '\(path.printable(limit: 120))'")
    }
    var found: [FoundVariable] = []
    var locked: Failure?
    for path in paths {
      do throws(Failure) {
        found.append(try open(path, gpg))
      } catch {
        locked = locked ?? error
        found.append(
          FoundVariable(
            entry: path, shown: scan.masked(path), Secret(utf8: ""), fault: error.message,
            isUnread: true))
      }
    }
    if let locked, found.allSatisfy({ $0.fault != nil }) { throw locked }
    return found
  }

  /// Paths without `.gpg`; links and what begins with a dot are left alone.
  private func entries(at parts: [String]) throws(FileError) -> [String] {
    let store = try Folder(root, entersWorkTrees: true)
    if let name = parts.last {
      let folder = try store.folder(parts.dropLast().joined(separator: "/"))
      if folder.kind(of: name + ".gpg") == .file { return [parts.joined(separator: "/")] }
    }
    let start = parts.joined(separator: "/")
    var paths: [String] = []
    var deep: String?
    try store.walk(from: start, tooDeep: { deep = deep ?? $0 }) { folder, items, _ in
      for item in items where item.kind == .file && item.name.hasSuffix(".gpg") {
        guard !item.name.hasPrefix(".") else { continue }
        let name = String(item.name.dropLast(".gpg".count))
        paths.append(folder.isEmpty ? name : "\(folder)/\(name)")
      }
      return true
    }
    if let deep { throw FileError(.tooDeep(limit: Limits.depth), "\(root)/\(deep)", 0) }
    return paths.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  private func open(_ path: String, _ gpg: GPG) throws(Failure) -> FoundVariable {
    let payload: Payload
    do {
      let parts = path.split(separator: "/").map(String.init)
      let folder = try Folder(root, entersWorkTrees: true)
        .folder(parts.dropLast().joined(separator: "/"))
      let bytes = try folder.read((parts.last ?? "") + ".gpg", limit: Limits.ciphertext)
      payload = try Payload(gpg.decrypt(Message(bytes)))
    } catch {
      throw Self.failure(error, scan.masked(path))
    }
    guard !payload.isBound else {
      let shown = scan.masked(path)
      let get = shown == path ? Shell("keyvault get \(path)") : "keyvault get"
      throw Failure(
        .malformed, "'\(shown)' is of a keyvault repository",
        hints: ["there: keyvault cp, or \(get), and here: keyvault add"])
    }
    let fields = payload.fieldNames.filter(fieldNames.contains).map { name in
      (
        name,
        payload.withField(name) { value in
          String(decoding: (0..<value.byteCount).map { value.byte($0) }, as: UTF8.self)
        } ?? ""
      )
    }
    let fault = payload.layoutObjection
    return FoundVariable(
      entry: path, shown: scan.masked(path), payload.withKey { Secret(copying: $0) },
      fields: fields, fault: fault, isUnread: fault != nil && payload.holdsKey)
  }

  private static func failure(_ error: any Error, _ path: String) -> Failure {
    switch error {
    case let error as Failure: error
    case let error as FileError: error.failure
    case let error as GPGError: error.failure(what: "cannot open '\(path)'")
    case let error as MessageError: Failure(.malformed, "'\(path)': \(error.message)")
    default: Failure(.io, "cannot open '\(path)'")
    }
  }
}
