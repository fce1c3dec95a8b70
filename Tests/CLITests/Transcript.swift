import Foundation

/// A session with the command line, as a person would see it, replayed exactly.
///
/// Free text comes first. Then commands, each with what it must print:
///
///     $ keyvault get production/opnai
///     2> keyvault: error: no entry 'production/opnai' in the vault
///     ? 66
///
/// A command goes on in lines that start with `> `. Lines of standard output are unchanged, those
/// of standard error after `2> `, and a status other than 0 after `? `. `<*>` stands for
/// anything within a line; `$PWD`, `$HOME`, `$BIN`, `$STUB` and `$FPR` for what ``World`` calls so.
///
/// Sections at the end name files that are there before: `-- path --`; the section `-- setup --` is
/// a script that is run first, mostly `cp -a $EMPTY/. .` or `cp -a $FILLED/. .` (``Templates``).
struct Transcript: Sendable {
  struct Step: Sendable {
    var command: String
    var output: [String] = []
    var errors: [String] = []
    var status: Int32 = 0
  }

  var preamble: [String] = []
  var steps: [Step] = []
  var files: [(path: String, text: String)] = []

  init(_ text: String) {
    var section: String?
    let text = text.hasSuffix("\n") ? text.dropLast() : text[...]
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
      if line.hasPrefix("-- "), line.hasSuffix(" --") {
        section = String(line.dropFirst(3).dropLast(3))
        files.append((section!, ""))
      } else if section != nil {
        files[files.count - 1].text += line + "\n"
      } else if line.hasPrefix("$ ") {
        steps.append(Step(command: String(line.dropFirst(2))))
      } else if line.hasPrefix("> "), let last = steps.indices.last {
        steps[last].command += "\n" + line.dropFirst(2)
      } else if steps.isEmpty {
        preamble.append(line)
      } else if line.hasPrefix("2> ") || line == "2>" {
        steps[steps.count - 1].errors.append(String(line.dropFirst(3)))
      } else if line.hasPrefix("? ") {
        steps[steps.count - 1].status = Int32(line.dropFirst(2)) ?? -1
      } else {
        steps[steps.count - 1].output.append(line)
      }
    }
    // A blank line before the next command is for the reader.
    for index in steps.indices where steps[index].output.last == "" {
      steps[index].output.removeLast()
    }
  }

  /// The transcript with what really happened, for `RECORD=1`.
  func recorded(_ steps: [Step]) -> String {
    var lines = preamble
    for step in steps {
      lines.append("$ " + step.command.replacing("\n", with: "\n> "))
      lines += step.output
      lines += step.errors.map { $0.isEmpty ? "2>" : "2> " + $0 }
      if step.status != 0 { lines.append("? \(step.status)") }
      lines.append("")
    }
    for file in files {
      lines.append("-- \(file.path) --")
      lines.append(String(file.text.dropLast()))
    }
    while lines.last == "" { lines.removeLast() }
    return lines.joined(separator: "\n") + "\n"
  }

  /// Whether a line is what was expected; `<*>` stands for anything.
  static func matches(_ line: String, _ expected: String) -> Bool {
    let parts = expected.components(separatedBy: "<*>")
    guard parts.count > 1 else { return line == expected }
    guard line.hasPrefix(parts[0]) else { return false }
    var rest = line.dropFirst(parts[0].count)
    for part in parts[1..<(parts.count - 1)] {
      guard let range = rest.range(of: part) else { return false }
      rest = rest[range.upperBound...]
    }
    return rest.hasSuffix(parts[parts.count - 1])
  }
}
