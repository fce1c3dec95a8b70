import Foundation
import Naming
import Testing

@testable import KeyVault

/// A file below Fixtures/answers: what a provider answered, and what must come out.
struct Fixture: Sendable, CustomTestStringConvertible {
  let provider: String
  let name: String
  /// What the file's `verdict` says.
  let verdict: String
  /// What it says of `credit` and `facts`, if anything.
  let credit: String?
  let facts: [Name: String]?
  /// Kind of key, where it is not the first of the provider.
  let format: String?
  /// Additional fields of the credential.
  let fields: [Name: String]
  let status: Int
  let headers: [Name: String]
  /// nil where no answer arrives.
  let body: [UInt8]?
  /// Whether there is an answer to the second request.
  let hasQuota: Bool

  var testDescription: String { "\(provider)/\(name)" }

  static let folder = package.appending(path: "Tests/KeyVaultTests/Fixtures/answers")

  /// Those of each provider, and those of `any` for each: what all providers may answer.
  static let all: [Fixture] = BuiltIn.ids.filter(isAsked).flatMap { provider in
    let own = names(in: provider)
    let shared = names(in: "any").filter { !own.contains($0) }
    return own.map { Fixture(provider, $0, in: provider) }
      + shared.map { Fixture(provider, $0, in: "any") }
  }

  /// The recorded answers of a provider.
  static let recorded = all.filter { !names(in: "any").contains($0.name) }

  private static func names(_ object: Any?) -> [Name: String]? {
    (object as? [String: String]).map { Dictionary($0.map { (Name($0), $1) }) { $1 } }
  }

  /// Whether the provider has a request that proves a key.
  static func isAsked(_ provider: String) -> Bool {
    BuiltIn.provider(provider)?.definitions.isEmpty == false
  }

  static func names(in folder: String) -> [String] {
    let path = Self.folder.appending(path: folder).path
    return ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [])
      .filter { $0.hasSuffix(".json") }.map { String($0.dropLast(5)) }.sorted()
  }

  private init(_ provider: String, _ name: String, in folder: String) {
    self.provider = provider
    self.name = name
    let file = Self.folder.appending(path: "\(folder)/\(name).json")
    let object =
      try! JSONSerialization.jsonObject(with: Data(contentsOf: file)) as! [String: Any]
    verdict = object["verdict"] as! String
    credit = object["credit"] as? String
    facts = Self.names(object["facts"])
    format = object["format"] as? String
    fields =
      Self.names(object["fields"])
      ?? Dictionary(
        BuiltIn.provider(provider)!.hostFields.map { (Name($0), "example") }
      ) { $1 }
    status = object["status"] as? Int ?? 200
    hasQuota = object["quota"] != nil
    var headers = Self.names(object["headers"]) ?? [:]
    if let json = object["body"] {
      body = Array(try! JSONSerialization.data(withJSONObject: json, options: .fragmentsAllowed))
      if headers["content-type"] == nil { headers["content-type"] = "application/json" }
    } else if let base64 = object["base64"] as? String {
      body = Array(Data(base64Encoded: base64)!)
    } else {
      body = object["reset"] == nil ? Array((object["text"] as? String ?? "").utf8) : nil
    }
    self.headers = headers
  }
}
