internal import HTTP
internal import YAML

/// What an answer says in its own words, regardless of who sent it. The words can only weaken a verdict:
/// an error is not proof, and a refusal about money is not a temporary limit. Only a rule can say that
/// a key is good or bad.
extension ProbeAnswer {
  /// Whether an answer whose status says success has a body that says the opposite, as in
  /// `{"error": {…}}`, `{"success": false}` or `{"code": 401}`.
  var reportsError: Bool {
    guard (200..<300).contains(http.status), let members = json?.mapping else { return false }
    return members.contains { $0.value.reportsError(as: $0.key) }
  }

  /// Whether a refusal says that the key, or its account, has ended: revoked, expired, disabled. The type of an
  /// error does not tell: some providers, and gateways before them, send that of a missing permission.
  var reportsEndOfKey: Bool {
    guard http.status >= 400 else { return false }
    let texts = json?.texts(limit: 32) ?? [String(decoding: http.body.prefix(500), as: UTF8.self)]
    return texts.map(Words.init).contains(where: \.nameEndOfKey)
  }

  /// Whether a refusal is about money or the account, and not about how fast requests come. Pages
  /// are not read.
  ///
  /// A code outweighs a sentence, for sentences about a limit also say where to buy a higher one.
  var isAboutAccount: Bool {
    guard !isHTML else { return false }
    let texts = json?.texts(limit: 32) ?? [String(decoding: http.body.prefix(500), as: UTF8.self)]
    let codes = texts.filter(Words.isCode).map(Words.init)
    if codes.contains(where: \.nameAccount) { return true }
    if codes.contains(where: \.nameRate) { return false }
    return texts.map(Words.init).contains { $0.nameAccount && !$0.nameRate }
  }
}

extension Node {
  /// Whether this, as the member `name` of a body, says that the request failed.
  fileprivate func reportsError(as name: String) -> Bool {
    switch name.lowercased().replacing("_", with: "") {
    case "error", "errors", "err", "errorcode", "errcode", "haserror", "iserror": isSomething
    case "success", "ok": isNo
    case "type", "object": string?.lowercased() == "error"
    case "status", "result":
      isErrorStatus
        || string.map { ["error", "fail", "failed", "failure"].contains($0.lowercased()) } == true
    case "code", "statuscode": isErrorStatus
    default: false
    }
  }

  /// Whether there is anything but zero, emptiness or a word that says that all is well.
  private var isSomething: Bool {
    switch value {
    case .null: false
    case .bool(let bool): bool
    case .int(let int): int != 0
    case .double(let double): double != 0
    case .string(let string): !["", "0", "ok", "none", "success"].contains(string.lowercased())
    case .sequence(let nodes): !nodes.isEmpty
    case .mapping(let members): !members.isEmpty
    }
  }

  private var isNo: Bool { bool == false || int == 0 || string?.lowercased() == "false" }

  /// Whether it is an HTTP status of a refusal or a fault.
  private var isErrorStatus: Bool { (word.flatMap { Int($0) }).map { 400..<600 ~= $0 } == true }

  /// The first `limit` strings of a document, at most 500 bytes of each.
  fileprivate func texts(limit: Int) -> [String] {
    var texts: [String] = []
    var next = [self]
    while texts.count < limit, let node = next.popLast() {
      switch node.value {
      case .string(let string):
        texts.append(String(decoding: string.utf8.prefix(500), as: UTF8.self))
      case .sequence(let nodes): next += nodes.prefix(limit).reversed()
      case .mapping(let members): next += members.prefix(limit).map(\.value).reversed()
      default: break
      }
    }
    return texts
  }
}

/// A text as its words in lower case, each between spaces: `InsufficientBalance`,
/// `insufficient_balance` and `Insufficient balance!` are ` insufficient balance `.
private struct Words {
  private let text: String

  init(_ text: String) {
    var words: [UInt8] = [0x20]
    var wasLower = false
    for byte in text.utf8 {
      let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
      let isLower = (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
      if words.last != 0x20, isUpper ? wasLower : !isLower { words.append(0x20) }
      if isUpper || isLower { words.append(byte | 0x20) }
      wasLower = isLower
    }
    self.text = String(decoding: words, as: UTF8.self) + " "
  }

  /// Whether it is a word of a program and no sentence, as `insufficient_quota` is.
  static func isCode(_ text: String) -> Bool {
    (3...64).contains(text.utf8.count)
      && text.utf8.allSatisfy {
        switch $0 {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
          UInt8(ascii: "."):
          true
        default: false
        }
      }
  }

  var nameAccount: Bool { has(Self.account) }
  var nameRate: Bool { has(Self.rate) }

  /// `revoked` is said of keys alone; what is disabled or deleted may be an API or a model.
  var nameEndOfKey: Bool {
    has(["revoked", "deactivated", "expired"])
      || Self.holders.contains { holder in
        Self.links.contains { link in has(Self.ends.map { "\(holder) \(link)\($0)" }) }
      }
  }

  private static let holders = [
    "key", "keys", "token", "credential", "credentials", "account", "user",
  ]
  private static let links = [
    "", "is ", "was ", "has been ", "have been ", "is currently ", "has already been ",
  ]
  private static let ends = [
    "disabled", "deleted", "removed", "terminated", "suspended", "banned", "invalidated",
    "cancelled", "inactive", "not active", "no longer active", "no longer valid",
  ]

  private func has(_ phrases: [String]) -> Bool { phrases.contains { text.contains(" \($0) ") } }

  private static let account = [
    "billing", "payment", "payments", "credit", "credits", "balance", "funds", "budget", "spend",
    "spending", "prepaid", "prepayment", "arrears", "arrearage", "overdue", "unpaid", "invoice",
    "invoices", "recharge", "top up", "insufficient quota", "suspended", "deactivated",
    "terminated", "not active", "banned",
  ]

  /// Not "too many requests": that is the name of the status, whatever it is given for.
  private static let rate = [
    "rate limit", "rate limits", "rate limited", "ratelimit", "requests per", "tokens per",
    "per second", "per minute", "per hour", "per day", "throttled", "throttling", "concurrent",
    "concurrency", "try again in", "retry after", "retry in", "slow down",
  ]
}
