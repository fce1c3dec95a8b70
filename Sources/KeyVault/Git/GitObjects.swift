internal import Naming
internal import Secrets

/// The content of git objects, many by one process; none is read whose size was not asked first.
struct GitObjects {
  /// A file's content, unread.
  struct Blob: Sendable {
    let id: String
    /// In bytes.
    let size: Int
  }

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
  /// none, and for a name with a line break, which would ask for more than one. Throws if
  /// git cannot be asked.
  func find(_ names: [String]) throws(Failure) -> [Blob?] {
    let asked = names.filter { !Self.isSeveral($0) }
    guard !asked.isEmpty else { return names.map { _ in nil } }
    let input = Array((asked.joined(separator: "\n") + "\n").utf8)
    let arguments = ["cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)"]
    let output = try git.output(of: arguments, input: input, within: .history, or: Self.what)
    let lines = output.split(separator: UInt8(ascii: "\n"))
    guard lines.count == asked.count else {
      throw Failure(.io, "git gave an incomplete answer")
    }
    var found = lines[...]
    return names.map { Self.isSeveral($0) ? nil : Self.blob(found.removeFirst()) }
  }

  private static let what = "git could not read its objects"

  private static func isSeveral(_ name: String) -> Bool { name.utf8.contains(UInt8(ascii: "\n")) }

  /// `<id> blob <size>`; else `<name> missing`.
  private static func blob(_ line: ArraySlice<UInt8>) -> Blob? {
    let words = line.split(separator: UInt8(ascii: " "))
    guard words.count == 3, words[1].elementsEqual("blob".utf8),
      let size = Int(String(decoding: words[2], as: UTF8.self))
    else { return nil }
    return Blob(id: String(decoding: words[0], as: UTF8.self), size: size)
  }

  /// What `body` makes of each blob of at most `limit` bytes, in their order; nil for the others. Each is
  /// read once, however often it comes, and none is kept; `body` runs on all cores.
  func read<Value: Sendable>(
    _ blobs: [Blob?], limit: Int, _ body: @Sendable ([UInt8]) -> Value
  ) throws(Failure) -> [Value?] {
    var numbers: [Name: Int] = [:]
    var wanted: [Blob] = []
    for case let blob? in blobs where blob.size <= limit && numbers[blob.id] == nil {
      numbers[blob.id] = wanted.count
      wanted.append(blob)
    }
    guard !wanted.isEmpty else { return blobs.map { _ in nil } }
    let input = Array((wanted.map(\.id).joined(separator: "\n") + "\n").utf8)
    var values: [Value] = []
    values.reserveCapacity(wanted.count)
    var reader = BatchReader(sizes: wanted.map(\.size))
    func take() {
      let some = reader.take()
      values += concurrentMap(some.count) { body(some[$0]) }
    }
    try git.read(["cat-file", "--batch"], input: input, within: .objects, or: Self.what) { bytes in
      guard reader.read(bytes) else { return false }
      if reader.size > 4 << 20 { take() }
      return true
    }
    take()
    guard values.count == wanted.count else {
      throw Failure(.io, "git gave an incomplete answer")
    }
    return blobs.map { $0.flatMap { numbers[$0.id] }.map { values[$0] } }
  }

  /// The content of each blob that a name stands for; nil where there is none, or one of more than `limit`
  /// bytes. Throws if they are too large together to be kept.
  func blobs(_ names: [String], limit: Int = Limits.ciphertext) throws(Failure) -> [[UInt8]?] {
    try contents(of: find(names), limit: limit)
  }

  /// The content of each file, given as its path and the id that a tree has for it. Throws if git lacks
  /// one, or it has more than `limit` bytes: a file that cannot be read is not one that does not exist.
  func contents(
    ofFiles files: [(path: String, id: String)], limit: Int = Limits.ciphertext
  ) throws(Failure) -> [[UInt8]] {
    let found = try find(files.map(\.id))
    for (file, blob) in zip(files, found) {
      guard let blob else { throw Self.lacking("the content of '\(file.path.printable)'") }
      guard blob.size <= limit else {
        throw Failure(
          .inconclusive,
          "'\(file.path.printable)' was larger than \(limit >> 10) KiB, so it was not read")
      }
    }
    return try contents(of: found, limit: limit).compactMap(\.self)
  }

  /// Why something is not known: an object is not in this clone.
  static func lacking(_ what: String) -> Failure {
    Failure(
      .inconclusive, "git does not have \(what) here",
      hints: ["'git fsck' shows what is damaged; a new clone has every object"])
  }

  private func contents(of found: [Blob?], limit: Int) throws(Failure) -> [[UInt8]?] {
    let sizes = found.compactMap { $0?.size }.filter { $0 <= limit }
    guard sizes.reduce(0, +) <= Limits.objects else {
      throw Failure(
        .inconclusive,
        "\(Self.what): \(sizes.count) of them have more than \(Limits.objects >> 20) MiB")
    }
    return try read(found, limit: limit) { $0 }
  }

  /// Gives `take` the content of one blob as it comes. Throws if it is not all there.
  func read(_ blob: Blob, _ take: (ArraySlice<UInt8>) -> Void) throws(Failure) {
    var count = 0
    try git.read(["cat-file", "blob", blob.id], within: .search, or: Self.what) { bytes in
      count += bytes.count
      take(bytes)
      return true
    }
    guard count == blob.size else { throw Failure(.io, "git gave an incomplete answer") }
  }
}

/// The answers of `git cat-file --batch`, as they come.
private struct BatchReader {
  private let sizes: [Int]
  private var number = 0
  /// Of the object that is being read: its line is there, and these bytes of its content.
  private var content: [UInt8]?
  private var line: [UInt8] = []
  private var isBehindContent = false
  private var done: [[UInt8]] = []
  /// Bytes that were not taken yet.
  private(set) var size = 0

  /// Objects of these sizes come, in this order.
  init(sizes: [Int]) {
    self.sizes = sizes
  }

  /// Whether this is what was asked for.
  mutating func read(_ bytes: ArraySlice<UInt8>) -> Bool {
    var bytes = bytes
    while !bytes.isEmpty {
      if isBehindContent {
        guard bytes.removeFirst() == UInt8(ascii: "\n") else { return false }
        isBehindContent = false
      } else if var content {
        // Moved, not copied.
        self.content = nil
        let part = bytes.prefix(sizes[number] - content.count)
        content += part
        bytes = bytes.dropFirst(part.count)
        end(content)
      } else if let end = bytes.firstIndex(of: UInt8(ascii: "\n")) {
        line += bytes[..<end]
        bytes = bytes[(end + 1)...]
        // `<id> blob <size>`
        guard number < sizes.count, line.split(separator: UInt8(ascii: " ")).count == 3 else {
          return false
        }
        line.removeAll(keepingCapacity: true)
        var content: [UInt8] = []
        content.reserveCapacity(sizes[number])
        self.end(content)
      } else {
        line += bytes
        return line.count < 4096
      }
    }
    return true
  }

  private mutating func end(_ content: [UInt8]) {
    guard content.count == sizes[number] else {
      self.content = content
      return
    }
    done.append(content)
    size += content.count + 64
    number += 1
    isBehindContent = true
  }

  /// What is read whole, once.
  mutating func take() -> [[UInt8]] {
    defer {
      done = []
      size = 0
    }
    return done
  }
}
