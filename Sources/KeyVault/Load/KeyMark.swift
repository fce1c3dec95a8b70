internal import Naming
internal import YAML

/// What a sidecar says of which key it stands beside, read also where the schema objects to the rest.
struct KeyMark: Sendable {
  let id: String?
  let serial: Int?
  let digest: String?
  /// Since when a former recipient may know the key.
  let exposed: String?
  /// As it is written; it stays while the key is exchanged.
  let created: String?
  /// Of the serial.
  let place: Place

  /// nil for a text that is not a sidecar.
  init?(_ bytes: [UInt8]?) {
    guard let bytes, let root = try? Document(parsing: bytes).root else { return nil }
    id = root["id"]?.string
    serial = root["serial"]?.serial
    digest = root["digest"]?.string
    exposed = root["exposed"].map { $0["since"]?.string ?? "" }
    created = root["created"]?.string
    place = root["serial"]?.place ?? .start
  }
}

extension Snapshot {
  /// The highest serial that a sidecar of that place had in this commit or before, 0 if there was none.
  func lastSerial(at name: EntryName) throws(Failure) -> Int {
    try lastNumber(at: name.sidecarPath) { KeyMark($0)?.serial }
  }

  /// The highest number that versions of a file say in this commit or before, 0 if none does.
  func lastNumber(
    at path: String, of number: @Sendable ([UInt8]) -> Int?
  ) throws(Failure) -> Int {
    let versions = try history(of: [path])[path] ?? []
    let numbers = try contents(of: versions, number).compactMap { $0 ?? nil }
    // Anybody may have committed any number: one to which no change leads does not count, or it would take
    // the last, and leave none for the next.
    return numbers.sorted().reduce(0) { last, number in
      (last...last + Serial.greatestLeap).contains(number) ? number : last
    }
  }
}
