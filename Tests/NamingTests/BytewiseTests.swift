import Testing

@testable import Naming

/// What every target declares for itself, tried where it is written.
struct BytewiseTests {
  private static let marks = ["", "\u{301}", "\u{200D}", "\u{FE0F}", "\u{20DD}", "\u{1F3FD}"]

  @Test(arguments: Twins.all) func `strings are compared by their bytes`(one: String, other: String)
  {
    #expect(!(one == other) && one != other)
    #expect(!(one[...] == other[...]) && one[...] != other && one == one[...])
    let (a, b): (String?, String?) = (one, other)
    #expect(!(a == b) && a != b && !(a == other) && a != other && a == one && a != nil)
    #expect(!([one] == [other]) && [one] != [other] && ["x", one] == ["x", one])
    #expect(![one].contains(other) && [one].firstIndex(of: other) == nil)
    #expect(![one[...]].contains(other[...]))
    #expect(!"\(one)x".hasPrefix(other) && !"x\(one)".hasSuffix(other))
    switch one {
    case other: Issue.record("a pattern matches its twin")
    default: break
    }
    switch one[...] {
    case other: Issue.record("a pattern matches its twin")
    default: break
    }
  }

  @Test(arguments: marks) func `a mark hides no character that it follows`(mark: String) {
    let text = "a'\(mark)b/\(mark)c=\(mark)"
    #expect(text.split(separator: "/") == ["a'\(mark)b"[...], "\(mark)c=\(mark)"[...]])
    #expect(text.contains("'") && text.contains("/") && text.firstIndex(of: "=") != nil)
    #expect(text.lastIndex(of: "/").map { text[..<$0] } == "a'\(mark)b"[...])
    #expect(text.replacing("'", with: "''") == "a''\(mark)b/\(mark)c=\(mark)")
    #expect(text.hasPrefix("a'") && text.dropFirst(2).hasPrefix(mark))
    #expect(text.prefix { $0 != "/" } == "a'\(mark)b"[...])
    #expect("::\(mark)".hasPrefix("::") && "\(mark)\n".hasSuffix("\n"))
    #expect(text.firstRange(of: "b/").map { text[$0] } == "b/"[...])
  }

  @Test func `lengths count scalars`() {
    let text = "e" + String(repeating: "\u{301}", count: 20_000)
    #expect(text.count == 20_001 && text.prefix(128).count == 128)
    #expect(text.dropFirst(20_000).count == 1 && text.dropLast(20_000) == "e"[...])
    #expect(text.suffix(1) == "\u{301}"[...] && text.first == "e" && text.last == "\u{301}")
    #expect("\r\n".count == 2 && "👩‍👩‍👧".count == 5)
  }

  @Test func `split keeps to its limits`() {
    let text = "a,,b,c"
    #expect(text.split(separator: ",") == ["a"[...], "b"[...], "c"[...]])
    #expect(
      text.split(separator: ",", omittingEmptySubsequences: false)
        == ["a"[...], ""[...], "b"[...], "c"[...]])
    #expect(text.split(separator: ",", maxSplits: 1) == ["a"[...], ",b,c"[...]])
    #expect("".split(separator: ",") == [] && ",".split(separator: ",") == [])
    #expect("".split(separator: ",", omittingEmptySubsequences: false) == [""[...]])
    #expect("abc".split(separator: "") == ["abc"[...]] && "aXXbX".split(separator: "XX").count == 2)
  }

  @Test func `an occurrence may overlap what was tried before`() {
    #expect("aab".contains("ab") && "aaab".firstRange(of: "aab") != nil && !"aa".contains("ab"))
    #expect("ababa".lastIndex(of: "aba")?.utf16Offset(in: "ababa") == 2)
    #expect("".contains("") && !"".contains("x") && "x".lastIndex(of: "y") == nil)
  }
}
