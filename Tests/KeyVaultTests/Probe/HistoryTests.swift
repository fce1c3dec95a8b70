import Foundation
import Naming
import TestSupport
import Testing

@testable import KeyVault

/// Local state, which anybody may have written who can commit.
@Suite(.oneAtATime)
struct HistoryTests {
  private let home = Scratch()

  private func history(_ world: World) throws -> History {
    History(try LocalState(of: world.repository, stateHome: home.path("state")))
  }

  private func result(
    _ entry: String, _ verdict: Verdict, digest: String? = "sha256:1", at: Timestamp = World.now
  ) -> TestResult {
    var result = TestResult(entry: entry, provider: "openai", verdict: verdict, checked: at)
    result.digest = digest
    return result
  }

  private static let file = ".keyvault/history.jsonl"

  @Test func `what was appended is read, oldest first`() throws {
    let world = try World()
    let history = try history(world)
    #expect(history.past(now: World.now).records.isEmpty)
    try history.append([result("a/openai", .valid), result("a/none", .untested, digest: nil)])
    try history.append([result("a/openai", .noCredit), result("a/\"\u{2028}é", .locked)])
    let records = history.past(now: World.now).records
    #expect(records.map(\.entry) == ["a/openai", "a/openai", "a/\"\u{2028}é"])
    #expect(records.map(\.verdict) == [.valid, .noCredit, .locked])
    #expect(
      history.past(now: World.now).records.last { $0.entry == "a/openai" }?.verdict == .noCredit)
    // Another process of this machine reads the same.
    #expect(try self.history(world).past(now: World.now).records == records)
  }

  @Test func `modes keep others out, and the key stays outside the repository`() throws {
    let world = try World()
    try history(world).append([result("a/openai", .valid)])
    for path in [home.path("state/key"), world.scratch.path(Self.file)] {
      let attributes = try FileManager.default.attributesOfItem(atPath: path)
      #expect(attributes[.posixPermissions] as? Int == 0o600, "\(path)")
    }
    #expect(try home.bytes("state/key").count == 32)
  }

  @Test func `a line that was edited, invented or moved is left out`() throws {
    let world = try World()
    let history = try history(world)
    try history.append([result("a/openai", .invalid)])
    let line = try world.scratch.text(Self.file)
    let mac = line.dropFirst(8).prefix(64)
    let forged = [
      line.replacing("\"invalid\"", with: "\"valid\""),
      line.replacing(mac, with: String(repeating: "0", count: 64)),
      line.replacing("a/openai", with: "b/openai"), line.replacing("}}", with: "} }"),
      line.replacing("{\"mac\"", with: "{ \"mac\""), "{}\n", "\n", "\0\n", "{\"mac\":\"\(mac)\"}\n",
      "{\"mac\":\"\(mac)\",\"record\":}\n", String(line.dropLast(10)) + "\n",
    ]
    for line in forged {
      try world.write(line, to: Self.file)
      #expect(history.past(now: World.now).records.isEmpty, "\(line)")
    }
    try world.write(forged.joined() + line + forged.joined(), to: Self.file)
    #expect(history.past(now: World.now).records.map(\.verdict) == [.invalid])
  }

  @Test func `lines of others are counted`() throws {
    let world = try World()
    let history = try history(world)
    try history.append([result("a/openai", .valid)])
    #expect(history.past(now: World.now).foreign == 0)
    let line = try world.scratch.text(Self.file)
    try world.write("{}\n" + line + line.replacing("valid", with: "none"), to: Self.file)
    #expect(history.past(now: World.now).foreign == 2)
    #expect(history.past(now: World.now).records.count == 1)
  }

  @Test func `a state home that cannot be used keeps nothing, and says why`() throws {
    let world = try World()
    try home.write("", to: "file")
    let state = try LocalState(of: world.repository, stateHome: home.path("file/keyvault"))
    #expect(state.problem?.message.contains(home.path("file")) == true)
    let history = History(state)
    #expect(failure { try history.append([result("a/openai", .valid)]) }?.kind == .cannotWrite)
    #expect(history.past(now: World.now).records.isEmpty)
    #expect(!FileManager.default.fileExists(atPath: world.scratch.path(".keyvault")))
  }

  @Test func `a history that grew large becomes the old one, which is still read`() throws {
    let world = try World()
    let history = try history(world)
    try history.append([result("a/openai", .invalid)])
    let line = try world.scratch.bytes(Self.file)
    try world.scratch.write(
      line + [UInt8](repeating: 0x0a, count: 10 << 20 - line.count), to: Self.file)
    try history.append([result("a/openai", .valid)])
    #expect(try world.scratch.names(in: ".keyvault") == ["history.jsonl"])
    try history.append([result("a/openai", .noCredit)])
    #expect(try world.scratch.names(in: ".keyvault") == ["history.jsonl", "history.jsonl.1"])
    let verdicts = history.past(now: World.now).records.map(\.verdict)
    #expect(verdicts == [.invalid, .valid, .noCredit])
  }

  @Test func `a torn last line is survived`() throws {
    let world = try World()
    let history = try history(world)
    try history.append([result("a/openai", .valid), result("b/openai", .valid)])
    let text = try world.scratch.text(Self.file)
    try world.write(String(text.dropLast(20)), to: Self.file)
    #expect(history.past(now: World.now).records.map(\.entry) == ["a/openai"])
    try history.append([result("c/openai", .valid)])
    #expect(history.past(now: World.now).records.map(\.entry) == ["a/openai", "c/openai"])
  }

  @Test func `a record of the future is left out`() throws {
    let world = try World()
    let history = try history(world)
    let future = Timestamp(seconds: World.now.seconds + 1)
    try history.append([result("a/openai", .invalid), result("a/openai", .valid, at: future)])
    #expect(history.past(now: World.now).records.map(\.verdict) == [.invalid])
    #expect(history.past(now: future).records.map(\.verdict) == [.invalid, .valid])
  }

  @Test func `the state of another repository or another machine does not count`() throws {
    let world = try World()
    try history(world).append([result("a/openai", .valid)])
    let other = try World()
    try other.write(world.scratch.text(Self.file), to: Self.file)
    #expect(try history(other).past(now: World.now).records.isEmpty)

    let elsewhere = try LocalState(of: world.repository, stateHome: home.path("other-state"))
    #expect(History(elsewhere).past(now: World.now).records.isEmpty)
    #expect(try history(world).past(now: World.now).records.count == 1)
  }

  @Test func `a record of one purpose is none of another`() throws {
    let world = try World()
    let state = try LocalState(of: world.repository, stateHome: home.path("state"))
    try state.append([Array("{}".utf8)], to: LocalState.Log(name: "x", purpose: "a"))
    #expect(state.records(of: LocalState.Log(name: "x", purpose: "a")).ours.count == 1)
    #expect(state.records(of: LocalState.Log(name: "x", purpose: "b")).ours.isEmpty)
  }

  @Test func `a link in the place of the state is refused`() throws {
    let world = try World()
    try world.write("", to: "elsewhere/x")
    try world.scratch.link(".keyvault", to: "elsewhere")
    let refusal = try #require(failure { _ = try history(world) })
    #expect(refusal.kind == .malformed)
    #expect(refusal.message == "'.keyvault' is not a folder, so nothing in it is read")
  }

  @Test func `a link in the place of the history is not followed`() throws {
    let world = try World()
    let history = try history(world)
    try history.append([result("a/openai", .valid)])
    try world.scratch.move(Self.file, to: "real.jsonl")
    try world.scratch.link(Self.file, to: "../real.jsonl")
    #expect(history.past(now: World.now).records.isEmpty)
    #expect(failure { try history.append([result("a/openai", .valid)]) } != nil)
  }

  @Test(.enabled(if: geteuid() == 0, "only root can give a folder away"))
  func `another user's state is refused`() throws {
    let world = try World()
    try world.write("", to: ".keyvault/history.jsonl")
    #expect(chown(world.scratch.path(".keyvault"), 12_345, 12_345) == 0)
    #expect(
      failure { _ = try history(world) }?.message
        == "'.keyvault' belongs to another user, so nothing in it is read")
  }

  @Test func `state that git tracks is refused`() throws {
    let world = try World()
    try history(world).append([result("a/openai", .valid)])
    let folder = world.scratch.folder
    _ = try run(["/usr/bin/git", "init", "-q", folder])
    #expect(try history(world).past(now: World.now).records.count == 1)
    _ = try run(["/usr/bin/git", "-C", folder, "add", "-f", ".keyvault"])
    let refusal = try #require(failure { _ = try history(world) })
    #expect(refusal.message == "'.keyvault' is tracked by git, so nothing in it is read")
    #expect(try world.findings().map(\.code).contains("state-committed"))
  }
}
