internal import Naming

/// What a sidecar keeps while its entry moves.
struct EntryTrace: Sendable {
  /// Stays until the key is exchanged.
  let id: Name?
  /// When the entry was made, and for which provider: that stays even where the key is exchanged.
  let origin: Name?

  /// Of those `entries` that have a valid sidecar among `files`.
  static func all(
    of entries: Set<EntryName>, in files: MergeTrees.Files, _ objects: GitObjects
  ) throws(Failure) -> [EntryName: EntryTrace] {
    let known = entries.compactMap { name in
      files[Name(name.sidecarPath)].map { (name: name, object: $0) }
    }
    let blobs = try objects.blobs(known.map(\.object), limit: Limits.sidecar)
    var traces: [EntryName: EntryTrace] = [:]
    for (entry, bytes) in zip(known, blobs) {
      guard let bytes,
        case .success(let checked) = CheckedDocument.read(
          bytes, as: .entry, file: entry.name.sidecarPath)
      else { continue }
      let sidecar = Sidecar(checked)
      traces[entry.name] = EntryTrace(
        id: sidecar.id.map { Name($0) },
        origin: sidecar.created.map {
          Name("\($0.text) \(sidecar.provider ?? entry.name.name)")
        })
    }
    return traces
  }
}
