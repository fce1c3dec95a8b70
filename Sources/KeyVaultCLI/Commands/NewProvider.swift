import ArgumentParser
import KeyVault

struct NewProvider: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Begin a provider of your own: its file, and recorded answers.",
    discussion: """
      What is written is sound and invented: replace it by what the provider's documentation and \
      its answers say, and run 'keyvault providers check' as you go.

      Example: keyvault providers new acme --base-url https://api.acme.example/v1
      """)

  @Argument(help: "Such as acme: the file's name, and the name of its entries.")
  var id: String

  @Option(help: "The provider's name as people write it.")
  var name: String?

  @Option(help: "What its SDK takes as base URL.")
  var baseURL: String?

  @Option(
    help: ArgumentHelp(
      "The folder for recorded answers, instead of the repository's providers.d/answers.",
      valueName: "folder"),
    completion: .directory)
  var answers: String?

  @OptionGroup var options: CommonOptions

  func run(in session: Session) async throws {
    let root = try session.root()
    let scaffold = try ProviderScaffold(id: id, name: name, baseURL: baseURL)
    let here = session.surroundings.workingFolder
    let folder =
      answers.map { $0.hasPrefix("/") ? $0 : "\(here)/\($0)" } ?? root + "/providers.d/answers"
    for path in try scaffold.write(to: root, answers: folder) {
      session.note("wrote \(shown(path, from: here))")
    }
    if let repository = try? session.repository(), repository.vault.needsSignature {
      session.note("\(Vault.signedRecipientsPath) does not cover it yet: keyvault recipients sign")
    }
    session.note(
      "next: "
        + "\(Shell("keyvault providers check \(id) --answers \(shown(folder + "/" + id, from: here))")), "
        + "then the same without --answers, which asks the provider")
  }

  /// The path as one would type it in `folder`.
  private func shown(_ path: String, from folder: String) -> String {
    path.hasPrefix(folder + "/") ? String(path.dropFirst(folder.count + 1)) : path
  }
}
