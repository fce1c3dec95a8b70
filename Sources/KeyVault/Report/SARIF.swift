internal import Naming

/// SARIF 2.1.0 (OASIS), as code-scanning services read it.
struct SARIF: Encodable {
  struct Text: Encodable { let text: String }

  struct Rule: Encodable { let id: String }

  struct Driver: Encodable {
    let name = "keyvault"
    let version: String
    let rules: [Rule]
  }

  struct Tool: Encodable { let driver: Driver }

  struct Artifact: Encodable { let uri: String }

  struct Region: Encodable {
    let startLine: Int
    let startColumn: Int
  }

  struct Place: Encodable {
    let artifactLocation: Artifact
    let region: Region
  }

  struct Location: Encodable { let physicalLocation: Place }

  struct Result: Encodable {
    let ruleId: String
    let level: String
    let message: Text
    let locations: [Location]
  }

  struct Run: Encodable {
    let tool: Tool
    let results: [Result]
  }

  let schema = "https://json.schemastore.org/sarif-2.1.0.json"
  let version = "2.1.0"
  let runs: [Run]

  private enum CodingKeys: String, CodingKey {
    case schema = "$schema"
    case version, runs
  }

  init(_ findings: [Finding], toolVersion: String) {
    let rules = Set(names: findings.map(\.code)).sortedTexts.map(Rule.init)
    let results = findings.map { finding in
      Result(
        ruleId: finding.code, level: finding.severity.rawValue,
        message: Text(text: Self.plain(finding.advice)),
        locations: [
          Location(
            physicalLocation: Place(
              artifactLocation: Artifact(uri: Self.uri(finding.file)),
              region: Region(
                startLine: max(1, finding.line), startColumn: max(1, finding.column))))
        ])
    }
    let driver = Driver(version: toolVersion, rules: rules)
    runs = [Run(tool: Tool(driver: driver), results: results)]
  }

  /// A message in which nothing is a link (section 3.11.6).
  private static func plain(_ text: String) -> String {
    text.replacing("\\", with: "\\\\").replacing("[", with: "\\[").replacing("]", with: "\\]")
  }

  /// A path as a relative reference (RFC 3986): all but unreserved characters and `/` escaped.
  private static func uri(_ path: String) -> String {
    var uri: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in path.utf8 {
      switch byte {
      case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."),
        UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: "/"):
        uri.append(byte)
      default: uri += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      }
    }
    return String(decoding: uri, as: UTF8.self)
  }
}

/// Findings as SARIF; `toolVersion` is keyvault's own.
public func sarif(_ findings: [Finding], toolVersion: String) throws -> String {
  try json(SARIF(findings, toolVersion: toolVersion))
}
