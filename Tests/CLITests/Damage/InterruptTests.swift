import Foundation
import ProviderStub
import TestSupport
import Testing

/// Ctrl-C during a run.
@Suite(.fewAtATime) struct InterruptTests {
  @Test func `Ctrl-C prints what is known and leaves nothing behind`() throws {
    let world = try World()
    let slow = try StubServer(answers: World.answers, delay: .seconds(30))
    defer { slow.stop() }
    try world.output(
      """
      cp -a "$FILLED/." .
      printf %s "$OPENAI" | keyvault add staging/openai --no-test --quiet --owner alice@example.com
      gpg --armor --export-secret-keys "$FPR" > ../secret.asc
      cat >> keyvault.yaml <<YAML
      environments:
        production: {gateway: "http://127.0.0.1:\(slow.port)/{provider}@valid"}
        staging: {gateway: "$STUB/{provider}@invalid"}
      YAML
      """)
    let output = world.root.appending(path: "output")
    try Data().write(to: output)
    let process = Process()
    process.executableURL = Built.toRelease.appending(path: "keyvault")
    process.arguments = ["test", "--format", "json"]
    process.currentDirectoryURL = world.folder
    process.environment = world.environment.merging(
      [
        "KEYVAULT_GPG_KEY_FILE": world.root.appending(path: "secret.asc").path,
        "KEYVAULT_ALLOW_HOSTS":
          "http://127.0.0.1:\(slow.port) http://127.0.0.1:\(world.stub.port)",
      ]) { $1 }
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = FileHandle.nullDevice
    try process.run()

    let clock = ContinuousClock()
    let start = clock.now
    // The fast one has its answer once the slow ones are asked and a moment has passed.
    while slow.requests.count < 2 || world.stub.requests.isEmpty,
      clock.now - start < .seconds(30)
    {
      Thread.sleep(forTimeInterval: 0.02)
    }
    Thread.sleep(forTimeInterval: 1)
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()

    #expect(process.terminationReason == .exit && process.terminationStatus == 130)
    #expect(clock.now - start < .seconds(29), "it waited for the slow answers")
    let report = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: output)) as? [String: Any])
    let results = try #require(report["results"] as? [[String: Any]])
    let verdicts = results.map { "\($0["entry"] ?? ""): \($0["verdict"] ?? "")" }
    #expect(report["complete"] as? Bool == false)
    #expect(
      verdicts.filter { !$0.hasSuffix("not_configured") } == [
        "production/anthropic: untested", "production/openai: untested", "staging/openai: invalid",
      ])
    let left = try FileManager.default.contentsOfDirectory(
      atPath: world.runtime.path)
    #expect(left.isEmpty, "a GPG home was left behind: \(left)")
  }
}
