extension Vault {
  /// The highest serial that is known of a place, 0 if none is: what is stored there next is above it,
  /// also where no file is left. A sidecar that says a number to which no change of the key leads
  /// does not count: anybody can write one that leaves no serial for the next key.
  public func lastSerial(of name: EntryName) -> Int {
    let here = (try? entry(name))?.sidecar?.serial ?? 0
    let past = try? Snapshot("HEAD", of: repository.root).lastSerial(at: name)
    let remembered = (try? repository.memory?.record(of: name))?.serial
    let known = max(past ?? 0, remembered ?? 0)
    return here - known <= Serial.greatestLeap ? max(here, known) : known
  }
}
