internal import Secrets

/// The content of git objects, many by one process.
struct GitObjects {
  private let git: Git

  init(_ git: Git) {
    self.git = git
  }

  /// The id under which git keeps a file of these bytes, by the digest that made the id `other`.
  static func id(of bytes: [UInt8], like other: String) -> String {
    let object = Array("blob \(bytes.count)\0".utf8) + bytes
    return other.utf8.count == 64 ? SHA256.hex(of: object) : SHA1.hex(of: object)
  }

  /// The blob that each name (`COMMIT:path` or an id) stands for, in their order; nil where there is
  /// none, and for a name with a line break, by which somebody could ask for more than one. Throws if
  /// git cannot be asked.
  func blobs(_ names: [String]) throws(Failure) -> [[UInt8]?] {
    guard names.contains(where: Self.isSeveral) else { return try blobs(ofLines: names) }
    let known = try blobs(ofLines: names.filter { !Self.isSeveral($0) })
    var rest = known[...]
    return names.map { Self.isSeveral($0) ? nil : rest.removeFirst() }
  }

  private static func isSeveral(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: "\n")) }

  private func blobs(ofLines names: [String]) throws(Failure) -> [[UInt8]?] {
    guard !names.isEmpty else { return [] }
    let input = Array((names.joined(separator: "\n") + "\n").utf8)
    let output = try git.output(
      of: ["cat-file", "--batch"], input: input, or: "git could not read its objects")
    var blobs: [[UInt8]?] = []
    blobs.reserveCapacity(names.count)
    var start = 0
    while start < output.count, blobs.count < names.count {
      let lineEnd = output[start...].firstIndex(of: UInt8(ascii: "\n")) ?? output.count
      let words = output[start..<lineEnd].split(separator: UInt8(ascii: " "))
      start = lineEnd + 1
      // `<id> blob <size>`, then that many bytes and a line break; or `<name> missing`.
      guard words.count == 3, let size = Int(String(decoding: words[2], as: UTF8.self)),
        start + size <= output.count
      else {
        blobs.append(nil)
        continue
      }
      let isBlob = words[1].elementsEqual("blob".utf8)
      blobs.append(isBlob ? Array(output[start..<start + size]) : nil)
      start += size + 1
    }
    guard blobs.count == names.count, start == output.count else {
      throw Failure(.io, "git answered less than was asked")
    }
    return blobs
  }

  /// How many bytes each object has; 0 of one that is not here.
  func sizes(_ ids: [String]) throws(Failure) -> [Int] {
    guard !ids.isEmpty else { return [] }
    let input = Array((ids.joined(separator: "\n") + "\n").utf8)
    let output = try git.output(
      of: ["cat-file", "--batch-check=%(objectsize)"], input: input,
      or: "git could not read its objects")
    let sizes = output.split(separator: UInt8(ascii: "\n")).map {
      Int(String(decoding: $0, as: UTF8.self)) ?? 0
    }
    guard sizes.count == ids.count else { throw Failure(.io, "git answered less than was asked") }
    return sizes
  }
}
