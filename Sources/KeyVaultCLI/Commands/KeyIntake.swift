import ArgumentParser
import KeyVault
import Secrets

/// How a person hands over a key, and what is asked of it before it is stored.
struct KeyIntake {
  let session: Session
  let repository: Repository
  /// Whether a key is taken although a check objects.
  let isForced: Bool

  /// The key from a variable, a hidden prompt or standard input, of a form that the provider's keys
  /// have. `variable` is the one called `name`, taken out of the environment already.
  func key(
    _ name: String?, _ variable: SecretVariable?, for entry: EntryName, _ provider: Provider
  ) throws -> Secret {
    let key = try KeyText.checked(input(name, variable, for: entry, provider))
    try checkFormat(key, of: provider)
    return key
  }

  private func input(
    _ name: String?, _ variable: SecretVariable?, for entry: EntryName, _ provider: Provider
  ) throws -> Secret {
    if let name {
      guard let value = try variable?.secret() else {
        throw Failure(.usage, "the variable \(name.printable(limit: 80)) is empty or unset")
      }
      return value
    }
    if Console.isInputTerminal {
      if let page = provider.links.keys { Console.note("make a key at \(page)") }
      return try SecretInput.prompt("key for \(entry) (hidden): ")
    }
    return try SecretInput.standardInput()
  }

  private func checkFormat(_ key: borrowing Secret, of provider: Provider) throws {
    guard !provider.formats.isEmpty, key.withBytes({ provider.format(of: $0) }) == nil else {
      return
    }
    let shapes = provider.formats.map { format in
      let length = format.length
      let size =
        length.lowerBound == length.upperBound
        ? "\(length.lowerBound)" : "\(length.lowerBound) to \(length.upperBound)"
      return (format.prefix.isEmpty ? "" : "'\(format.prefix)…', ") + "\(size) characters"
    }
    let message =
      "this does not look like a key of \(provider.name) (\(shapes.joined(separator: "; or ")))"
    guard isForced else {
      throw Failure(.findings, message, hints: ["--force stores it all the same"])
    }
    Console.warning(message)
  }

  /// Asks the provider. Throws if it rejects the key; what it cannot say is a warning.
  func test(_ new: borrowing NewKey, _ provider: Provider) async throws {
    var asking = Prober.Options()
    // A person waits for it.
    asking.patience = Patience(retries: 1)
    let prober = Prober(
      client: try session.client(), catalogue: repository.catalogue,
      policy: session.surroundings.policy, options: asking)
    let result = try await prober.test(new, in: repository, now: session.surroundings.now)
    let evidence = [result.evidence, result.note ?? ""].filter { !$0.isEmpty }.joined(
      separator: "; ")
    switch result.verdict {
    case .invalid, .revoked:
      guard isForced else {
        throw Failure(
          .findings, "\(provider.name) rejects this key, so it was not stored: \(evidence)",
          hints: [result.next, "--force stores it all the same"].compactMap(\.self))
      }
      Console.warning("\(provider.name) rejects this key: \(evidence)")
    case .valid, .restricted: session.note("\(provider.name) accepts this key: \(evidence)")
    case .noCredit, .accountDisabled:
      Console.warning(
        "\(provider.name) knows this key, but it is of no use now: "
          + "\(result.verdict.rawValue): \(evidence)")
    default: Console.warning("the key could not be proved: \(result.verdict.rawValue): \(evidence)")
    }
  }
}
