import Foundation
import TestSupport
import Testing

/// Whether every program that a test starts has the clock of the tests, which `make faketime` sets ahead.
@Suite(.fewAtATime) struct ClockTests {
  @Test func `the clock of the tests is as far ahead as it should be`() throws {
    let boot = try #require(
      String(contentsOfFile: "/proc/stat", encoding: .utf8).split(separator: "\n")
        .first { $0.hasPrefix("btime ") }.flatMap { Int($0.dropFirst("btime ".count)) })
    var since = timespec()
    clock_gettime(CLOCK_BOOTTIME, &since)
    let ahead = ProcessInfo.processInfo.environment["CLOCK_AHEAD"].flatMap(Int.init) ?? 0
    #expect(abs(time(nil) - boot - since.tv_sec - ahead) < 3600)
  }

  @Test(arguments: ["", "env -i ", "env -i bash -c '\"$@\"; true' - ", "timeout 9 env -i nice "])
  func `programs have it, whatever their environment`(_ start: String) throws {
    let world = try World()
    let today = time(nil)
    let result = try world.run(
      """
      date +%s
      \(start)date +%s
      touch file && \(start)stat -c %Y file
      \(start)find file -printf '%T@\\n' | cut -d. -f1
      \(start)python3 -c 'import os, time; print(int(time.time())); print(int(os.stat("file").st_mtime))'
      cp -p file copy && touch -r file other && \(start)stat -c '%Y' copy other
      git init -q . && git add file && git commit -qm one && \(start)git log -1 --format=%ct
      """)
    let times = result.output.split(separator: "\n").compactMap { Int($0) }
    #expect(times.count == 9 && times.allSatisfy { abs($0 - today) < 90 }, "\(today): \(result)")
  }

  @Test(arguments: ["", "env -i HOME=\"$HOME\" PATH=\"$PATH\" GNUPGHOME=\"$GNUPGHOME\" "])
  func `keyvault and gpg have it, where no test sets another`(_ start: String) throws {
    let world = try World.withKeys()
    let yesterday = time(nil) - 86400
    let result = try world.run(
      """
      unset SOURCE_DATE_EPOCH
      printf %s "$OPENAI" | \(start)keyvault add staging/openai --no-test --quiet
      date -d "$(sed -n 's/^created: //p' vault/staging/openai.yaml)" +%s
      \(start)gpg --batch --quiet --passphrase '' --quick-generate-key New ed25519 cert never
      \(start)gpg --list-keys --with-colons New | awk -F: '$1 == "pub" { print $6 }'
      """)
    let times = result.output.split(separator: "\n").compactMap { Int($0) }
    #expect(times.count == 2 && times.allSatisfy { $0 >= yesterday }, "\(yesterday): \(result)")
  }
}
