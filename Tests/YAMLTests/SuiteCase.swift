import Foundation
import Testing
import YAML

/// One folder of the official YAML test suite.
struct SuiteCase: Sendable, CustomTestStringConvertible {
  /// `229Q`, or `SM9W/01`.
  let name: String
  let input: [UInt8]
  /// Nil where there is none: the suite has none for errors and for keys that JSON cannot hold.
  let json: Data?
  let isError: Bool
  /// The events that the suite expects, one a line.
  let events: String

  static let folder = ProcessInfo.processInfo.environment["KEYVAULT_SUITES"].flatMap {
    $0.isEmpty ? nil : $0
  }
  .map { URL(filePath: $0).appending(path: "yaml") }

  static let all: [SuiteCase] =
    folder.map { folder in
      let paths = FileManager.default.enumerator(atPath: folder.path)
      return (paths?.compactMap { $0 as? String } ?? [])
        .filter { $0.hasSuffix("/in.yaml") }
        .sorted()
        .compactMap { SuiteCase(folder, String($0.dropLast("/in.yaml".count))) }
    } ?? []

  private init?(_ folder: URL, _ name: String) {
    let folder = folder.appending(path: name)
    guard let input = try? Data(contentsOf: folder.appending(path: "in.yaml")) else { return nil }
    self.name = name
    self.input = Array(input)
    json = try? Data(contentsOf: folder.appending(path: "in.json"))
    isError = FileManager.default.fileExists(atPath: folder.appending(path: "error").path)
    events =
      (try? String(contentsOf: folder.appending(path: "test.event"), encoding: .utf8)) ?? ""
  }

  var testDescription: String { name }
}

extension SuiteCase {
  enum Outcome: Equatable {
    case asExpected
    /// We read what the suite calls an error.
    case readsInvalid
    /// libyaml refuses what the suite reads.
    case refusesValid
    case readsOtherwise(Tree)
    /// We refuse by design something that the suite's events do not show.
    case refusesWithoutCause(YAMLError.Reason)
  }

  func outcome() throws -> Outcome {
    let tree: Tree
    do {
      tree = Tree(try Document(parsing: input).root)
    } catch {
      return isError || isByDesign(error.reason)
        ? .asExpected : isSyntax(error.reason) ? .refusesValid : .refusesWithoutCause(error.reason)
    }
    if isError { return .readsInvalid }
    guard let json, !json.isEmpty else { return .asExpected }
    let expected = try JSONDecoder().decode(Tree.self, from: json)
    return tree.sorted == expected.sorted ? .asExpected : .readsOtherwise(tree)
  }

  private func isSyntax(_ reason: YAMLError.Reason) -> Bool {
    if case .syntax = reason { true } else { false }
  }

  /// Whether the events hold what we refuse.
  private func isByDesign(_ reason: YAMLError.Reason) -> Bool {
    let lines = events.split(separator: "\n")
    return switch reason {
    case .anchor: lines.contains { $0.contains(" &") }
    case .alias: lines.contains { $0.hasPrefix("=ALI") }
    case .tag: lines.contains { $0.contains(" <") }
    case .tagDirective: input.starts(with: Array("%TAG".utf8)) || events.contains("<")
    case .secondDocument: lines.filter { $0.hasPrefix("+DOC") }.count > 1
    // These events show as nested collections or repeated scalars; JSON cannot hold the first.
    case .keyNotScalar: json == nil
    case .duplicateKey(let key, _): lines.filter { $0.hasSuffix(key) }.count > 1
    default: false
    }
  }
}
