import ArgumentParser
import KeyVault

struct NewProvider: SessionCommand {
  static let configuration = CommandConfiguration(
    commandName: "new", abstract: "Create a provider file, and recorded answers to test it with.",
    discussion: """
      The new files are valid, with placeholder values. Replace these with values from the provider's \
      documentation and its answers, and run 'keyvault providers check' as you go.

      Example: keyvault providers new acme --base-url https://api.acme.example/v1
      """)

  @Argument(help: "The provider's id, such as acme: the name of the file and of its entries.")
  var id: String

  @Option(help: "The provider's display name.")
  var name: String?

  @Option(help: "The base URL that its SDK takes.")
  var baseURL: String?

  @Option(
    help: ArgumentHelp(
      "The folder for recorded answers (default: providers.d/answers).",
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
      session.note(
        "\(Vault.signedRecipientsPath) does not cover it yet: keyvault sign --recipients")
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
