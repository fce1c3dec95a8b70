extension Vault {
  /// The highest serial that is known of a place, 0 if none is: what is stored there next is above it,
  /// also where no file is left. A sidecar that says a number to which no change of the key leads
  /// does not count: anybody can write one that leaves no serial for the next key.
  ///
  /// Throws if a file that may have one cannot be read.
  public func lastSerial(of name: EntryName) throws(Failure) -> Int {
    let bytes = try reporting { () throws(FileError) in try self.bytes(of: name.sidecarPath) }
    let here = KeyMark(bytes)?.serial ?? 0
    let past = try Snapshot.head(of: repository.root)?.lastSerial(at: name) ?? 0
    let remembered = try repository.memory?.record(of: name)?.serial ?? 0
    let known = max(past, remembered)
    return here - known <= Serial.greatestLeap ? max(here, known) : known
  }
}
