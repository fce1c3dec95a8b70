import Foundation
import TestSupport
import Testing

/// Questions on a terminal of a shell with job control: Ctrl-Z, and the end of the input.
@Suite(.fewAtATime, .needsPython) struct StoppedPromptTests {
  private func play(_ script: String) throws -> String {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    let result = try Terminal.run(script, in: world)
    #expect(result.status == 0, "\(result)")
    return result.output
  }

  private static let key =
    "sk-proj-" + String(repeating: "Qx7Lm2Zp9Rk4Tv8Wn3Yb6Hc1Jd5Fg0", count: 2)

  /// A shell whose prompt shows that it waits.
  private static let shell = """
    spawn("bash", "--norc", "--noprofile", "-i")
    type("PS1='re''ady> '\\n")
    read_until("ready> ")

    """

  @Test(arguments: ["\\x1a", "STOP", "TTIN", "TSTP"])
  func `a key that is typed after a stop is not shown, and the question is asked again`(
    stop: String
  )
    throws
  {
    // A stop that no process can catch leaves the terminal to the shell: silent again is what counts.
    let halt =
      stop.hasPrefix("\\")
      ? "type('\(stop)')" : "os.system('pkill -\(stop) -P ' + str(child) + ' keyvault')"
    let output = try play(
      Self.shell + """
        type("keyvault add staging/openai --no-test\\n")
        read_until("(hidden): ")
        type("sk-proj-half")
        time.sleep(0.3)
        \(halt)
        read_until("ready> ")
        type("stty -a | grep -o -- ' -*echo '\\n")
        shown = read_until("ready> ")
        print(" -echo" in shown)
        type("fg\\n")
        read_until("(hidden): ")
        time.sleep(0.3)
        type("\(Self.key)\\n")
        text = read_until("ready> ")
        print("Lm2Zp9" in text, "added staging/openai" in text)
        type("keyvault get staging/openai | wc -c; stty -a | grep -o -- ' -*echo '\\n")
        text = read_until("ready> ")
        print("\(Self.key.count + 1)" in text, " -echo" in text)
        """)
    let lines = output.split(separator: "\n").map(String.init)
    #expect(Array(lines.dropFirst()) == ["False True", "True False"], "\(stop): \(output)")
    // Caught, the terminal is given back first.
    if stop != "STOP" { #expect(lines.first == "False") }
  }

  @Test func `a key is not shown after the job went on in the background first`() throws {
    let output = try play(
      Self.shell + """
        type("keyvault add staging/openai --no-test\\n")
        read_until("(hidden): ")
        type("\\x1a")
        read_until("ready> ")
        type("bg\\n")
        read_until("ready> ")
        time.sleep(0.5)
        type("fg\\n")
        read_until("(hidden): ")
        time.sleep(0.3)
        type("\(Self.key)\\n")
        text = read_until("ready> ")
        print("Lm2Zp9" in text, "added staging/openai" in text)
        """)
    #expect(output == "False True\n")
  }

  @Test func `a question that is stopped is asked again`() throws {
    let output = try play(
      Self.shell + """
        type("keyvault rm production/openai\\n")
        read_until("[y/N] ")
        type("\\x1a")
        read_until("ready> ")
        type("fg\\n")
        read_until("[y/N] ")
        type("y\\n")
        print("removed production/openai" in read_until("ready> "))
        """)
    #expect(output == "True\n")
  }

  @Test(arguments: [
    ("keyvault add", "[production] "), ("keyvault add staging/openai --no-test", "(hidden): "),
    ("keyvault rm production/openai", "[y/N] "), ("keyvault accept production/openai", "[y/N] "),
    ("keyvault cp production/openai prodution/", "[y/N] "),
  ])
  func `the end of the input answers no question`(command: String, question: String) throws {
    let output = try play(
      """
      os.system("keyvault get production/openai > /dev/null")
      spawn("sh", "-c", "\(command)")
      read_until("\(question)")
      type("\\x04")
      text, status = wait()
      print("without an answer" in text, status)
      print(os.path.exists("vault/production/openai.gpg"), os.path.exists("vault/prodution"))
      """)
    #expect(output == "True 64\nTrue False\n")
  }
}
