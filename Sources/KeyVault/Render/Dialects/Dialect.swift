internal import Naming
public import Secrets

/// A form of text in which some consumer reads variables; each has its own file here. What it cannot
/// carry is an error, never a mangled file.
public struct Dialect: Sendable, CustomStringConvertible {
  /// As `--format` names it.
  public let name: String
  /// Who reads it, in a few words.
  let consumer: String
  /// What no value of it can hold.
  let obstacles: [Obstacle]
  /// Names that the consumer would not read verbatim.
  var keptNames = KeptNames.none
  /// The text must be smaller than so many bytes.
  var limit: Int?
  var head = ""
  var separator = ""
  var foot = ""
  /// Adds one variable that was found to hold none of the obstacles.
  let write: @Sendable (_ name: String, _ value: RawSpan, _ text: inout SecretBuilder) -> Void

  public var description: String { name }

  /// The text. Throws, with nothing written, what it cannot carry.
  public func text(of variables: [Rendering.Variable]) throws(Failure) -> Secret {
    for variable in variables { try check(variable) }
    let text = unchecked(variables)
    if let limit, text.count >= limit {
      throw Failure(
        .malformed,
        "\(name) cannot carry \(text.count) bytes: its limit is \(limit)",
        hints: ["render fewer keys, or in another format"])
    }
    return text
  }

  func unchecked(_ variables: [Rendering.Variable]) -> Secret {
    var text = SecretBuilder()
    text.append(head)
    for (index, variable) in variables.enumerated() {
      if index > 0 { text.append(separator) }
      variable.withValue { write(variable.name, $0, &text) }
    }
    text.append(foot)
    return text.finish()
  }

  private func check(_ variable: Rendering.Variable) throws(Failure) {
    guard let objection = objection(to: variable) else { return }
    let others = Self.allCases.filter { $0.objection(to: variable) == nil }.map(\.name)
    throw Failure(
      .malformed,
      "\(name) cannot carry \(variable.name) of '\(variable.origin)': \(objection)",
      hints: others.isEmpty
        ? [] : ["formats that carry it: \(others.joined(separator: ", "))"])
  }

  /// Why it does not carry a variable; nil if it does.
  func objection(to variable: Rendering.Variable) -> String? {
    if keptNames.contain(variable.name) { return "the name is one of \(keptNames.what)" }
    var objection: String?
    variable.withValue { value in
      objection = obstacles.first { $0.isIn(value) }.map { "it holds \($0.what)" }
    }
    return objection
  }
}

/// Names of variables that mean something else to a consumer.
struct KeptNames: Sendable {
  /// Whose they are, after "one of" or "no".
  let what: String
  var names: Set<Name> = []
  var prefixes: [String] = []

  static let none = KeptNames(what: "")

  func contain(_ name: String) -> Bool {
    names.contains(name) || prefixes.contains(where: name.hasPrefix)
  }
}
