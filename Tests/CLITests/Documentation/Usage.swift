import Foundation

/// Which commands and options there are, as the parser itself lists them.
struct Usage {
  private struct Help: Decodable { let command: Command }

  private struct Command: Decodable {
    let commandName: String
    let subcommands: [Command]?
    let defaultSubcommand: String?
    let arguments: [Argument]?

    func subcommand(_ name: String) -> Command? {
      subcommands?.first { $0.commandName == name }
    }

    /// Its own, or that of the subcommand that is meant where none is named.
    func option(_ text: String) -> Argument? {
      arguments?.first { $0.texts.contains(text) }
        ?? defaultSubcommand.flatMap(subcommand)?.option(text)
    }

    /// Its own and those of all below it.
    var allOptions: [String] {
      (arguments ?? []).flatMap(\.texts) + (subcommands ?? []).flatMap(\.allOptions)
    }
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String
    }
    let kind: String
    let names: [Name]?
    let allValues: [String]?

    var texts: [String] { (names ?? []).map { ($0.kind == "short" ? "-" : "--") + $0.name } }
  }

  private let root: Command
  private let targets: Set<String>

  /// `help` is the parser's description of itself.
  init(_ help: String) throws {
    root = try JSONDecoder().decode(Help.self, from: Data(help.utf8)).command
    let makefile = try String(
      contentsOf: World.repository.appending(path: "Makefile"), encoding: .utf8)
    targets = Set(
      makefile.split(separator: "\n").filter { $0.first?.isLowercase == true }
        .compactMap { $0.split(separator: ":").first.map(String.init) })
  }

  /// What is wrong with a command; nil where nothing is, or where it is none of ours.
  func fault(in words: [String]) -> String? {
    let words = words.drop { word in
      ["export", "eval", "exec", "!"].contains(word)
        || word.firstIndex(of: "=").map { word[..<$0].allSatisfy { $0.isUppercase || $0 == "_" } }
          == true
    }
    switch words.first {
    case "keyvault": return fault(inArguments: Array(words.dropFirst()))
    case "make":
      let unknown = words.dropFirst().first { !$0.contains("=") && !targets.contains($0) }
      return unknown.map { "the Makefile has no target '\($0)'" }
    case let word? where word.hasPrefix("Scripts/") || word.hasPrefix("Demo/"):
      let file = World.repository.appending(path: word).path
      return FileManager.default.fileExists(atPath: file) ? nil : "there is no '\(word)'"
    default: return nil
    }
  }

  private func fault(inArguments words: [String]) -> String? {
    var command = root
    var rest = words[...]
    var path = "keyvault"
    while let word = rest.popFirst(), word != "--" {
      if word == "-C" {
        rest = rest.dropFirst()
      } else if ["--version", "--help", "--generate-completion-script"].contains(word) {
        return nil
      } else if word.hasPrefix("-"), word.count > 1 {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        guard let option = command.option(parts[0]) else { return "'\(path)' has no '\(parts[0])'" }
        guard option.kind == "option" else { continue }
        let value = parts.count == 2 ? parts[1] : rest.popFirst()
        guard let value else { return "'\(path) \(parts[0])' lacks its value" }
        let known = option.allValues ?? []
        let isPlaceholder = value.allSatisfy { $0.isUppercase || $0 == "-" } || value.hasPrefix("$")
        for part in value.split(separator: "|") where !known.isEmpty && !isPlaceholder {
          if !known.contains(String(part)) { return "'\(path) \(parts[0])' knows no '\(part)'" }
        }
      } else if let next = command.subcommand(word) {
        command = next
        path += " \(word)"
      } else if command.subcommands?.isEmpty == false, command.defaultSubcommand == nil,
        !word.hasPrefix("["), word != "…"
      {
        return "'\(path)' has no command '\(word)'"
      }
    }
    return nil
  }

  /// Whether a command, such as `git install`, or one below it has an option.
  func has(_ option: String, in names: [String]) -> Bool {
    var command = root
    for name in names {
      guard let next = command.subcommand(name) else { break }
      command = next
    }
    return command.allOptions.contains(option)
  }
}
