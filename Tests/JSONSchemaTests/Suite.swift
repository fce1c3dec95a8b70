import Foundation
import Testing
import YAML

@testable import JSONSchema

/// The official test suite of JSON Schema 2020-12, found through KEYVAULT_SUITES.
enum Suite {
  static let folder = ProcessInfo.processInfo.environment["KEYVAULT_SUITES"].flatMap {
    $0.isEmpty ? nil : $0
  }.map {
    URL(filePath: $0).appending(path: "json-schema/tests/draft2020-12")
  }

  /// A schema and documents for it, as a file of the suite groups them.
  struct Group {
    let name: String
    let schema: Node
    let tests: [(name: String, document: Node, isValid: Bool)]
  }

  /// What became of the groups of some files.
  struct Outcome: Equatable {
    var passed = 0
    var checked = 0
    /// What was said of each schema that was refused.
    var refused: [String: String] = [:]
    var wrong: [String] = []
  }

  static func outcome(of file: String) throws -> Outcome {
    outcome(of: try groups(of: file))
  }

  static func outcome(of groups: [Group]) -> Outcome {
    var outcome = Outcome()
    for group in groups {
      do {
        let schema = try Schema(group.schema)
        let wrong = group.tests.filter { schema.check($0.document).isEmpty != $0.isValid }
        outcome.wrong += wrong.map { "\(group.name): \($0.name)" }
        outcome.passed += wrong.isEmpty ? 1 : 0
        outcome.checked += group.tests.count
      } catch {
        outcome.refused[group.name] = "\(error)"
      }
    }
    return outcome
  }

  /// All files, also those in `optional`; its folder `format` is for those who assert formats.
  static func files() throws -> [String] {
    let folder = try #require(folder)
    return try ["", "optional/"].flatMap { prefix in
      try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: prefix).path)
        .filter { $0.hasSuffix(".json") }
        .map { prefix + $0.dropLast(".json".count) }
    }
  }

  private static func groups(of file: String) throws -> [Group] {
    let url = try #require(folder).appending(path: "\(file).json")
    let groups = try Node(json: Array(Data(contentsOf: url))).sequence
    return try #require(groups).map { group in
      Group(
        name: try #require(group["description"]?.string),
        schema: try #require(group["schema"]),
        tests: try #require(group["tests"]?.sequence).map { test in
          (
            name: try #require(test["description"]?.string),
            document: try #require(test["data"]),
            isValid: try #require(test["valid"]).bool == true
          )
        })
    }
  }
}
