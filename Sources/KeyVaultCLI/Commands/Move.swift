import ArgumentParser
import KeyVault
import Naming

struct Move: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "mv",
    abstract: "Move an entry: encrypt it for its new folder's readers, and bind it there.",
    discussion: """
      Git's history keeps the old ciphertext, and whoever could read it could copy the key.

      Example: keyvault mv staging/openai production/
      """)

  @OptionGroup var places: TwoPlaces
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repositoryToChange()
    let (source, target) = try places.run(in: repository, session) {
      opened, target, over, isVouched in
      try repository.vault.move(
        opened, to: target, over: over, program: session.gpgProgram(),
        now: session.surroundings.now, isVouched: isVouched)
    }
    session.note("moved \(source) to \(target)")
    try commit.run(
      "keyvault: move \(source) to \(target)", [source, target], in: repository, session)
  }
}

struct Copy: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "cp",
    abstract: "Copy an entry: encrypt it for another folder's readers too, and bind it there.",
    discussion: """
      It is the same key in two places: when one is rotated, rotate the other.

      Example: keyvault cp production/openai staging/
      """)

  @OptionGroup var places: TwoPlaces
  @OptionGroup var commit: CommitOption
  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let repository = try session.repositoryToChange()
    let (source, target) = try places.run(in: repository, session) {
      opened, target, over, isVouched in
      try repository.vault.store(
        try opened.moved(
          to: target, after: repository.vault.lastSerial(of: target), isVouched: isVouched),
        about: Vault.Description(), from: opened.name, over: over, program: session.gpgProgram(),
        now: session.surroundings.now)
    }
    session.note("copied \(source) to \(target)")
    try commit.run("keyvault: copy \(source) to \(target)", [target], in: repository, session)
  }
}

/// Where an entry lies and where it goes.
struct TwoPlaces: ParsableArguments {
  @Argument(help: "Such as staging/openai.", completion: .entries)
  var old: String

  @Argument(help: "Another entry, or a folder that ends in '/'.")
  var new: String

  @Flag(name: .shortAndLong, help: "Replace what lies there.")
  var force = false

  /// Opens the entry and has `make` put it into its new place; both names. Throws, with nothing changed,
  /// where it may not go.
  func run(
    in repository: Repository, _ session: Session,
    make: (OpenedEntry, _ target: EntryName, _ over: Vault.Present, _ isVouched: Bool) throws ->
      Void
  ) throws -> (source: EntryName, target: EntryName) {
    let vault = repository.vault
    let source = try vault.entry(EntryName(old))
    let target = try target(of: source.name, in: vault)
    guard target != source.name else {
      throw Failure(.usage, "'\(target)' is where it lies already")
    }
    // Before it is judged, so that what comes in between is not written over.
    let present = vault.present(target)
    if !force, let file = vault.files(of: target).first {
      let what = file == target.ciphertextPath ? target.path : file
      throw Failure(.usage, "'\(what)' exists already", hints: ["--force replaces it"])
    }
    let newFolder = try session.settle(folder: target.environment, in: repository)
    let readers = try vault.readers(of: target.path)
    let opened = try vault.open(source, requiring: .fitting, with: session.gpg())
    try make(opened, target, present, session.vouches(for: opened, in: repository))
    session.tell(newFolder)
    if opened.sidecar?.exposed == nil, try vault.entry(target).sidecar?.exposed != nil {
      session.noteMarks([target])
    }
    let before = (try? vault.readers(of: source.name.path)) ?? []
    if Set(names: readers) != Set(names: before) {
      session.note("'\(target)' can be read by \(readers.joined(separator: ", "))")
    }
    for conflict in try repository.conflicts(in: target.environment) {
      Console.warning(conflict.message, hint: conflict.hints.first)
    }
    return (source.name, target)
  }

  /// Like mv(1): a folder that exists takes the entry in, unless an entry has that name.
  private func target(of source: EntryName, in vault: Vault) throws -> EntryName {
    if new.hasSuffix("/") { return try EntryName(new + source.name) }
    let target = try EntryName(new)
    guard vault.files(of: target).isEmpty, vault.hasFolder(new) else { return target }
    return try EntryName(new + "/" + source.name)
  }
}
