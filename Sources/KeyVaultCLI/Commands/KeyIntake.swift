import ArgumentParser
import KeyVault
import Secrets

/// How a person hands over a key, and what is asked of it before it is stored.
struct KeyIntake {
  let session: Session
  let repository: Repository
  /// Whether a key is taken although a check objects.
  let isForced: Bool
  let consent = HostConsent()

  /// Asks for consent to each host that only the repository names. Throws if it is not given and
  /// the key is to be tested there. `--force` does not consent to a host; it stores the key without it.
  func settle(_ destinations: inout Destinations, isTested: Bool) throws(Failure) {
    try consent.ask(about: &destinations)
    if let refusal = destinations.refusal { throw refusal }
    guard var objection = destinations.objection else { return }
    guard isTested, destinations.isBarred, !isForced else {
      Console.warning(objection.message, hint: objection.hints.first)
      return
    }
    objection.hints.append("--no-test stores the key without sending it")
    throw objection
  }

  /// The provider of a new key that takes the place of `old`, where the command line names none: the
  /// sidecar's where the old key's payload confirms it.
  func provider(of old: Vault.Entry) throws(Failure) -> String {
    if old.provider != old.name.name {
      do throws(Failure) {
        let opened = try repository.vault.open(old, requiring: .signed, with: session.gpg())
        if opened.payload.isBound { return opened.provider }
      } catch {
        guard error.kind == .locked else { throw error }
      }
    }
    return try old.providerByName(or: "add")
  }

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
        let isShown = VisibleName.holds(name)
        throw Failure(
          .usage, "the variable \(isShown ? name : "of --from-env") is empty or unset",
          hints: isShown ? [] : ["--from-env takes the name of a variable, not its value"])
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
    guard let message = key.withBytes(provider.objection) else { return }
    guard isForced else {
      throw Failure(.findings, message, hints: ["--force stores it all the same"])
    }
    Console.warning(message)
  }

  /// Asks the provider; its answer. Throws if it rejects the key; what it cannot say is a warning.
  func test(_ new: borrowing NewKey, _ provider: Provider) async throws -> TestResult {
    let result = try await prober().test(new, in: repository, now: session.surroundings.now)
    switch result.reception(by: provider) {
    case .accepted(let text): session.note(text)
    case .doubtful(let text): Console.warning(text)
    case .rejected(let text, let evidence):
      guard isForced else {
        throw Failure(
          .findings, "\(text), so it was not stored: \(evidence)",
          hints: [result.next, "--force stores it all the same"].compactMap(\.self))
      }
      Console.warning("\(text): \(evidence)")
    }
    return result
  }

  /// Stores a key, and remembers what its provider answered, where it was asked.
  func store(_ prepared: Vault.Prepared, answer: TestResult?) throws {
    try repository.vault.store([prepared])
    record([answer?.about(prepared)].compactMap(\.self))
  }

  /// Remembers answers about keys that were stored; they are stored whether that works or not.
  func record(_ answers: [TestResult]) {
    guard !answers.isEmpty else { return }
    do throws(Failure) {
      session.record(answers, in: try session.history(of: repository))
    } catch {
      session.detail("keyvault: the history was not written: \(error.message)")
    }
  }

  /// One that asks while a person waits for it.
  func prober() throws -> Prober {
    var asking = Prober.Options()
    asking.patience = Patience(retries: 1)
    asking.onWait = WaitNotes.notes(
      isQuiet: session.options.quiet, advice: "--no-test stores the key without asking")
    return Prober(
      client: try session.client(), catalogue: repository.catalogue,
      policy: try session.policy(), options: asking)
  }
}

/// How a provider receives a key, in words.
enum Reception {
  case accepted(String)
  /// It may be stored, and the person should know.
  case doubtful(String)
  /// What was said, and the evidence for it.
  case rejected(String, String)
}

extension TestResult {
  func reception(by provider: Provider) -> Reception {
    let evidence = [evidence, note ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
    return switch verdict {
    case .invalid, .revoked: .rejected("\(provider.name) rejects this key", evidence)
    case .valid, .restricted: .accepted("\(provider.name) accepts this key: \(evidence)")
    case .noCredit, .accountDisabled:
      .doubtful(
        "\(provider.name) knows this key, but it is of no use now: \(verdict.rawValue): \(evidence)"
      )
    default: .doubtful("the key could not be proved: \(verdict.rawValue): \(evidence)")
    }
  }
}
