internal import HTTP
public import Naming

/// Where a new key may be sent, decided before the first request.
public struct Destinations: Sendable {
  /// An origin that only the repository's text names.
  public struct Question: Sendable, Hashable {
    let origin: Origin
    /// The file that names it, relative to the root.
    let file: String
    /// Whether the test of a new key sends it there.
    let isAsked: Bool
    /// Whether a person's answer can allow it; else a permission outside the repository must.
    public let isAnswerable: Bool
    /// The entry whose key is replaced, where only the payload of that key names the origin.
    var inheritedFrom: EntryName?
    /// Whether an additional field of the credential, which comes with the payload, makes it.
    var isOfField = false

    var isInherited: Bool { inheritedFrom != nil }

    /// For a person to answer with yes or no; `key` is a word for the key.
    public func text(of key: String = "this key") -> String {
      "send \(key.printable(limit: 80)) to '\(origin.permission)', "
        + "which only \(file.printable(limit: 120)) names?"
    }
  }

  /// What the payload says in `hosts:`, sorted.
  public fileprivate(set) var hosts: [String]
  /// What was not consented to.
  public fileprivate(set) var questions: [Question]
  /// Why no key of the provider is sent at all, and what permits it: the repository's file does not count.
  fileprivate let barrier: Failure?

  /// Whether a test of the key would be refused.
  public var isBarred: Bool {
    barrier != nil || questions.contains { $0.isAsked || $0.isInherited }
  }

  /// Why nothing may be stored, whatever is forced: the additional fields that would be stored
  /// decide where the key is sent. nil if that is not so.
  public var refusal: Failure? {
    guard let question = questions.first(where: \.isOfField), let entry = question.inheritedFrom
    else { return nil }
    let name = question.origin.permission
    return Failure(
      .findings,
      "only \(question.file.printable(limit: 120)) names '\(name)', by a field of its credential, "
        + "so no key is stored with that field",
      hints: [
        "allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(name)"))",
        "or store the key with a field of your own: "
          + "\(Shell("keyvault add \(entry) --replace --field NAME=VALUE"))",
      ])
  }

  /// What keeps the key from some places, and what permits it; nil if nothing does.
  public var objection: Failure? {
    if let barrier { return barrier }
    guard let first = questions.first(where: \.isAsked) ?? questions.first else { return nil }
    let names = questions.map(\.origin.permission)
    return Failure(
      .findings,
      "only \(first.file.printable(limit: 120)) names '\(first.origin.permission)', "
        + "so no key is sent there",
      hints: ["allow it: \(Shell("KEYVAULT_ALLOW_HOSTS=\(names.joined(separator: ","))"))"])
  }

  /// A person said no. A host that only the old key had, and that no request needs, is left out.
  public mutating func decline(_ question: Question) {
    guard question.isInherited, !question.isAsked, !question.isOfField else { return }
    questions.removeAll { $0 == question }
  }

  /// A person said yes: the payload may say so from now on.
  public mutating func consent(to question: Question) {
    questions.removeAll { $0 == question }
    hosts = Set(names: hosts + [question.origin.permission]).sortedTexts
  }
}

extension OriginPolicy {
  /// Where a new key of `provider` may be sent. `old` are the hosts of the key whose place it takes and
  /// `gateway` is its environment's; `fields` complete a host's name.
  public func destinations(
    of provider: Provider, fields: [Name: String] = [:], keeping old: [String] = [],
    gateway: String?
  ) -> Destinations {
    // Of a definition that is not trusted, the hosts of the built-in one.
    let definition = definition(provider)
    let origins = definition.origins(fields).sorted(by: Origin.areInOrder)
    let isAllowed = { (origin: Origin) in
      allows(origin, provider: provider.id, fields: fields, payloadHosts: old)
    }
    let bound = origins.filter { $0.isSameEverywhere && isAllowed($0) }.map(\.permission)
    let isProvable = !definition.definitions.isEmpty
    let asked = gateway == nil && isProvable ? definition.requestOrigins(fields) : []
    var questions = origins.filter { !isAllowed($0) }.map { origin in
      Destinations.Question(
        origin: origin, file: "\(Paths.providers)/\(provider.id).yaml",
        isAsked: asked.contains(origin), isAnswerable: origin.isSameEverywhere)
    }
    let server = gateway.flatMap { try? Gateway($0).origin() }
    if let server, !isAllowed(server) {
      questions.insert(
        Destinations.Question(
          origin: server, file: Paths.configuration, isAsked: isProvable,
          isAnswerable: server.isSameEverywhere),
        at: 0)
    }
    return Destinations(
      hosts: Set(names: old + bound).sortedTexts, questions: questions,
      barrier: barrier(provider))
  }

  /// Destinations of a key that replaces `old`, and keeps its additional fields. Anyone can encrypt a
  /// payload to a public key, so its own hosts are kept only where `isVouched` says that they can be
  /// believed; else each is a question.
  public func destinations(
    of provider: Provider, inPlaceOf old: OpenedEntry,
    isVouched: @autoclosure () throws(Failure) -> Bool, gateway: String?
  ) throws(Failure) -> Destinations {
    let payload = old.payload
    let fields = payload.hostFields(of: provider)
    let own = payload.ownHosts(for: provider.id).filter { !allowsAnyKey($0) }
    guard !own.isEmpty, try !isVouched() else {
      return destinations(of: provider, fields: fields, keeping: payload.hosts, gateway: gateway)
    }
    let kept = payload.hosts.filter { host in
      Self.origin(of: host).map { !own.contains($0) } ?? false
    }
    var destinations = destinations(of: provider, keeping: kept, gateway: gateway)
    let asked =
      gateway == nil && !provider.definitions.isEmpty ? provider.requestOrigins(fields) : []
    let made = BuiltIn.provider(provider.id)?.origins(fields) ?? []
    for origin in own.sorted(by: Origin.areInOrder) {
      let other = destinations.questions.first { $0.origin == origin }
      destinations.questions.removeAll { $0.origin == origin }
      destinations.questions.append(
        Destinations.Question(
          origin: origin, file: old.name.ciphertextPath,
          isAsked: asked.contains(origin) || other?.isAsked == true,
          isAnswerable: origin.isSameEverywhere, inheritedFrom: old.name,
          isOfField: made.contains(origin)))
    }
    return destinations
  }

  /// Why a definition does not count, and what would allow it; nil if it counts.
  private func barrier(_ provider: Provider) -> Failure? {
    guard let objection = objection(to: provider) else { return nil }
    guard case .changesBuiltIn = objection else {
      return Failure(
        .findings, "\(objection.text(of: provider)), so none of its keys is sent",
        hints: [objection.hint(for: provider)])
    }
    // A host that a field completes cannot be allowed beforehand.
    let origins = provider.hostFields.isEmpty ? provider.origins([:]) : []
    let hosts = origins.sorted(by: Origin.areInOrder).map(\.permission).joined(separator: ",")
    return Failure(
      .findings, "\(provider.file) changes a built-in provider, so none of its keys is sent",
      hints: hosts.isEmpty ? [] : ["allow its hosts: \(Shell("KEYVAULT_ALLOW_HOSTS=\(hosts)"))"])
  }
}

extension Origin {
  fileprivate static func areInOrder(_ a: Origin, _ b: Origin) -> Bool {
    a.permission < b.permission
  }
}
