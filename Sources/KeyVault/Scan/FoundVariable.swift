public import Secrets

/// A name and its value, as a source of keys has them. The value never becomes a `String`.
public final class FoundVariable: Sendable {
  public let name: String
  /// What messages call it: its name where no secret can look like that, else its line.
  public let shown: String
  /// Names by which a provider may be known, the nearest first.
  let aliases: [String]
  /// The variable that programs read it from; nil where the name is none.
  let variable: String?
  /// Its line in a text; nil for other sources.
  public let line: Int?
  /// Why the value cannot be taken, though the name is known; nil if it can.
  let fault: String?
  /// Whether a fault leaves open what it is: an entry that could not be opened, or is another vault's.
  let isUnread: Bool
  /// Additional fields beside it, none of them secret.
  let fields: [(name: String, value: String)]
  private let value: Secret

  /// A line of a text, or a variable of the environment. `fault` says why its value is not to be had.
  public init(
    _ name: String, _ value: consuming Secret, line: Int? = nil, fault: String? = nil
  ) {
    self.name = name
    shown = VisibleName.holds(name) ? name : line.map { "line \($0)" } ?? "a variable"
    aliases = [name]
    variable = name
    self.line = line
    self.fault = fault
    isUnread = false
    fields = []
    self.value = value
  }

  /// An entry of a password store, by its path: a part of it may be a provider's id or a variable.
  /// `shown` is the path without what looks like a key; `isUnread` says that a fault leaves open what it is.
  init(
    entry path: String, shown: String, _ value: consuming Secret,
    fields: [(name: String, value: String)] = [], fault: String? = nil, isUnread: Bool = false
  ) {
    name = path
    self.shown = shown
    let parts = path.split(separator: "/").reversed().map(String.init)
    aliases = parts.flatMap { [$0, $0.asVariable] }
    variable = parts.first.flatMap { VariableName.objection(to: $0) == nil ? $0 : nil }
    line = nil
    self.fault = fault
    self.isUnread = isUnread
    self.fields = fields
    self.value = value
  }

  var isEmpty: Bool { value.count == 0 }

  /// Whether messages can call it by its name.
  public var hasShownName: Bool { shown == name }

  /// Lends the value.
  func withValue<R: ~Copyable, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
    try value.withBytes(body)
  }

  /// A secret of its own.
  func copy() -> Secret { value.withBytes { Secret(copying: $0) } }

  /// The value as text, of a variable whose name says that it holds no secret.
  var openText: String {
    value.withBytes { bytes in
      String(decoding: (0..<bytes.byteCount).map { bytes.byte($0) }, as: UTF8.self)
    }
  }

  /// Whether both hold the same bytes. Takes as long whatever differs.
  func isSame(as other: FoundVariable) -> Bool {
    value.withBytes { own in other.value.withBytes { own.isSame(as: $0) } }
  }
}

extension String {
  /// `OPENAI_BATCH` of `openai-batch`.
  var asVariable: String {
    String(
      String.UnicodeScalarView(
        uppercased().unicodeScalars.map { scalar in
          switch scalar {
          case "A"..."Z", "0"..."9": scalar
          default: "_"
          }
        }))
  }
}
