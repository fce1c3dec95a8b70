import Foundation
import TestSupport
import Testing

/// `exec --mask` at a terminal, which Python plays.
@Suite(.fewAtATime, .needsPython) struct ExecTerminalTests {
  /// What the script printed.
  private func play(_ script: String) throws -> String {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    let result = try Terminal.run(script, in: world)
    #expect(result.status == 0, "\(result.errors)")
    return result.output
  }

  private static let masked = #""keyvault", "exec", "production", "--mask", "--""#

  @Test func `the command has a terminal, and what it prints is hidden`() throws {
    let output = try play(
      """
      spawn(\(Self.masked), "bash", "-c",
            "test -t 0 && test -t 1 && test -t 2 && tty; echo [$OPENAI_API_KEY]; "
            "printf %s $ANTHROPIC_API_KEY | base64 -w0; echo; exit 5")
      text, status = wait()
      lines = text.split("\\r\\n")
      print(lines[0].startswith("/dev/pts/"))
      print(lines[1:], status)
      """)
    #expect(output == "True\n['[***]', '***==', ''] 5\n")
  }

  @Test func `its terminal is as large as the real one, and follows it`() throws {
    let output = try play(
      """
      spawn(\(Self.masked), "bash", "-c",
            "trap 'stty size; exit' WINCH; stty size; while :; do sleep 0.1; done", rows=33, columns=101)
      print(read_until("33 101").strip())
      set_size(40, 132)
      print(read_until("40 132").strip(), wait()[1])
      """)
    #expect(output == "33 101\n40 132 0\n")
  }

  @Test func `keys that are typed reach the command, and Ctrl-C interrupts it`() throws {
    let output = try play(
      """
      spawn(\(Self.masked), "bash", "-c", '''
      read -p "name: " name
      echo hello $name
      trap "echo interrupted; exit 9" INT
      echo "wait: "
      while :; do sleep 0.1; done
      ''')
      read_until("name: ")
      before = termios.tcgetattr(master)[3] & termios.ICANON
      type("Alice\\r")
      print(read_until("wait: ").split("\\r\\n")[1])
      type("\\x03")
      print("interrupted" in wait()[0], before)
      """)
    #expect(output == "hello Alice\nTrue 0\n")
  }

  @Test func `a command that reads nothing is heard, however much is typed`() throws {
    let output = try play(
      """
      spawn(\(Self.masked), "bash", "-c", "stty -echo; echo rea''dy; sleep 2; echo he''ard; sleep 30")
      read_until("ready")
      os.set_blocking(master, False)
      end = time.time() + 1
      while time.time() < end:
          try: type("x\\n" * 1000)
          except BlockingIOError: time.sleep(0.02)
      print(read_until("heard")[-5:])
      os.kill(child, signal.SIGKILL)
      """)
    #expect(output == "heard\n")
  }

  @Test func `what is typed arrives whole, though the command is slow to read`() throws {
    let output = try play(
      """
      spawn(\(Self.masked), "bash", "-c", "stty raw -echo; echo rea''dy; sleep 1; head -c 300000 | cksum")
      read_until("ready")
      type("abcde" * 60000)
      text, status = wait()
      print(text.split()[:2], status)
      """)
    let sum = try shell(
      "printf 'abcde%.0s' $(seq 60000) | cksum", in: URL(fileURLWithPath: "/"), environment: [:])
    let words = sum.output.split(separator: " ").map { "'\($0.trimmingCharacters(in: .newlines))'" }
    #expect(output == "[\(words.joined(separator: ", "))] 0\n")
  }

  @Test func `a missing command is reported at a terminal too`() throws {
    let output = try play(
      """
      spawn(\(Self.masked), "nosuch")
      text, status = wait()
      print(text.split("\\r\\n")[0], status)
      """)
    #expect(output == "keyvault: error: no command 'nosuch' 127\n")
  }

  @Test(arguments: ["", "--mask"])
  func `the terminal that is named for GPG is not the command's`(_ option: String) throws {
    let output = try play(
      """
      for before in ["unset GPG_TTY", "export GPG_TTY=/dev/pts/old"]:
          spawn("bash", "-c", before + "; keyvault exec production \(option) -- "
                "sh -c 'echo ${GPG_TTY-none}'")
          print(wait()[0].strip())
      """)
    #expect(output == "none\n/dev/pts/old\n")
  }

  /// In a shell with job control, for exec as it is and with `--mask`.
  @Test(arguments: ["", "--mask", "--folder"]) func `Ctrl-Z stops it, and fg goes on`(
    _ option: String
  )
    throws
  {
    let output = try play(
      """
      open("../rc", "w").write("PS1=ready:\\n")
      spawn("bash", "--rcfile", "../rc", "-i")
      read_until("ready:")
      type("stty -a | grep -o -e '.icanon' > ../before; keyvault exec production \(option) -- "
           "python3 -c 'print(\\"a\\" + \\"b\\"); print(input() + \\"+\\")'; echo e$?nd\\r")
      read_until("ab")
      type("\\x1a")
      read_until("Stopped")
      read_until("ready:")
      type("stty -a | grep -o -e '.icanon' | cmp - ../before && echo sa''me\\r")
      read_until("same")
      read_until("ready:")
      type("fg; echo $? en''ded\\r")
      read_until("python3")
      time.sleep(0.3)
      type("typed\\r")
      read_until("typed+")
      print(read_until("ended").strip())
      type("exit\\r")
      wait()
      """)
    #expect(output == "0 ended\n")
  }

  @Test func `the terminal is as it was at the end, however the command ends`() throws {
    let output = try play(
      """
      def settings():
          return termios.tcgetattr(master)[:4]
      for command in ["exit 3", "kill -9 $$", "kill -TERM $PPID; sleep 9"]:
          spawn("bash", "-c", "stty -a > ../before; keyvault exec production --mask -- bash -c '%s'; "
                "echo s=$?; stty -a | cmp - ../before && echo same" % command)
          text, status = wait()
          print([line for line in text.split("\\r\\n") if line in ("same",) or line[:2] == "s="])
      """)
    #expect(
      output == "['s=3', 'same']\n['s=137', 'same']\n['s=143', 'same']\n")
  }

  @Test func `standard error stays apart, and an input that is not a terminal is the command's`()
    throws
  {
    let output = try play(
      """
      spawn("bash", "-c", "echo $OPENAI | keyvault exec production --mask -- "
            "bash -c 'test -t 1 && echo tty; cat; cat <<< $OPENAI >&2; test -t 2 || echo no tty' 2> ../errors")
      text, status = wait()
      print(text.split("\\r\\n"), status, open("../errors").read())
      """)
    #expect(output == "['tty', '***', 'no tty', ''] 0 ***\n\n")
  }
}
