import Foundation

/// Which commands and formats exist, and which of them ``CanaryCommand`` runs.
enum CanaryCoverage {
  /// Each command, and each with `--verbose`, `--quiet` and every format, as the parser itself
  /// lists them.
  static func wanted(_ help: String) throws -> Set<String> {
    try wanted(JSONDecoder().decode(Help.self, from: Data(help.utf8)).command, below: [])
  }

  private struct Help: Decodable { var command: Command }

  private struct Command: Decodable {
    var commandName: String
    var abstract: String?
    var subcommands: [Command]?
    var arguments: [Argument]?
  }

  private struct Argument: Decodable {
    var names: [Name]?
    var allValues: [String]?
    struct Name: Decodable { var name: String }
  }

  private static func wanted(_ command: Command, below path: [String]) -> Set<String> {
    let subcommands = command.subcommands ?? []
    // The first is keyvault itself.
    let own = path.isEmpty ? [] : path.dropFirst() + [command.commandName]
    var wanted: Set<String> =
      own.isEmpty || command.commandName == "git" ? [] : [own.joined(separator: " ")]
    for argument in command.arguments ?? [] where !own.isEmpty {
      for name in argument.names ?? [] where ["verbose", "quiet", "format"].contains(name.name) {
        for value in argument.allValues ?? [""] {
          wanted.insert(
            (own + ["--" + name.name, value]).filter { !$0.isEmpty }.joined(separator: " "))
        }
      }
    }
    for subcommand in subcommands where subcommand.commandName != "help" {
      // What runs under a former spelling is the command that has the new one.
      if subcommand.abstract?.hasPrefix("The former spelling of ") == true { continue }
      wanted.formUnion(Self.wanted(subcommand, below: path + [command.commandName]))
    }
    return wanted
  }

  /// What of `wanted` no script runs.
  static func missing(of wanted: Set<String>, in scripts: [String]) -> Set<String> {
    let names = wanted.filter { !$0.contains("--") }.sorted { $0.count > $1.count }
    var run: Set<String> = []
    for script in scripts {
      for line in script.split(whereSeparator: { "\n;|&()".contains($0) }) {
        let words = line.split(separator: " ").map(String.init)
        guard let start = words.firstIndex(of: "keyvault") else { continue }
        let arguments = words[(start + 1)...].prefix { $0 != "--" }
        let text = arguments.joined(separator: " ")
        guard let name = names.first(where: { (text + " ").hasPrefix($0 + " ") }) else { continue }
        run.insert(name)
        for (index, word) in arguments.enumerated() where word.hasPrefix("--") {
          run.insert("\(name) \(word)")
          if word == "--format" { run.insert("\(name) --format \(Array(arguments)[index + 1])") }
        }
      }
    }
    return wanted.subtracting(run)
  }
}
