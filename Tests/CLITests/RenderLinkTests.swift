import Foundation
import TestSupport
import Testing

/// `render -o` through links, which the repository may have.
@Suite(.fewAtATime) struct RenderLinkTests {
  private static let warning = "git does not ignore"

  private func world() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      git init -q
      mkdir public hidden
      printf 'hidden/\\nlink*\\n' >> .gitignore
      """)
    return world
  }

  @Test(arguments: [
    ("ln -s public link", "link/keys", "public/keys"),
    ("ln -s ../public hidden/link", "hidden/link/keys", "public/keys"),
    ("ln -s public link2; ln -s link2 link", "link/keys", "public/keys"),
    (#"mkdir ../out; ln -s "$PWD/public" ../out/link"#, "../out/link/keys", "public/keys"),
  ])
  func `what is written through the link of a folder is judged by where it is`(
    link: String, path: String, real: String
  ) throws {
    let world = try world()
    let result = try world.run("\(link); keyvault render production -o \(path)")
    #expect(result.status == 0 && result.errors.contains(Self.warning), "\(result)")
    #expect(try world.output("grep -c sk-proj- \(real)") == "1\n")
    // The other way round: a link in a place that is not ignored, to one that is.
    let safe = try world.run("ln -s hidden public/way; keyvault render production -o hidden/keys")
    #expect(safe.status == 0 && !safe.errors.contains(Self.warning), "\(safe)")
  }

  @Test(arguments: ["ln -s public/keys link", "echo old > public/keys; ln -s public/keys link"])
  func `a link in the place of the file is refused, and never followed`(link: String) throws {
    let world = try world()
    let result = try world.run("\(link); keyvault render production -o link; echo $?")
    #expect(result.output == "73\n", "\(result)")
    let state = try world.output("[ -L link ] && cat public/keys 2> /dev/null || true")
    #expect(state == (link.hasPrefix("echo") ? "old\n" : ""))
  }
}
