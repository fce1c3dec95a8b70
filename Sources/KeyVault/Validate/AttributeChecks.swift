/// Whether `.gitattributes` has all that this version's `git install` writes, where an earlier one wrote it.
///
/// By the file alone: whether the driver is installed in this clone, which only git can say, is `doctor`'s.
struct AttributeChecks {
  let root: String

  func findings() -> [Finding] {
    do throws(Failure) {
      let missing = try GitAttributes(root: root).missing(needed: false)
      guard !missing.isEmpty else { return [] }
      return [
        Finding(
          .attributesMissing, .warning, in: GitAttributes.fileName,
          GitAttributes.sentence(missing), hint: "add what is missing: keyvault git install")
      ]
    } catch {
      return [
        Finding(
          .attributesMissing, .warning, in: GitAttributes.fileName, error.message,
          hint: error.hints.first)
      ]
    }
  }
}
