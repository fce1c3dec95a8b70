import Testing

@testable import KeyVault

/// The last look at what goes to a stream.
struct StreamTextTests {
  @Test(arguments: [
    ("::error::x", "\\u{3a}:error::x"), ("a\n  ::add-mask::y\n", "a\n  \\u{3a}:add-mask::y\n"),
    ("\t\u{a0}::set-output name=a::b", "\t\u{a0}\\u{3a}:set-output name=a::b"),
    ("\u{3000}::x", "\u{3000}\\u{3a}:x"), ("a\r::x", "a\\u{d}::x"),
    ("##[group]x", "\\u{23}#[group]x"),
    ("see ##vso[task.setvariable]x", "see \\u{23}#vso[task.setvariable]x"),
    ("a\u{1b}[31mb", "a\\u{1b}[31mb"), ("a\u{9b}31mb", "a\\u{9b}31mb"), ("a\u{85}b", "a\\u{85}b"),
    ("\u{202e}x", "\\u{202e}x"), ("x\u{2028}::y", "x\\u{2028}::y"), ("\u{61c}", "\\u{61c}"),
    ("\u{2067}", "\\u{2067}"), ("\u{feff}::x", "\\u{feff}::x"), ("\u{e0041}", "\\u{e0041}"),
    ("\0", "\\u{0}"), ("\u{7f}", "\\u{7f}"),
    // A runner passes over invisible characters, before the colons and between them.
    ("\u{200b}::error::x", "\\u{200b}::error::x"), ("\u{ad}::x", "\\u{ad}::x"),
    ("\u{2060} ::x", "\\u{2060} ::x"), ("\u{3164}::x", "\\u{3164}::x"),
    ("\u{115f}::x", "\\u{115f}::x"), ("\u{34f}::x", "\\u{34f}::x"),
    ("\u{200d}::x", "\u{200d}\\u{3a}:x"), ("\u{fe0f}\u{301}::x", "\u{fe0f}\u{301}\\u{3a}:x"),
    (":\u{200c}:x", "\\u{3a}\u{200c}:x"), (" \u{200c}:\u{fe0e}:x", " \u{200c}\\u{3a}\u{fe0e}:x"),
    ("#\u{200d}#[group]", "\\u{23}\u{200d}#[group]"),
    ("a ##vso\u{fe0f}[x]", "a \\u{23}#vso\u{fe0f}[x]"),
    ("\u{e000}::x", "\u{e000}\\u{3a}:x"),
  ])
  func `what steers a terminal or a runner is escaped`(text: String, safe: String) {
    #expect(text.safeForStream() == safe)
    // What is safe stays unchanged.
    #expect(safe.safeForStream() == safe)
    #expect(("line\n" + text).safeForStream() == "line\n" + safe)
  }

  @Test(arguments: [
    "", "\n", "a::b\n", "vault/::x.yaml:1:1: error\n", "{\n  \"a\": \"b\"\n}\n", "| a | b |\n",
    "# a\n## b\n",
    "a · b → c … “d” – é 東京 😀\n", "\tx", "a b\n", "####\n", ": :\n", "#[x]", "\u{3000}x",
    "👩‍💻 a", "\u{200d}x", "é: x", "# #[x]", "نامه‌ها",
  ])
  func `other text is left alone`(text: String) { #expect(text.safeForStream() == text) }

  @Test func `colours and commands of our own pass where they are asked for`() {
    let coloured = "\u{1b}[31merror\u{1b}[0m\n"
    #expect(coloured.safeForStream(hasColours: true) == coloured)
    #expect(coloured.safeForStream() == "\\u{1b}[31merror\\u{1b}[0m\n")
    for other in ["\u{1b}]0;x\u{7}", "\u{1b}[2J", "\u{1b}[31;1H", "\u{1b}[31", "\u{1b}"] {
      #expect(!other.safeForStream(hasColours: true).contains("\u{1b}"), "\(other)")
    }
    let command = "::error file=a::b\n"
    #expect(command.safeForStream(hasCommands: true) == command)
    #expect("::error::\u{202e}".safeForStream(hasCommands: true) == "::error::\\u{202e}")
  }

  @Test func `a failure and a finding are one line, whatever name is in them`() {
    let name = "x\n::error::y\u{1b}"
    let failure = Failure(.usage, "no '\(name)'", hints: ["see \(name)"])
    #expect(failure.message == "no 'x\\u{a}::error::y\\u{1b}'")
    #expect(failure.hints == ["see x\\u{a}::error::y\\u{1b}"])
    let finding = Finding(.unreadable, in: name, "cannot read '\(name)'", hint: name)
    #expect(finding.file == name)
    for text in [finding.message, finding.hint ?? "", finding.text] {
      #expect(!text.contains("\u{1b}") && text.contains("\\u{a}::error"), "\(text)")
    }
  }

  @Test func `limits count scalars, of which a character may have thousands`() {
    let stack = "a" + String(repeating: "\u{301}", count: 20_000)
    #expect(Array(stack).count == 1)
    #expect(stack.printable(limit: 128).unicodeScalars.count == 128)
    #expect("abc".printable(limit: 3) == "abc" && "abcd".printable(limit: 3) == "ab…")
    #expect("a\u{1b}b".printable(limit: 4) == "a\\u…")
  }
}
