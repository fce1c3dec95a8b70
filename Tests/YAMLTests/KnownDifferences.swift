/// Where libyaml 0.2.5, which was written for YAML 1.1, and YAML 1.2 part. Cases by the suite's
/// names, each under its reason. There is no third list: what both read, both read alike.
struct KnownDifference {
  let reason: String
  let cases: [String]

  init(_ reason: String, _ cases: String...) {
    (self.reason, self.cases) = (reason, cases)
  }

  /// Read, though YAML 1.2 calls it an error.
  static let readsInvalid = [
    KnownDifference(
      "asks for no white space before a comment behind a quoted scalar or a bracket",
      "9JBA", "CVW2", "SU5Z"),
    KnownDifference("asks for none behind a block scalar's indicator", "X4QW"),
    KnownDifference("asks for none behind a directive", "MUS6/00"),
    KnownDifference(
      "asks for no indentation of the later lines of a quoted scalar or a flow collection",
      "9C9N", "DK95/01", "QB6E", "Y79Y/003"),
    KnownDifference("takes a lone dash in a flow sequence for a scalar", "G5U8", "YJV2"),
    KnownDifference(
      "lets the blank lines that begin a block scalar be indented deeper than its text", "S98Z"),
  ]

  /// Refused, though YAML 1.2 reads it.
  static let refusesValid = [
    KnownDifference(
      "wants a key before the ':' of a block mapping or a single pair",
      "2JQS", "CFD4", "NHX8", "NKF9", "S3PD", "SM9W/01", "UKK6/00"),
    KnownDifference(
      "refuses an unknown directive, for which YAML 1.2 wants a warning",
      "2LFX", "6LVF", "MUS6/05", "MUS6/06"),
    KnownDifference("refuses a version of YAML that is later than 1.2", "BEC7"),
    KnownDifference(
      "refuses a ':' that touches a comma, a bracket or a plain scalar inside a flow collection",
      "4ABK", "58MP", "5T43", "DBG4", "FRK4", "HM87/00"),
    KnownDifference(
      "wants a flow mapping's key and its ':' on one line",
      "4MUZ/00", "4MUZ/01", "4MUZ/02", "5MUD", "9SA2", "K3WX", "NJ66", "UT92", "VJP3/01"),
    KnownDifference(
      "would take '?' in a flow collection for the indicator of a key even where no space follows, "
        + "and so read another key; we refuse it", "652Z", "HM87/01"),
    KnownDifference(
      "refuses a tab as separation between tokens or before them",
      "6BCT", "6CA3", "A2M4", "DK95/00", "DK95/03", "DK95/04", "Q5MG", "Y79Y/010"),
    KnownDifference(
      "refuses a block scalar whose text begins with a tab",
      "96NN/00", "96NN/01", "R4YG", "Y79Y/001"),
    KnownDifference(
      "wants '---' before a document that follows '...', and a value before '...'",
      "7Z25", "HWV9", "M7A3", "QT73"),
    KnownDifference("wants a block scalar at the root to be indented", "DK3J", "FP8R"),
    KnownDifference("takes a '%' that begins a line of text for a directive", "W4TN"),
    KnownDifference("knows only ASCII letters, digits, '-' and '_' in an anchor", "8XYN", "W5VH"),
  ]
}

extension [KnownDifference] {
  func holds(_ name: String) -> Bool { contains { $0.cases.contains(name) } }
}
