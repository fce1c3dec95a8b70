internal import Naming
internal import Synchronization

/// Checks signatures in a throwaway home that knows only the keys that it was given: neither the user's
/// keyring nor their trust database decides. One run of gpg serves many.
public final class SignatureVerifier: Sendable {
  /// Most signatures of one run.
  private static let batch = 500

  private let home: ThrowawayHome
  private let runner: Runner
  private let count = Mutex(0)

  /// `keys` are the contents of public key files; what gpg does not take, or is not shown, is left out, and
  /// its owner's signatures are an unknown signer's then.
  public init(
    keys: [[UInt8]], program: String, runtimeDirectory: String?
  ) throws(GPGError) {
    home = try ThrowawayHome(runtimeDirectory: runtimeDirectory, holdsSecret: false)
    runner = Runner(program: program, home: home.path)
    var files: [String] = []
    for bytes in keys {
      guard let block = try? PublicKeyBlock(bytes), !block.packets.isEmpty else { continue }
      let name = "key-\(files.count)"
      try home.write(block.packets, to: name)
      files.append("\(home.path)/\(name)")
    }
    guard !files.isEmpty else { return }
    _ = try runner.status(of: ["--batch", "--import"] + files, reading: files.count)
  }

  /// The verdict on each signature over its text, in order.
  public func verdicts(
    on items: [(signature: DetachedSignature, text: [UInt8])]
  ) throws(GPGError) -> [SignatureVerdict] {
    var verdicts: [SignatureVerdict] = []
    var rest = items[...]
    while !rest.isEmpty {
      verdicts += try run(Array(rest.prefix(Self.batch)))
      rest = rest.dropFirst(Self.batch)
    }
    return verdicts
  }

  private func run(
    _ items: [(signature: DetachedSignature, text: [UInt8])]
  ) throws(GPGError) -> [SignatureVerdict] {
    let run = count.withLock { count in
      count += 1
      return count
    }
    let names = items.indices.map { "message-\(run)-\($0)" }
    for (name, item) in zip(names, items) {
      try home.write(item.signature.message(of: item.text), to: name)
    }
    defer { for name in names { home.delete(name) } }
    // Without --batch, in which gpg ends at the first signature that does not fit.
    let lines = try runner.status(
      of: ["--verify-files"] + names.map { "\(home.path)/\($0)" }, reading: names.count)
    let sections = Self.sections(lines)
    var verdicts: [SignatureVerdict] = []
    for name in names {
      // gpg that died half-way has said nothing of the others.
      guard let section = sections["\(home.path)/\(name)"] else { throw GPGError(.noVerdict) }
      verdicts.append(SignatureVerdict(statusLines: section))
    }
    return verdicts
  }

  /// Lines by the file that they are about, of files that gpg was done with.
  private static func sections(_ lines: [[Substring]]) -> [Name: [[Substring]]] {
    var sections: [Name: [[Substring]]] = [:]
    var current: (file: String, lines: [[Substring]])?
    for line in lines {
      switch line[0] {
      case "FILE_START": current = line.count == 3 ? (String(line[2]), []) : nil
      case "FILE_DONE":
        if let current { sections[current.file] = current.lines }
        current = nil
      default: current?.lines.append(line)
      }
    }
    return sections
  }
}
