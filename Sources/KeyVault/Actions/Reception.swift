/// How a provider receives a new key, in words.
enum Reception {
  case accepted(String)
  /// It may be stored, and the person should know.
  case doubtful(String)
  /// What the provider answered, and the evidence for it.
  case rejected(String, evidence: String)
}

extension TestResult {
  func reception(by provider: Provider) -> Reception {
    let evidence = [evidence, note ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
    return switch verdict {
    case .invalid, .revoked: .rejected("\(provider.name) rejects this key", evidence: evidence)
    case .valid, .restricted: .accepted("\(provider.name) accepts this key: \(evidence)")
    case .noCredit, .accountDisabled:
      .doubtful(
        "\(provider.name) knows this key, but it is unusable now: \(verdict.rawValue): \(evidence)")
    default: .doubtful("the key could not be proved: \(verdict.rawValue): \(evidence)")
    }
  }
}
