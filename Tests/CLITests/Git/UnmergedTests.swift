import Foundation
import TestSupport
import Testing

/// What other commands say while a merge is not finished.
@Suite(.fewAtATime) struct UnmergedTests {
  private static func rotate(_ number: Int) -> String {
    #"printf %s\#(number) "$OPENAI" | keyvault rotate production/openai --no-test --quiet"#
  }

  private func world(_ change: String = "true") throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      # git takes a ciphertext for text or for binary, by its first bytes.
      echo '*.gpg binary' > .gitattributes
      git add -A; git commit -qm start
      git checkout -q -b theirs
      \(Self.rotate(1)); \(change.replacing("SIDE", with: "theirs")); git commit -qam theirs
      git checkout -q main
      \(Self.rotate(2)); \(change.replacing("SIDE", with: "ours")); git commit -qam ours
      ! git merge -q theirs > /dev/null 2>&1
      """)
    return world
  }

  @Test func `each command names the merge, and what ends it`() throws {
    let world = try world()
    let validate = try world.run("keyvault validate")
    #expect(validate.status == 1)
    #expect(validate.output.contains("error[merge-conflict]: the file has git's conflict markers"))
    #expect(validate.output.contains("hint: run 'keyvault resolve production/openai'"))
    #expect(!validate.output.contains("syntax"), "\(validate)")
    let get = try world.run("keyvault get production/openai | tail -c 3")
    #expect(get.output == "12\n" && get.errors.contains("a merge is in progress"), "\(get)")
    #expect(get.errors.contains("run 'keyvault resolve production/openai'"), "\(get)")
    #expect(try world.run("keyvault get production/anthropic").errors == "")
    let status = try world.run("keyvault status")
    #expect(status.output.contains("conflict markers"), "\(status)")
    let show = try world.run("keyvault show production/openai")
    #expect(show.errors.contains("conflict markers"), "\(show)")
    let render = try world.run("keyvault render production --reveal")
    #expect(render.status == 65 && render.errors.contains("conflict markers"), "\(render)")
    // And nothing of it stays.
    try world.output("keyvault resolve --ours --no-test; git commit -qm merged")
    #expect(try world.run("keyvault get production/openai > /dev/null").errors == "")
    #expect(try world.run("keyvault validate --quiet").output == "")
  }

  @Test func `a ciphertext in conflict has no markers, and is reported all the same`() throws {
    let world = try world()
    // The person resolved the text and forgot the key.
    let sidecar = "vault/production/openai.yaml"
    try world.output("git checkout -q --ours \(sidecar); git add \(sidecar)")
    let validate = try world.run("keyvault validate")
    #expect(validate.status == 1)
    #expect(
      validate.output.contains("vault/production/openai.gpg:1:1: error[merge-conflict]: a merge"),
      "\(validate)")
    #expect(try world.run("keyvault get production/openai > /dev/null").errors.contains("merge"))
  }

  @Test func `a ciphertext that git merged as text is called that`() throws {
    let world = try world()
    // As git does it where neither side has a NUL.
    let validate = try world.run(
      """
      key=vault/production/openai.gpg
      (echo '<<<<<<< HEAD'; git show :2:$key; echo; echo =======; git show :3:$key; echo
        echo '>>>>>>> theirs') > $key
      keyvault validate
      """)
    #expect(
      validate.output.contains("vault/production/openai.gpg:1:1: error[merge-conflict]: the file"),
      "\(validate)")
    #expect(!validate.output.contains("openpgp") && !validate.output.contains("digest"))
    let get = try world.run("keyvault get production/openai")
    #expect(get.status == 65 && get.errors.contains("conflict markers"), "\(get)")
    #expect(get.errors.contains("run 'keyvault resolve production/openai'"), "\(get)")
    try world.output("keyvault resolve --ours --no-test; git commit -qm merged")
    #expect(try world.run("keyvault get production/openai | tail -c 3").output == "12\n")
  }

  @Test(arguments: ["vault/.gpg-id", "keyvault.yaml"])
  func `markers in a file that every command needs are one finding, with its line`(
    _ file: String
  ) throws {
    let world = try world("echo '# SIDE' >> \(file)")
    for command in ["validate", "add live/openai --no-test"] {
      let result = try world.run(#"printf %s5 "$OPENAI" | keyvault \#(command)"#)
      let told = result.output + result.errors
      #expect(result.status != 0 && told.contains("git's conflict markers"), "\(result)")
      #expect(told.contains("then 'git add \(file)'"), "\(result)")
      #expect(told.components(separatedBy: "\(file):").count == 2, "\(result)")
    }
  }
}
