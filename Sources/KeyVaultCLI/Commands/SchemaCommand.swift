import ArgumentParser
import KeyVault

struct SchemaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "schema",
    abstract: "Print the JSON Schema of a file, or of a command's JSON output.",
    discussion: "Example: keyvault schema provider > Schemas/provider.schema.json")

  @Argument(help: "The schema's name (default: list the names).")
  var name: String?

  func run() async throws {
    guard let name else {
      return try Console.output(SchemaLibrary.names.map { $0 + "\n" }.joined())
    }
    guard let text = SchemaLibrary.text(name) else {
      let close = Suggestion.closest(to: name, among: SchemaLibrary.names)
      throw Failure(
        .notFound, "no schema '\(name.printable(limit: 80))'",
        hints: [close.map { "did you mean '\($0)'?" } ?? "'keyvault schema' lists them"])
    }
    try Console.output(text)
  }
}
