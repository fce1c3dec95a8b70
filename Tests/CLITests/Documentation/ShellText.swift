/// A shell script as words, so far as documentation needs it: no here-documents, no backquotes.
struct ShellText {
  /// Each simple command, those within `$(…)` too; without redirections.
  private(set) var commands: [[String]] = []
  private let text: [Character]
  private var position = 0
  private var command: [String] = []
  private var word: String?
  private var isTarget = false

  init(_ text: String) {
    self.text = Array(text)
    read(until: nil)
  }

  /// The lines, those that a backslash joins together, without empty ones and comments alone.
  static func lines(of text: String) -> [String] {
    text.replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
      .filter { !$0.drop { $0 == " " }.hasPrefix("#") }
  }

  private mutating func endWord() {
    if let word, !isTarget { command.append(word) }
    if word != nil { isTarget = false }
    word = nil
  }

  private mutating func endCommand() {
    endWord()
    isTarget = false
    if !command.isEmpty { commands.append(command) }
    command = []
  }

  private mutating func append(_ character: Character) { word = (word ?? "") + String(character) }

  private mutating func read(until end: Character?) {
    while position < text.count {
      let character = text[position]
      position += 1
      if character == end { break }
      switch character {
      case " ", "\t": endWord()
      case "\n", ";", "|", "&", "(", ")": endCommand()
      case "#" where word == nil:
        while position < text.count, text[position] != "\n" { position += 1 }
      case "<", ">":
        // The number of a descriptor is not a word.
        if let number = word, number.allSatisfy(\.isNumber) { word = nil }
        endWord()
        isTarget = true
        while position < text.count, "<>&".contains(text[position]) { position += 1 }
      case "\\" where position < text.count:
        if text[position] != "\n" { append(text[position]) }
        position += 1
      case "'":
        word = word ?? ""
        while position < text.count, text[position] != "'" { take() }
        position += 1
      case "\"": readQuoted()
      case "$" where position < text.count && text[position] == "(": readSubstitution()
      default: append(character)
      }
    }
    endCommand()
  }

  private mutating func take() {
    append(text[position])
    position += 1
  }

  private mutating func readQuoted() {
    word = word ?? ""
    while position < text.count, text[position] != "\"" {
      if text[position] == "\\", position + 1 < text.count {
        position += 1
        take()
      } else if text[position] == "$", position + 1 < text.count, text[position + 1] == "(" {
        position += 1
        readSubstitution()
      } else {
        take()
      }
    }
    position += 1
  }

  /// At its parenthesis.
  private mutating func readSubstitution() {
    position += 1
    let outer = (command, word, isTarget)
    (command, word, isTarget) = ([], nil, false)
    read(until: ")")
    (command, word, isTarget) = outer
    word = (word ?? "") + "$()"
  }
}
