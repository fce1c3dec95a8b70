import Foundation
import Secrets
import TestSupport
import Testing

@testable import KeyVault

@Suite struct MaskerTests {
  /// What comes out of a masker that is fed `pieces`; `settles` says behind which it is quiet.
  private func masked(
    _ pieces: [[UInt8]], hiding values: [String], settles: (Int) -> Bool = { _ in false }
  ) -> String {
    var masker = Masker { add in for value in values { Secret(utf8: value).withBytes(add) } }
    var output: [UInt8] = []
    for (index, piece) in pieces.enumerated() {
      piece.withUnsafeBytes { masker.feed($0) { output += $0 } }
      if settles(index) { masker.settle { output += $0 } }
    }
    masker.finish { output += $0 }
    return String(decoding: output, as: UTF8.self)
  }

  private func masked(_ text: String, hiding values: [String]) -> String {
    masked([Array(text.utf8)], hiding: values)
  }

  /// All forms of some values.
  private func forms(of values: [String]) -> [[UInt8]] {
    var forms = EncodedForms()
    for value in values { Secret(utf8: value).withBytes { forms.add($0) } }
    let list = forms.finish()
    return list.ranges.map { range in list.text.withBytes { text in range.map { text.byte($0) } } }
  }

  /// Where a form ends that begins at `start`; behind its eighth byte there may be line breaks.
  private func end(of form: [UInt8], in text: [UInt8], from start: Int) -> Int? {
    var rest = text[start...]
    for (index, byte) in form.enumerated() {
      if index >= 8 {
        for part in "\r\n".utf8 where rest.first == part && part != byte { rest.removeFirst() }
      }
      guard rest.popFirst() == byte else { return nil }
    }
    return rest.startIndex
  }

  /// The definition, as slow as it is plain: every byte of every occurrence of every form.
  private func reference(_ text: [UInt8], hiding forms: [[UInt8]]) -> String {
    var isHidden = [Bool](repeating: false, count: text.count)
    for form in forms where form.count <= text.count {
      for start in 0...text.count - form.count {
        guard let end = end(of: form, in: text, from: start) else { continue }
        for index in start..<end { isHidden[index] = true }
      }
    }
    var output: [UInt8] = []
    for index in text.indices {
      if !isHidden[index] { output.append(text[index]) }
      if isHidden[index], index == 0 || !isHidden[index - 1] { output += Array("***".utf8) }
    }
    return String(decoding: output, as: UTF8.self)
  }

  /// Values of two letters overlap each other and themselves as no real keys do.
  private func values(_ random: inout SeededRandom) -> [String] {
    (0..<Int.random(in: 1...5, using: &random)).map { _ in
      String(
        (0..<Int.random(in: 8...30, using: &random)).map { _ in
          "aab/".randomElement(using: &random)!
        })
    }
  }

  private func text(of forms: [[UInt8]], _ random: inout SeededRandom) -> [UInt8] {
    (0..<Int.random(in: 1...12, using: &random)).flatMap { _ -> [UInt8] in
      let form = forms.randomElement(using: &random)!
      switch Int.random(in: 0..<5, using: &random) {
      case 0: return Array(form.prefix(Int.random(in: 1...form.count, using: &random)))
      case 1: return Array(form.suffix(Int.random(in: 1...form.count, using: &random)))
      case 2:
        // As programs break lines, which may be longer or shorter than ours.
        let lineBreak = Array(["\n", "\r\n"].randomElement(using: &random)!.utf8)
        return form.flatMap { byte in
          Int.random(in: 0..<8, using: &random) == 0 ? lineBreak + [byte] : [byte]
        }
      case 3: return Array(["a", "ab", " and ", "b/", "\n"].randomElement(using: &random)!.utf8)
      default: return form
      }
    }
  }

  private func pieces(of text: [UInt8], _ random: inout SeededRandom) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    var rest = text[...]
    while !rest.isEmpty {
      let piece = rest.prefix(Int.random(in: 0...9, using: &random))
      pieces.append(Array(piece))
      rest = rest.dropFirst(piece.count)
    }
    return pieces
  }

  @Test func `any pieces give what the definition says`() {
    var random = SeededRandom(seed: 4)
    for _ in 0..<Nightly.count(3000, of: "any pieces give what the definition says", sample: 300) {
      let values = values(&random)
      let forms = forms(of: values)
      let text = text(of: forms, &random)
      let expected = reference(text, hiding: forms)
      let output = masked(pieces(of: text, &random), hiding: values)
      guard output == expected else {
        Issue.record("\(values)\n\(String(decoding: text, as: UTF8.self))\n\(output)\n\(expected)")
        return
      }
    }
  }

  @Test func `no value is seen whole, however often the stream is quiet`() {
    var random = SeededRandom(seed: 5)
    for _ in 0..<Nightly.count(3000, of: "no value is seen whole", sample: 300) {
      let values = values(&random)
      let forms = forms(of: values)
      let text = text(of: forms, &random)
      let quiet = Int.random(in: 1...4, using: &random)
      let output = masked(pieces(of: text, &random), hiding: values) { $0 % quiet == 0 }
      if let seen = forms.first(where: { output.contains(String(decoding: $0, as: UTF8.self)) }) {
        Issue.record("\(values)\n\(String(decoding: seen, as: UTF8.self)) in\n\(output)")
        return
      }
    }
  }

  private static let key = "sk-proj-NotARealKey-\"quoted\"/é+?~0001"

  @Test func `the forms that programs print are hidden, and what stands around is not`() throws {
    let key = Self.key
    let json = try String(decoding: JSONSerialization.data(withJSONObject: [key]), as: UTF8.self)
    #expect(masked("[\"x\",\(json)]", hiding: [key]) == #"["x",["***"]]"#)
    let component = key.addingPercentEncoding(withAllowedCharacters: Self.unreserved)!
    #expect(component.contains("%C3%A9"))
    #expect(masked("?k=\(component)&a=b", hiding: [key]) == "?k=***&a=b")
    #expect(masked("?k=\(component.lowercasedEscapes)&a=b", hiding: [key]) == "?k=***&a=b")
  }

  private static let unreserved = CharacterSet(
    charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

  @Test(
    .enabled(
      if: FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"),
      "python3 is not installed"))
  func `Python's encoders give forms that are hidden`() throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/python3")
    process.arguments = [
      "-c",
      """
      import json, sys, urllib.parse
      key = sys.argv[1]
      for text in [json.dumps(key), json.dumps(key, ensure_ascii=False), urllib.parse.quote(key),
                   urllib.parse.quote(key, safe=''), urllib.parse.urlencode({'k': key})]:
          print('<' + text.strip('"') + '>')
      """, Self.key + " 2",
    ]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    #expect(masked(output, hiding: [Self.key + " 2"]) == "<***>\n<***>\n<***>\n<***>\n<k=***>\n")
  }

  /// What one value becomes in the hands of those who write it.
  @Test(arguments: [
    ("JSON.stringify", #"NotAKey<&>/'!(é😀)*~ \n1"#),
    ("PHP's slashes", #"NotAKey<&>\/'!(é😀)*~ \n1"#),
    ("PHP's JSON", #"NotAKey<&>\/'!(\u00e9\ud83d\ude00)*~ \n1"#),
    ("Go's JSON", #"NotAKey\u003c\u0026\u003e/'!(é😀)*~ \n1"#),
    ("Python's JSON", #"NotAKey<&>/'!(\u00e9\ud83d\ude00)*~ \n1"#),
    ("RFC 3986", "NotAKey%3C%26%3E%2F%27%21%28%C3%A9%F0%9F%98%80%29%2A~%20%0A1"),
    ("encodeURIComponent", "NotAKey%3C%26%3E%2F'!(%C3%A9%F0%9F%98%80)*~%20%0A1"),
    ("Python's quote", "NotAKey%3C%26%3E/%27%21%28%C3%A9%F0%9F%98%80%29%2A~%20%0A1"),
    ("Python's urlencode", "NotAKey%3C%26%3E%2F%27%21%28%C3%A9%F0%9F%98%80%29%2A~+%0A1"),
    ("a form of HTML", "NotAKey%3C%26%3E%2F%27%21%28%C3%A9%F0%9F%98%80%29*%7E+%0A1"),
  ])
  func `every writer's form of a value is hidden as a whole`(writer: String, form: String) {
    #expect(masked("<\(form)>", hiding: ["NotAKey<&>/'!(é😀)*~ \n1"]) == "<***>", "\(writer)")
  }

  @Test(arguments: 0..<3, [0, 1, 2, 3])
  func `base64 is hidden wherever the value stands in what was encoded`(before: Int, after: Int) {
    for length in [8, 9, 10, 40] {
      let value = String("~~?>NotARealKey-NotARealKey-NotARealKey-0001".prefix(length))
      let whole =
        String(repeating: "u", count: before) + value + String(repeating: "z", count: after)
      let encoded = Data(whole.utf8).base64EncodedString()
      for text in [
        encoded, encoded.replacing("+", with: "-").replacing("/", with: "_"),
      ] {
        let output = masked(text, hiding: [value])
        // Characters that neighbours have a bit in stay.
        let end = (before + length) * 8
        let hidden = (after == 0 ? (end + 5) / 6 : end / 6) - (before * 8 + 5) / 6
        #expect(
          output.contains("***") && output.count == text.count - hidden + 3, "\(text) \(output)")
      }
    }
  }

  @Test(arguments: [("\n", 76), ("\r\n", 76), ("\n", 64), ("\n", 60)])
  func `base64 is hidden though it is broken into lines`(lineBreak: String, width: Int) {
    let key = "sk-ant-api03-" + String(repeating: "NotARealKey_", count: 7) + "0002AA"
    for before in 0...100 {
      let encoded = Data((String(repeating: "u", count: before) + key + "zz").utf8)
        .base64EncodedString()
      let lines = stride(from: 0, to: encoded.count, by: width).map { start in
        String(encoded.dropFirst(start).prefix(width))
      }
      let output = masked(lines.joined(separator: lineBreak) + lineBreak, hiding: [key])
      let shown = output.replacing(lineBreak, with: "")
      // Seven characters at the end of a line may be seen.
      let part = encoded.dropFirst((before * 8 + 5) / 6).dropLast(4)
      for start in 0...part.count - 8 {
        #expect(!shown.contains(part.dropFirst(start).prefix(8)), "\(before) \(start) \(output)")
      }
    }
  }

  @Test func `an empty or a short value hides nothing`() {
    #expect(
      masked("us-east is where it is", hiding: ["", "us-east", " "]) == "us-east is where it is")
  }

  @Test func `a prompt that ends as a value begins is seen, and the value is not`() {
    var masker = Masker { add in Secret(utf8: "sk-proj-NotARealKey").withBytes(add) }
    var output = ""
    func feed(_ text: String) {
      Array(text.utf8).withUnsafeBytes { bytes in
        masker.feed(bytes) { output += String(decoding: $0, as: UTF8.self) }
      }
    }
    feed("your key: sk-proj-Not")
    #expect(output == "your key: " && masker.isWaiting)
    for _ in 0..<3 { masker.settle { output += String(decoding: $0, as: UTF8.self) } }
    #expect(output == "your key: sk-proj")
    feed("ARealKey.\n")
    #expect(output == "your key: sk-proj***.\n" && !masker.isWaiting)
    feed("sk-proj-NotARe")
    masker.finish { output += String(decoding: $0, as: UTF8.self) }
    #expect(output == "your key: sk-proj***.\nsk-proj-NotARe")
  }
}

/// Pseudo-random numbers, equal in every run.
private struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return (state >> 33) ^ (state << 31)
  }
}

extension String {
  /// `%c3` for `%C3`.
  fileprivate var lowercasedEscapes: String {
    replacing(/%../) { $0.output.lowercased() }
  }
}
