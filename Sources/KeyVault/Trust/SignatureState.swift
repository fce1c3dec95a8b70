internal import GPG
internal import Naming

/// What a signature is worth in its place.
enum SignatureState: Sendable, Equatable {
  /// By the writer of that fingerprint.
  case good(String)
  case missing
  /// It does not fit, or is none.
  case bad
  /// It fits, but its signer is not trusted there.
  case notWriter(String)
  /// Unknown whether it fits: the key with that fingerprint or id is not among the public keys.
  case unknownSigner(String)
  case expired(String)
  case signerExpired(String)
  case signerRevoked(String)

  /// Who may sign comes first: what a stranger's key is worth does not matter.
  init(_ verdict: SignatureVerdict, writers: Set<Name>) {
    if let signer = verdict.signer, !writers.contains(signer) {
      self = .notWriter(signer)
      return
    }
    self =
      switch verdict {
      case .good(let signer): .good(signer)
      case .expired(let signer): .expired(signer)
      case .signerExpired(let signer): .signerExpired(signer)
      case .signerRevoked(let signer): .signerRevoked(signer)
      case .unknownSigner(let signer): .unknownSigner(signer)
      case .bad: .bad
      }
  }

  var isGood: Bool {
    if case .good = self { true } else { false }
  }

  /// Whether what was signed is unchanged, but its signature no longer counts.
  var isOutlived: Bool {
    switch self {
    case .notWriter, .expired, .signerExpired, .signerRevoked: true
    case .good, .missing, .bad, .unknownSigner: false
    }
  }

  var code: Finding.Code {
    switch self {
    case .good, .missing: .notSigned
    case .bad: .badSignature
    case .notWriter, .unknownSigner: .wrongSigner
    case .expired: .signatureExpired
    case .signerExpired: .signerExpired
    case .signerRevoked: .signerRevoked
    }
  }

  /// What does not fit is an error whatever the policy; the rest is as good as not signed.
  func severity(under policy: SignaturePolicy) -> Finding.Severity {
    policy == .required || self == .bad ? .error : .warning
  }

  /// What is wrong, of `what`, such as `this entry`.
  func objection(to what: String) -> String {
    switch self {
    case .good(let signer): "\(what) is signed by \(signer)"
    case .missing: "\(what) is not signed"
    case .bad: "the signature does not fit: \(what) was changed after it was signed, or moved here"
    case .notWriter(let signer):
      "\(what) is signed by \(signer), whose signature does not count here"
    case .unknownSigner(let signer):
      "\(what) is signed by \(signer), which is not a known key of a trusted signer"
    case .expired(let signer): "the signature by \(signer) has expired"
    case .signerExpired(let signer): "\(what) is signed by \(signer), whose key has expired"
    case .signerRevoked(let signer): "\(what) is signed by \(signer), whose key is revoked"
    }
  }
}
