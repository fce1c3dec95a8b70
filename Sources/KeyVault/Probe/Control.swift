internal import HTTP
internal import Naming
internal import Secrets

/// The verdicts of a definition on no key and on a key that does not exist. If it calls either
/// good, it calls everything good.
public struct Control: Sendable, Codable, Equatable {
  public enum Outcome: String, Sendable, Codable {
    /// The bogus key was refused, and no key was not accepted.
    case passed
    /// The endpoint does not tell keys apart.
    case failed
    /// The bogus key got no clear answer.
    case inconclusive
  }

  public var missing: Evidence
  public var bogus: Evidence

  public var outcome: Outcome {
    if missing.verdict.works == .yes || bogus.verdict.works == .yes { return .failed }
    return bogus.verdict.works == .no ? .passed : .inconclusive
  }

  /// Why the definition cannot be trusted, in words.
  func reproach(_ provider: Provider) -> String {
    let who = bogus.verdict.works == .yes ? "a bogus key" : "a request without a key"
    let evidence = bogus.verdict.works == .yes ? bogus : missing
    return "the request that should prove a key of \(provider.name) does not distinguish keys: "
      + "\(who) is answered as a good one (\(evidence.text))"
  }

  /// A key of this kind that does not exist: the prefix, then random characters of the alphabet.
  /// nil where the format leaves no room.
  static func bogusKey(_ format: KeyFormat?) -> String? {
    let prefix = format?.prefix ?? ""
    let length = format?.length ?? 40...40
    let alphabet = (UInt8(ascii: "!")...UInt8(ascii: "~")).filter {
      format?.alphabet.contains($0) ?? Alphabet("A-Za-z0-9").contains($0)
    }
    let count = max(length.lowerBound, min(length.upperBound, 48)) - prefix.utf8.count
    guard !alphabet.isEmpty, count > 0 else { return nil }
    // Some characters are a little likelier than others, which does not matter for a key that does
    // not exist.
    let filler = Random.bytes(count).map { alphabet[Int($0) % alphabet.count] }
    return prefix + String(decoding: filler, as: UTF8.self)
  }

  /// What a request presents: this key (empty for none) and additional fields.
  static func credential(
    _ key: String, _ fields: [(name: String, value: String)]
  ) -> Payload? {
    let lines = [key] + fields.map { "\($0.name): \($0.value)" }
    return try? Payload(Secret(utf8: lines.joined(separator: "\n")))
  }
}

/// Asks each definition's control questions once in a run, for all that need them.
actor Controls {
  private var asked: [Name: Task<Control, Never>] = [:]

  /// The answers of `ask`, or those to an earlier question of the same name.
  func control(
    named name: String, ask: @escaping @Sendable () async -> Control
  ) async -> Control {
    let task = asked[name] ?? Task { await ask() }
    asked[name] = task
    return await withTaskCancellationHandler {
      await task.value
    } onCancel: {
      task.cancel()
    }
  }
}
