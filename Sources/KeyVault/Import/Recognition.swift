internal import HTTP
internal import Naming
internal import Secrets

/// Recognises the provider of a variable: by its name, then by the form of its value.
///
/// Only the built-in catalogue recognises. A provider that only a repository defines could claim
/// any imported variable, and have its value sent to a host of its own: a person must name such a
/// provider.
struct Recognition {
  enum Kind {
    case key(Provider)
    /// An additional field of a credential, under its name in the provider file.
    case field(Provider, String)
    /// The address of an API, which is not a key.
    case baseURL(Provider)
    /// A key, as it seems, of one of these; and why that is not certain.
    case ambiguous([String], String)
    /// A key under a variable that programs read keys of another form from, and the right one.
    case misplaced(Provider, String)
    case nothing
  }

  private let providers: [Provider]
  private let own: [Provider]
  /// Addresses that the source sets, by provider.
  private var elsewhere: Set<Name> = []

  /// A shorter prefix is found in words of every kind.
  private static let tellingPrefix = 4

  init(of variables: [FoundVariable], catalogue: Catalogue) {
    providers = BuiltIn.all
    let builtIn = Set(names: providers.map(\.id))
    own = catalogue.own.filter { !builtIn.contains($0.id) }
    for variable in variables {
      guard case .baseURL(let provider) = named(variable), !variable.isEmpty else { continue }
      let origin = (try? WebURL(variable.openText))?.origin
      let known = provider.origins([:])
      let isOwn = origin.map(known.contains) ?? false
      if !isOwn, provider.hostField(from: variable.openText) == nil {
        elsewhere.insert(provider.id)
      }
    }
  }

  func kind(of variable: FoundVariable) -> Kind {
    let byForm = variable.withValue { tellingProviders($0) }
    switch named(variable) {
    case .key(let provider):
      let isForm = variable.withValue { provider.formats.isEmpty || provider.format(of: $0) != nil }
      if let right = variable.withValue({ provider.variable(for: $0, insteadOf: variable.name) }) {
        return .misplaced(provider, right)
      }
      let others = byForm.filter { $0 != provider.id }
      if !isForm, !others.isEmpty {
        return .ambiguous(
          [provider.id] + others, "the name is \(provider.name)'s, and the format another's")
      }
      if elsewhere.contains(provider.id), !byForm.contains(provider.id) {
        return .ambiguous(
          [provider.id],
          "\(provider.baseURLVariable ?? "its base URL") is not \(provider.name)'s own address")
      }
      return .key(provider)
    case .nothing: return unnamed(variable, byForm)
    case let kind: return kind
    }
  }

  private func unnamed(_ variable: FoundVariable, _ byForm: [String]) -> Kind {
    let claimed = own.filter { $0.allVariables.contains(variable.name) }.map(\.id)
    if !claimed.isEmpty {
      return .ambiguous(claimed + byForm, "only this repository's providers.d recognises it")
    }
    if byForm.count == 1, let provider = providers.first(where: { $0.id == byForm[0] }) {
      return .key(provider)
    }
    if let provider = spoken(of: variable) {
      let length = variable.withValue { provider.format(of: $0)?.prefix.utf8.count } ?? 0
      return length > 0
        ? .key(provider) : .ambiguous([provider.id], "its name suggests \(provider.name)")
    }
    let similar = byForm.isEmpty ? variable.withValue { providers(by: $0, prefix: 1) } : byForm
    return similar.isEmpty ? .nothing : .ambiguous(similar, "its form fits")
  }

  /// The provider whose id the name begins with, where nothing follows but words for a key, and the form
  /// fits: that of `MISTRAL_KEY`.
  private func spoken(of variable: FoundVariable) -> Provider? {
    let parts = variable.name.split(separator: "_").map(String.init)
    let words = parts.drop { !Self.keyWords.contains($0) }
    guard !words.isEmpty, words.allSatisfy({ Self.keyWords.contains($0) }) else { return nil }
    let subject = parts.dropLast(words.count).joined().lowercased()
    return providers.first { provider in
      provider.id.replacing("_", with: "") == subject
        && variable.withValue { provider.formats.isEmpty || provider.format(of: $0) != nil }
    }
  }

  private static let keyWords: Set<Name> = ["ACCESS", "API", "APIKEY", "AUTH", "KEY", "TOKEN"]

  /// By name alone.
  func named(_ variable: FoundVariable) -> Kind {
    for name in variable.aliases {
      let kind = named(name)
      if case .nothing = kind { continue }
      return kind
    }
    return .nothing
  }

  /// A key may be called as its provider is.
  private func named(_ name: String) -> Kind {
    let holders = providers.filter { $0.allVariables.contains(name) || $0.id == name }
    if let provider = holders.first { return .key(provider) }
    if let provider = providers.first(where: { $0.baseURLVariable == name }) {
      return .baseURL(provider)
    }
    for provider in providers {
      if let field = provider.fields.first(where: { $0.variable == name }) {
        return .field(provider, field.name)
      }
    }
    return .nothing
  }

  private func tellingProviders(_ key: RawSpan) -> [String] {
    providers(by: key, prefix: Self.tellingPrefix)
  }

  /// Providers with keys of this form, of the longest prefix that fits.
  private func providers(by key: RawSpan, prefix least: Int) -> [String] {
    var longest = max(least, 1)
    var found: [String] = []
    for provider in providers {
      let lengths = provider.formats.filter { $0.matches(key) }.map(\.prefix.utf8.count)
      guard let length = lengths.max(), length >= longest else { continue }
      if length > longest { found = [] }
      longest = length
      found.append(provider.id)
    }
    return found
  }
}

extension Provider {
  /// Every variable that holds a key of the provider, of whatever kind.
  var allVariables: [String] { variables + formats.flatMap { $0.variables ?? [] } }

  /// The variables that its keys and their additional fields are rendered as, unless a sidecar says
  /// otherwise. Empty for a built-in provider.
  public var renderedVariables: [String] {
    guard source != .builtIn else { return [] }
    return variables.prefix(1) + formats.compactMap { $0.variables?.first }
      + fields.compactMap(\.variable)
  }

  /// The variable that a key is rendered as, where its sidecar says none.
  func variable(of key: RawSpan) -> String? { format(of: key)?.variables?.first ?? variables.first }

  /// The variable in which programs look for a key of this form, where that is not `name`, one that they read
  /// keys of another form from; nil where `name` will do.
  func variable(for key: RawSpan, insteadOf name: String) -> String? {
    guard allVariables.contains(name), let format = format(of: key) else { return nil }
    let right = format.variables ?? variables
    return right.contains(name) ? nil : right.first
  }

  /// The part of a host's name in a URL that `base_url` would give: `acme` of
  /// `https://acme.openai.azure.com/`.
  func hostField(from url: String) -> (name: String, value: String)? {
    guard hostFields.count == 1, let name = hostFields.first else { return nil }
    let ends = baseURL.components(around: "{\(name)}")
    guard url.hasPrefix(ends.before) else { return nil }
    let value = String(url.dropFirst(ends.before.count).prefix { $0 != "." })
    guard let filled = baseURL([Name(name): value]), url == filled || url.hasPrefix(filled + "/")
    else {
      return nil
    }
    return (name, value)
  }
}

extension String {
  fileprivate func components(around part: String) -> (before: String, after: String) {
    guard let range = firstRange(of: part) else { return (self, "") }
    return (String(self[..<range.lowerBound]), String(self[range.upperBound...]))
  }
}
