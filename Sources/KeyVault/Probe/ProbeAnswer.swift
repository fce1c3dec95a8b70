internal import HTTP
internal import JSONSchema
internal import YAML

/// An answer as rules see it.
struct ProbeAnswer {
  let http: HTTPAnswer
  /// nil where the body is no JSON, or was cut at the limit.
  let json: Node?
  let isHTML: Bool

  init(_ http: HTTPAnswer) {
    self.http = http
    isHTML = Self.isHTML(http)
    json = isHTML || http.isBodyTruncated ? nil : try? Node(json: http.body)
  }

  /// Whether the body holds these bytes.
  func contains(_ text: String) -> Bool {
    let needle = Array(text.utf8)
    guard let first = needle.first, http.body.count >= needle.count else { return needle.isEmpty }
    return http.body.indices.dropLast(needle.count - 1).contains { start in
      http.body[start] == first && http.body[start..<start + needle.count].elementsEqual(needle)
    }
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
