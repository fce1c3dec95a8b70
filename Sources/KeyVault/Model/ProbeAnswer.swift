internal import HTTP
internal import JSONSchema
internal import YAML

/// An answer as rules see it.
struct ProbeAnswer {
  let http: HTTPAnswer
  /// nil where the body is not JSON, or was cut at the limit.
  let json: Node?
  let isHTML: Bool

  init(_ http: HTTPAnswer) {
    self.http = http
    isHTML = Self.isHTML(http)
    json = isHTML || http.isBodyTruncated ? nil : try? Node(json: http.body)
  }

  /// Whether the body holds these bytes. Takes time by the sum of both lengths (Knuth, Morris, Pratt): a rule
  /// and an answer may have been made for each other.
  func contains(_ text: String) -> Bool {
    let wanted = Array(text.utf8)
    guard !wanted.isEmpty else { return true }
    // How much of `wanted` is found again at the end of each beginning of it.
    var again = [Int](repeating: 0, count: wanted.count)
    var known = 0
    for index in wanted.indices.dropFirst() {
      while known > 0, wanted[index] != wanted[known] { known = again[known - 1] }
      if wanted[index] == wanted[known] { known += 1 }
      again[index] = known
    }
    known = 0
    for byte in http.body {
      while known > 0, byte != wanted[known] { known = again[known - 1] }
      if byte == wanted[known] { known += 1 }
      if known == wanted.count { return true }
    }
    return false
  }

  private static func isHTML(_ http: HTTPAnswer) -> Bool {
    if let type = http.header("content-type")?.lowercased(), type.contains("html") { return true }
    // White space, and the bytes of a byte-order mark.
    let head = http.body.drop { $0 == 0x20 || (0x09...0x0d).contains($0) || bom.contains($0) }
    let text = String(decoding: head.prefix(14), as: UTF8.self).lowercased()
    return pageStarts.contains { text.hasPrefix($0) }
  }

  private static let bom: [UInt8] = [0xef, 0xbb, 0xbf]
  private static let pageStarts = [
    "<!doctype html", "<html", "<head", "<title", "<meta", "<body", "<center", "<script", "<!--",
  ]
}
