import Foundation
import ProviderStub
import Testing

/// A world of which every process is watched while keyvault runs, and every file is searched afterwards.
///
/// The keys are in `$GIVEN`, which is not searched, and are in no variable. What the system is
/// asked for is taken from strace and not sampled: arguments, variables and writes of each process
/// are complete, however short it lives and whatever becomes of the file.
final class CanaryWorld {
  /// Who may have a key, beside `$GIVEN`.
  struct Exception: OptionSet, Sendable {
    let rawValue: Int
    /// Standard output: the command is there to print it.
    static let output = Exception(rawValue: 1)
    /// The program that `exec` starts, and what that starts; and its files in memory.
    static let child = Exception(rawValue: 2)
    /// Standard error of that program.
    static let errors = Exception(rawValue: 4)
    /// keyvault's own variables, which it must read.
    static let variable = Exception(rawValue: 8)
    /// The file `plain`, in which a person left one.
    static let plain = Exception(rawValue: 16)
  }

  let world: World
  /// Answers with the key that it was sent.
  let echo: StubServer
  private let answers: URL

  init() throws {
    world = try World()
    answers = URL(fileURLWithPath: "/tmp/kva-\(UUID().uuidString.prefix(8))")
    try Self.write(answers)
    echo = try StubServer(answers: answers)
    try world.output(
      """
      \(Self.start)
      cp -a "\(Self.filled.path)/." .
      cat >> keyvault.yaml <<END
      environments:
        batch: {gateway: "$ECHO/{provider}@valid"}
        refused: {gateway: "$ECHO/{provider}@invalid"}
        odd: {gateway: "$ECHO/{provider}@odd"}
      END
      cat > "$GIVEN/forms" <<'END'
      \(Canary.forms.sorted().joined(separator: "\n"))
      END
      mkdir -m 700 "$LOCKED" "$TMPDIR" out
      gpgconf --launch gpg-agent
      GNUPGHOME="$LOCKED" gpgconf --launch gpg-agent
      """.replacing("$ECHO", with: "http://127.0.0.1:\(echo.port)"))
  }

  deinit {
    echo.stop()
    _ = try? world.run("\(Self.names); GNUPGHOME=$LOCKED gpgconf --kill gpg-agent")
    try? FileManager.default.removeItem(at: answers)
  }

  /// Where things are; keys are in files only.
  private static let names = """
    export GIVEN="$HOME/given" LOCKED="$HOME/locked" TMPDIR="$HOME/tmp" XDG_STATE_HOME="$HOME/state"
    unset OPENAI ANTHROPIC
    """

  /// The keys as files, before they are unset.
  private static let start = """
    mkdir -m 700 "$HOME/given"
    printf %s "$OPENAI" > "$HOME/given/openai"
    printf %s "$ANTHROPIC" > "$HOME/given/anthropic"
    printf %s '\(Canary.other)' > "$HOME/given/other"
    printf %s '\(Canary.wide)' > "$HOME/given/wide"
    \(names)
    """

  /// Runs a script; nothing is watched.
  @discardableResult func output(_ script: String) throws -> String {
    try world.output("\(prelude)\n\(script)")
  }

  func run(_ script: String) throws -> (output: String, errors: String, status: Int32) {
    try world.run("\(prelude)\n\(script)")
  }

  private var prelude: String {
    """
    \(Self.names)
    export ECHO=http://127.0.0.1:\(echo.port)
    export KEYVAULT_ALLOW_HOSTS="$STUB $ECHO"
    """
  }

  /// Calls that start a program, write, or give a name.
  private static let calls =
    "execve,execveat,write,pwrite64,writev,pwritev,openat,linkat,renameat,renameat2,symlinkat,mkdirat"
    // Which not every architecture has.
    + ",?open,?creat,?link,?rename,?symlink,?mkdir"

  /// What was seen of a script.
  struct Sight {
    var output: String
    var errors: String
    /// Where a key was, in words; empty if all is well.
    var leaks: [String]
    /// How each keyvault ended.
    var statuses: [Int32]
  }

  /// Runs a script, and looks for keys in all that it did and left.
  func watch(_ script: String, except exceptions: Exception = []) throws -> Sight {
    try script.write(
      to: world.root.appending(path: "given/script"), atomically: true, encoding: .utf8)
    // -D: the agents that are left outlive the script, and strace goes on with them.
    let result = try run(
      """
      strace -D -f -y -v -s 65536 --seccomp-bpf -e trace=\(Self.calls) -o "$GIVEN/trace" \
        bash "$GIVEN/script"
      """)
    var leaks = try traced(exceptions) + (try left(exceptions))
    for (stream, text, exception) in [
      ("output", result.output, Exception.output), ("error", result.errors, .errors),
    ] where !exceptions.contains(exception) {
      let found = Canary.leaks(in: text)
      if let first = found.first {
        leaks.append("standard \(stream): \(first), \(found.count) forms")
      }
    }
    let ends = try output(
      #"""
      awk '/execve\("[^"]*\/keyvault"/ { own[$1] = 1 }
        /\+\+\+ exited with/ && own[$1] { print $5; delete own[$1] }' "$GIVEN/trace"
      """#)
    return Sight(
      output: result.output, errors: result.errors, leaks: leaks,
      statuses: ends.split(separator: "\n").compactMap { Int32($0) })
  }

  /// Files, and names of files, below all folders that keyvault or its programs write to.
  func left(_ exceptions: Exception = []) throws -> [String] {
    try output(
      """
      # What other worlds have in memory is theirs.
      places="$HOME $XDG_RUNTIME_DIR $(find /dev/shm -mindepth 1 -maxdepth 1 ! -name 'kvc-*')"
      grep -rlaF -f "$GIVEN/forms" --exclude-dir=given --exclude-dir=out \
        \(exceptions.contains(.plain) ? "--exclude=plain" : "") $places 2> /dev/null || true
      find $places -path "$GIVEN" -prune -o -print 2> /dev/null | grep -aF -f "$GIVEN/forms" || true
      """
    ).split(separator: "\n").map { "left: \($0)" }
  }

  private func traced(_ exceptions: Exception) throws -> [String] {
    let lines = try output(#"grep -aF -f "$GIVEN/forms" "$GIVEN/trace" || true"#)
    return lines.split(separator: "\n").compactMap { line in
      CanaryCall(line).flatMap { $0.leak(except: exceptions, in: world) }
    }
  }

  /// The trace is unusable if it is incomplete.
  func programs() throws -> Set<String> {
    let lines = try output(#"grep -ao 'execve("[^"]*"' "$GIVEN/trace" || true"#)
    return Set(
      lines.split(separator: "\n").compactMap { $0.split(separator: "/").last?.dropLast() }.map(
        String.init))
  }

  /// Three entries, of which one has a key that URLs and JSON write otherwise, committed.
  private static let filled: URL = {
    let world = try! World()
    let folder = URL(fileURLWithPath: "/tmp/kvcanary-\(UUID().uuidString.prefix(8))")
    atexit { try? FileManager.default.removeItem(at: CanaryWorld.filled) }
    try! world.output(
      """
      cp -a "$FILLED/." .
      printf %s '\(Canary.wide)' | keyvault add production/azure_openai --quiet --no-test \
        --owner alice@example.com --field resource=acme
      rm -r .keyvault
      git init -q; git add -A; git commit -q -m start
      cp -a . \(folder.path)
      """)
    return folder
  }()

  /// Answers that hold the key in all forms, where a provider's message, a fact or an unknown text is
  /// expected.
  private static func write(_ folder: URL) throws {
    let keys = [
      ("openai", Templates.openAI), ("anthropic", Templates.anthropic),
      ("azure_openai", Canary.wide),
      ("mistral", Canary.other),
    ]
    for (provider, key) in keys {
      let place = folder.appending(path: provider)
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      let all =
        ([key, Data(key.utf8).base64EncodedString()] + Canary.urlForms(of: key)
        + Canary.jsonForms(of: key))
        .joined(separator: " ")
      var headers = ["content-type": "application/json"]
      for name in [
        "x-request-id", "request-id", "apim-request-id", "x-ms-region", "openai-organization",
      ] {
        headers[name] = key
      }
      let answers: [String: [String: Any]] = [
        "valid": [
          "status": 200,
          "body": [
            "object": "list", "data": [["id": all, "type": "model"]], "first_id": key,
            "has_more": false,
          ],
        ],
        "invalid": [
          "status": 401,
          "body": [
            "type": "error",
            "error": [
              "code": "invalid_api_key", "type": "authentication_error",
              "message": "invalid x-api-key \(all)",
            ],
          ],
        ],
        "odd": ["status": 418, "text": all],
        "broken": ["status": 500, "text": "{\"error\": \"\(key)"],
      ]
      for (name, answer) in answers {
        try JSONSerialization.data(withJSONObject: answer.merging(["headers": headers]) { $1 })
          .write(to: place.appending(path: name + ".json"))
      }
    }
  }
}

/// A line of strace that holds a key.
struct CanaryCall {
  let name: Substring
  let arguments: Substring

  /// nil for what is not a call.
  init?(_ line: Substring) {
    let text = line.drop { $0.isNumber }.drop { $0 == " " }
    guard let parenthesis = text.firstIndex(of: "(") else { return nil }
    name = text[..<parenthesis]
    arguments = text[text.index(after: parenthesis)...]
  }

  /// What is wrong with it, in words.
  func leak(except exceptions: CanaryWorld.Exception, in world: World) -> String? {
    if name.hasPrefix("exec") { return leakOfProgram(except: exceptions) }
    guard ["write", "pwrite64", "writev", "pwritev"].contains(name) else {
      return "a name: \(name)(\(arguments.prefix(300))"
    }
    guard let start = arguments.firstIndex(of: "<"), let end = arguments.firstIndex(of: ">") else {
      return "a write to nowhere: \(arguments.prefix(300))"
    }
    let path = arguments[arguments.index(after: start)..<end]
    // Pipes and sockets are how a key goes to gpg and to its provider.
    guard path.hasPrefix("/") else { return nil }
    let (home, repository) = (world.root.path, world.folder.path)
    // kvo: what the tests themselves read of a command.
    var allowed = ["/tmp/kvo-", "/dev/null", "/dev/full", "\(home)/given/", "\(repository)/out/"]
    if exceptions.contains(.child) { allowed += ["/memfd:", world.runtime.path + "/"] }
    if exceptions.contains(.plain) { allowed += ["\(repository)/plain"] }
    return allowed.contains(where: path.hasPrefix) ? nil : "a file: \(path)"
  }

  private func leakOfProgram(except exceptions: CanaryWorld.Exception) -> String? {
    let parts = arguments.split(separator: "\"", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count == 3, let path = parts[1].split(separator: "/").last else {
      return "a program: \(arguments.prefix(300))"
    }
    let halves = parts[2].split(separator: "], [", maxSplits: 1)
    if !Canary.leaks(in: halves.first ?? "").isEmpty {
      return "argument of \(path): \(parts[2].prefix(300))"
    }
    if path == "keyvault", exceptions.contains(.variable) { return nil }
    let isOurs = path.hasPrefix("gpg") || ["git", "keyvault"].contains(path)
    if exceptions.contains(.child), !isOurs { return nil }
    let variable = (halves.last ?? "").split(separator: "\", \"").first {
      !Canary.leaks(in: $0).isEmpty
    }
    return "variable of \(path): \(variable ?? "")"
  }
}
