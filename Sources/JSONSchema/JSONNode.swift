internal import FoundationEssentials
public import YAML

extension Node {
  /// Reads a JSON document. All places are ``Place/start``; keys are sorted, since the decoder does
  /// not keep their order, and of a key given twice it keeps one.
  ///
  /// A number without a fraction is an `int`, however it is written (`1.0`, `1e3`), and a `double`
  /// beyond `Int`.
  public init(json bytes: [UInt8]) throws(JSONError) {
    try JSONOutline.check(bytes)
    do {
      self = try JSONDecoder().decode(JSONDocument.self, from: Data(bytes)).node
    } catch {
      // The decoder's own words quote the document, which comes from outside.
      throw .malformed
    }
  }
}

private struct JSONDocument: Decodable {
  let node: Node

  init(from decoder: any Decoder) throws {
    var reader = JSONReader()
    if let object = try? decoder.container(keyedBy: JSONKey.self) {
      node = try reader.mapping(object)
    } else if let array = try? decoder.unkeyedContainer() {
      node = try reader.sequence(array)
    } else {
      node = try Self.scalar(decoder.singleValueContainer())
    }
  }

  private static func scalar(_ container: any SingleValueDecodingContainer) throws -> Node {
    if container.decodeNil() { return Node(.null) }
    if let string = try? container.decode(String.self) { return Node(.string(string)) }
    if let int = try? container.decode(Int.self) { return Node(.int(int)) }
    if let bool = try? container.decode(Bool.self) { return Node(.bool(bool)) }
    return Node(.double(try container.decode(Double.self)))
  }
}

struct JSONKey: CodingKey {
  let stringValue: String
  var intValue: Int? { nil }

  init(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { nil }
}
