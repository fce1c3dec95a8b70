internal import Foundation
internal import ProviderStub

/// `provider-stub --answers DIR [--keys FILE.json] [--port N] [--delay MS]`: serves until SIGTERM or
/// SIGINT. The first line of its output says where.
let usage = "usage: provider-stub --answers DIR [--keys FILE.json] [--port N] [--delay MS]"

func fail(_ message: String, status: Int32) -> Never {
  FileHandle.standardError.write(Data("provider-stub: error: \(message)\n".utf8))
  exit(status)
}

var options: [String: String] = [:]
var words = CommandLine.arguments.dropFirst()
while let name = words.popFirst() {
  guard ["--answers", "--keys", "--port", "--delay"].contains(name), let value = words.popFirst()
  else { fail(usage, status: 64) }
  options[name] = value
}
guard let answers = options["--answers"], let port = UInt16(options["--port"] ?? "0"),
  let delay = Int(options["--delay"] ?? "0"), delay >= 0
else { fail(usage, status: 64) }

var keys: [String: [String: String]] = [:]
if let file = options["--keys"] {
  do {
    let data = try Data(contentsOf: URL(fileURLWithPath: file))
    keys = try JSONDecoder().decode([String: [String: String]].self, from: data)
  } catch {
    fail("cannot read the keys in '\(file)'", status: 65)
  }
}

// Blocked before any thread is made, so that only sigwait() below sees them.
var signals = sigset_t()
sigemptyset(&signals)
sigaddset(&signals, SIGTERM)
sigaddset(&signals, SIGINT)
pthread_sigmask(SIG_BLOCK, &signals, nil)

do {
  let server = try StubServer(
    answers: URL(fileURLWithPath: answers), keys: keys, port: port, delay: .milliseconds(delay))
  FileHandle.standardOutput.write(Data("listening on http://127.0.0.1:\(server.port)\n".utf8))
  var signal: Int32 = 0
  sigwait(&signals, &signal)
  server.stop()
} catch {
  fail("cannot listen on port \(port): \(String(cString: strerror(error.errno)))", status: 69)
}
