public import Naming
public import Secrets

/// What becomes of each variable of a source, before anything is sent or written.
public struct ImportPlan: Sendable {
  /// One that becomes an entry.
  public struct Key: Sendable {
    public let found: FoundVariable
    public let provider: Provider
    public let entry: EntryName
    /// The variable to render, where the provider's own will not do.
    public let variable: String?
    /// Why it should not be stored; nil if nothing is wrong with it.
    public internal(set) var objection: String?
    /// Additional fields of the credential.
    var fields: [(name: String, value: String)]
    /// Where it may be sent.
    public var destinations: Destinations
    /// Whether only the sidecar of an entry says whose key it is.
    public let isNamedBySidecar: Bool
    public let preview: String
    public var serial = 1
    public var isOtherKey = true

    public var newKey: NewKey {
      NewKey(
        entry: entry, provider: provider.id, key: found.copy(), fields: fields,
        hosts: destinations.hosts, serial: serial, isOtherKey: isOtherKey)
    }

    /// A copy of the key itself.
    public var secret: Secret { found.copy() }
  }

  /// One that may be a key of several providers, or of none.
  public struct Ambiguity: Sendable {
    public let found: FoundVariable
    /// Ids of providers, the likeliest first.
    public let candidates: [String]
    public let reason: String
  }

  /// One that is left out.
  public struct Other: Sendable {
    public let found: FoundVariable
    public let reason: String
  }

  public private(set) var keys: [Key] = []
  public private(set) var ambiguities: [Ambiguity] = []
  /// Keys that cannot become entries.
  public private(set) var refused: [Other] = []
  /// Variables of theirs that keyvault renders only where a person permits it.
  public private(set) var unlisted: [String] = []
  /// Variables that are not keys.
  public private(set) var skipped: [Other] = []

  /// `answers` says of variables which provider's they are, and `excluded` names those to be left out.
  /// Throws if they name something that is not there.
  public init(
    of variables: [FoundVariable], answers: [Name: String], excluded: Set<Name>,
    to environment: String, in repository: Repository, policy: OriginPolicy
  ) throws(Failure) {
    let names = Set(names: variables.map(\.name))
    for name in Set(answers.keys).union(excluded).subtracting(names).sorted() {
      let shown = VisibleName.holds(name.text) ? "variable '\(name)'" : "variable of that name"
      throw Failure(.usage, "there is no \(shown) to import")
    }
    var places = ImportPlaces(
      in: environment, of: try repository.vault.entries(below: environment), repository)
    let recognition = Recognition(of: variables, catalogue: repository.catalogue)
    let last = Dictionary(
      variables.enumerated().map { (Name($0.element.name), $0.offset) }, uniquingKeysWith: { $1 })
    var keys: [Recognized] = []
    var parts: [(found: FoundVariable, provider: String, name: String, value: String)] = []
    for (index, variable) in variables.enumerated() {
      func skip(_ reason: String) { skipped.append(Other(found: variable, reason: reason)) }
      if excluded.contains(variable.name) {
        skip("left out")
        continue
      }
      if let later = last[variable.name], later != index {
        skip(
          variables[later].line.map {
            "set again in line \($0), which takes "
              + "effect"
          } ?? "set again")
        continue
      }
      let answer = answers[variable.name]
      var isBySidecar = false
      var kind =
        variable.fault == nil ? recognition.kind(of: variable) : recognition.named(variable)
      if let answer { kind = .key(try Self.provider(answer, in: repository)) }
      if case .ambiguous(let candidates, _) = kind,
        let known = places.provider(of: variable.name, among: candidates)
      {
        kind = .key(try Self.provider(known, in: repository))
        isBySidecar = true
      }
      switch kind {
      case _ where variable.isEmpty && variable.fault == nil: skip("it is empty")
      case .key(let provider):
        if let fault = variable.fault ?? Self.fault(of: variable) {
          refused.append(Other(found: variable, reason: fault))
        } else {
          let isNamed = if case .key = recognition.named(variable) { true } else { false }
          keys.append(
            Recognized(
              found: variable, provider: try Self.provider(provider.id, in: repository),
              isNamed: isNamed, isBySidecar: isBySidecar))
        }
      case _ where variable.isUnread:
        refused.append(Other(found: variable, reason: variable.fault ?? ""))
      case _ where variable.fault != nil: skip(variable.fault ?? "")
      case .field(let provider, let name):
        parts.append((variable, provider.id, name, variable.openText))
      case .baseURL(let provider):
        if let (name, value) = provider.hostField(from: variable.openText) {
          parts.append((variable, provider.id, name, value))
        } else {
          skip("the address of \(provider.name)'s API, not a key")
        }
      case .ambiguous(let candidates, let reason):
        ambiguities.append(Ambiguity(found: variable, candidates: candidates, reason: reason))
      case .misplaced(let provider, let right):
        let reason = "a key of this form belongs in \(right); pass --as to use that"
        ambiguities.append(
          Ambiguity(found: variable, candidates: [provider.id], reason: reason))
      case .nothing: skip("no key of a known provider")
      }
    }
    // The provider's own variables take its name.
    for key in keys.filter(\.isNamed) + keys.filter({ !$0.isNamed }) {
      place(key, parts: &parts, in: &places, repository, policy)
    }
    unlisted = places.unlisted
    for part in parts {
      skipped.append(Other(found: part.found, reason: "no key of \(part.provider) comes with it"))
    }
  }

  /// A variable that is a key.
  private struct Recognized {
    let found: FoundVariable
    let provider: Provider
    /// Whether the variable's name is the provider's own.
    let isNamed: Bool
    let isBySidecar: Bool
  }

  private mutating func place(
    _ key: Recognized,
    parts: inout [(found: FoundVariable, provider: String, name: String, value: String)],
    in places: inout ImportPlaces, _ repository: Repository, _ policy: OriginPolicy
  ) {
    let (found, provider) = (key.found, key.provider)
    if let same = keys.first(where: { $0.provider.id == provider.id && $0.found.isSame(as: found) })
    {
      skipped.append(Other(found: found, reason: "the same key as \(same.found.shown)"))
      return
    }
    let entry: EntryName
    let variable: String?
    do throws(Failure) {
      (entry, variable) = try places.take(for: found, of: provider)
    } catch {
      refused.append(Other(found: found, reason: error.message))
      return
    }
    var fields = found.fields.filter { field in
      provider.fields.contains { $0.name == field.name && !$0.isSecret }
    }
    fields += parts.filter { part in
      part.provider == provider.id && !fields.contains { $0.name == part.name }
    }.map { ($0.name, $0.value) }.uniqued()
    parts.removeAll { $0.provider == provider.id }
    let destinations = policy.destinations(
      of: provider,
      fields: Dictionary(
        fields.map { (Name($0.name), $0.value) }, uniquingKeysWith: { first, _ in first }),
      gateway: repository.environment(entry.environment).gateway)
    let preview = found.withValue {
      Preview.text(of: $0, provider: provider.id, limit: repository.configuration.policy.preview)
    }
    keys.append(
      Key(
        found: found, provider: provider, entry: entry, variable: variable,
        objection: found.withValue(provider.objection) ?? provider.objection(to: fields),
        fields: fields, destinations: destinations, isNamedBySidecar: key.isBySidecar,
        preview: preview))
  }

  private static func provider(
    _ id: String, in repository: Repository
  ) throws(Failure) -> Provider {
    if let provider = try repository.catalogue.provider(id) { return provider }
    let close = Suggestion.closest(to: id, among: repository.catalogue.ids)
    throw Failure(
      .usage, "unknown provider '\(id.printable(limit: 80))'",
      hints: [close.map { "did you mean '\($0)'?" } ?? "'keyvault providers' shows all"])
  }

  /// Why something cannot be a key, or not under its name.
  private static func fault(of found: FoundVariable) -> String? {
    if let objection = found.withValue(KeyText.objection) {
      return "this cannot be a key: \(objection)"
    }
    return nil
  }
}

extension Provider {
  /// Why a key does not look like one of this provider; nil if it may be one.
  public func objection(to key: RawSpan) -> String? {
    let prefix = formats.filter { $0.matches(key) }.map(\.prefix.utf8.count).max() ?? 0
    if let why = Placeholder.standIn(for: key) { return why }
    if let why = Placeholder.objection(to: key, prefix: prefix) {
      return "this looks like a placeholder, not a key: \(why)"
    }
    guard !formats.isEmpty, format(of: key) == nil else { return nil }
    let shapes = formats.map { format in
      let length = format.length
      let size =
        length.lowerBound == length.upperBound
        ? "\(length.lowerBound)" : "\(length.lowerBound) to \(length.upperBound)"
      return (format.prefix.isEmpty ? "" : "'\(format.prefix)…', ") + "\(size) characters"
    }
    let foreign = KeyText.foreignCharacter(in: key).map { ", and it has \($0)" } ?? ""
    let expected = shapes.joined(separator: "; or ")
    return "this does not look like a key of \(name) (\(expected))\(foreign)"
  }

  /// Which part of a credential is missing or cannot be such; nil if none is.
  func objection(to fields: [(name: String, value: String)]) -> String? {
    for field in fields where !field.value.isText {
      return "the value of '\(field.name)' is empty or has a control character"
    }
    let missing = self.fields.first { field in
      field.isRequired && !fields.contains { $0.name == field.name }
    }
    return missing.map { field in
      "a key of \(name) needs '\(field.name)' too" + (field.variable.map { ": \($0)" } ?? "")
    }
  }
}

extension String {
  fileprivate var isText: Bool {
    !isEmpty && !utf8.contains { $0 < 0x20 || $0 == 0x7f }
  }
}

extension [(name: String, value: String)] {
  /// The first of each name.
  fileprivate func uniqued() -> [(name: String, value: String)] {
    var seen: Set<Name> = []
    return filter { seen.insert($0.name).inserted }
  }
}
