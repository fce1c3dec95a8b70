internal import YAML

/// What git writes into a text that it could not merge: both versions, between lines of `<`, `=` and `>`.
enum ConflictMarkers {
  /// The line (from 1) on which the first of them begins; nil if there are none.
  static func line(in bytes: [UInt8]) -> Int? {
    var first: Int?
    var number = 0
    for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
      number += 1
      if first == nil {
        if isMarker(line, UInt8(ascii: "<")) { first = number }
      } else if isMarker(line, UInt8(ascii: ">")) {
        return first
      }
    }
    return nil
  }

  /// Seven of a character, and no eighth.
  private static func isMarker(_ line: ArraySlice<UInt8>, _ byte: UInt8) -> Bool {
    let rest = line.drop { $0 == byte }
    guard line.count - rest.count == 7 else { return false }
    return rest.isEmpty || rest.first == UInt8(ascii: " ") || rest.first == UInt8(ascii: "\r")
  }

  /// What is wrong with a file (relative to the root) that has them; nil if it has none.
  static func finding(in bytes: [UInt8], file: String) -> Finding? {
    line(in: bytes).map { line in
      Finding(
        .mergeConflict, in: file, at: Place(line: line, column: 1),
        "the file has git's conflict markers: a merge is not finished", hint: hint(for: file))
    }
  }

  /// What is wrong with a file (relative to the root) that is not YAML.
  static func finding(for error: YAMLError, in bytes: [UInt8], file: String) -> Finding {
    finding(in: bytes, file: file)
      ?? Finding(.syntax, in: file, at: error.place, error.message, hint: error.hint)
  }

  static func hint(for file: String) -> String {
    if let entry = EntryName(ofFile: file) {
      return "run '\(Shell("keyvault resolve \(entry)"))'"
    }
    return "edit the file so that it has one version, then '\(Shell("git add \(path: file)"))'"
  }
}
