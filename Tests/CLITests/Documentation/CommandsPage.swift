import Foundation

/// `docs/commands.md`, written from what the parser says of each command.
struct CommandsPage {
  private struct Dump: Decodable { let command: Command }

  private struct Command: Decodable {
    let commandName: String
    let shouldDisplay: Bool
    let aliases: [String]?
    let abstract: String?
    let discussion: String?
    let defaultSubcommand: String?
    let subcommands: [Command]?
    let arguments: [Argument]?
  }

  private struct Argument: Decodable {
    struct Name: Decodable {
      let kind: String
      let name: String

      var text: String { (kind == "short" ? "-" : "--") + name }
    }
    let kind: String
    let shouldDisplay: Bool
    let isRepeating: Bool
    let names: [Name]?
    let valueName: String?
    let defaultValue: String?
    let allValues: [String]?
    let abstract: String?
    let discussion: String?

    /// `-o`, `--output <file>`, or `<entry>…`, as code.
    var label: String {
      let value = "<\(valueName ?? "")>"
      guard let names else { return "`\(value)\(isRepeating ? "…" : "")`" }
      let texts = names.map(\.text).sorted { $0.count < $1.count }
      let last = texts.last.map { $0 + (kind == "option" ? " " + value : "") } ?? ""
      return (texts.dropLast() + [last]).map { "`\($0)`" }.joined(separator: ", ")
    }

    /// What it means, with its values and its default.
    var meaning: String {
      let values = (allValues ?? []).isEmpty ? nil : (allValues ?? []).joined(separator: ", ")
      let more = [values.map { "values: " + $0 }, defaultValue.map { "default: " + $0 }]
        .compactMap(\.self).joined(separator: "; ")
      return [abstract, discussion, more.isEmpty ? nil : "(\(more))"].compactMap(\.self)
        .joined(separator: " ")
    }

    var row: String {
      let meaning = meaning.replacing("|", with: "\\|").replacing("<", with: "\\<")
      return "| \(label.replacing("|", with: "\\|")) | \(meaning) |\n"
    }
  }

  private let root: Command
  /// The names of commands below the headings of `keyvault --help`.
  private let groups: [(title: String, names: [String])]

  /// `dump` is the parser's description of itself, and `help` what `keyvault --help` prints.
  init(dump: String, help: String) throws {
    root = try JSONDecoder().decode(Dump.self, from: Data(dump.utf8)).command
    var groups: [(title: String, names: [String])] = []
    for line in help.split(separator: "\n") {
      if line.hasSuffix(" SUBCOMMANDS:") {
        groups.append((line.dropLast(" SUBCOMMANDS:".count).capitalized, []))
      } else if !groups.isEmpty, line.hasPrefix("  "), !line.hasPrefix("   ") {
        let name = line.dropFirst(2).prefix { $0 != " " && $0 != "," }
        if name != "See" { groups[groups.count - 1].names.append(String(name)) }
      }
    }
    self.groups = groups
  }

  /// The commands in the groups, without those that are hidden.
  var names: [String] { groups.flatMap(\.names) }

  /// The commands that the parser shows.
  var displayed: Set<String> {
    Set((root.subcommands ?? []).filter(\.shouldDisplay).map(\.commandName))
      .subtracting(["help"])
  }

  /// Options that every command has, which are explained once.
  private static let common = ["C", "quiet", "verbose", "help", "version"]

  var text: String {
    var text = """
      # Commands

      <!-- Written from the command line's own help: RECORD=1 swift test --filter DocumentationTests -->

      The `--help` of a command shows the same text. Every report takes `--format json`; `keyvault schema` prints the
      schemas. Every command also takes these options:

      | option | meaning |
      |---|---|

      """
    let any = root.subcommands?.first { $0.commandName == "ls" }?.arguments ?? []
    for argument in any where Self.isCommon(argument) && argument.shouldDisplay {
      text += argument.row
    }
    for group in groups {
      text += "\n## \(group.title)\n"
      for name in group.names {
        guard let command = root.subcommands?.first(where: { $0.commandName == name }) else {
          continue
        }
        text += section(command, [], level: "###", isDefault: false)
      }
    }
    return text + """

      Related pages: [exit status](exit-status.md), [team](team.md), [CI](ci.md), [deploy](deploy.md).

      """
  }

  private static func isCommon(_ argument: Argument) -> Bool {
    argument.names?.contains { common.contains($0.name) } == true
  }

  private func section(
    _ command: Command, _ path: [String], level: String, isDefault: Bool
  ) -> String {
    let path = path + [command.commandName]
    var text = "\n\(level) \(path.joined(separator: " "))\(isDefault ? " (default)" : "")\n\n"
    text += Self.wrapped(command.abstract ?? "")
    if let aliases = command.aliases, !aliases.isEmpty {
      text += "\nAlias: \(aliases.map { "`\($0)`" }.joined(separator: ", ")).\n"
    }
    var examples = ""
    for paragraph in (command.discussion ?? "").components(separatedBy: "\n\n") {
      if paragraph.hasPrefix("Example: ") {
        examples += "\n```sh parsed\n\(paragraph.dropFirst("Example: ".count))\n```\n"
      } else if paragraph.contains("\n") {
        text += "\n" + paragraph.split(separator: "\n").map { "- \($0)\n" }.joined()
      } else if !paragraph.isEmpty {
        text += "\n" + Self.wrapped(paragraph)
      }
    }
    let arguments = (command.arguments ?? []).filter { $0.shouldDisplay && !Self.isCommon($0) }
    if !arguments.isEmpty {
      text += "\n| argument or option | meaning |\n|---|---|\n" + arguments.map(\.row).joined()
    }
    text += examples
    for subcommand in command.subcommands ?? [] where subcommand.shouldDisplay {
      text += section(
        subcommand, path, level: level + "#",
        isDefault: subcommand.commandName == command.defaultSubcommand)
    }
    return text
  }

  /// Lines of at most 115 characters.
  private static func wrapped(_ paragraph: String) -> String {
    var lines = [""]
    for word in paragraph.replacing("<", with: "\\<").split(separator: " ") {
      let line = lines[lines.count - 1]
      if line.isEmpty {
        lines[lines.count - 1] = String(word)
      } else if line.count + 1 + word.count <= 115 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.map { $0 + "\n" }.joined()
  }
}
