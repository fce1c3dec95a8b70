public import GPG

/// The full fingerprint of an OpenPGP key: 40 hexadecimal digits.
public enum FullFingerprint {
  /// The digits, in capitals, of a fingerprint as a person copies it: with spaces, in any case; nil for any other text.
  public static func digits(in text: String) -> String? {
    let digits = text.replacing(" ", with: "").uppercased()
    return digits.count == 40 && Key.isFingerprint(digits) ? digits : nil
  }

  /// As ``digits(in:)``. Throws a usage failure for any other text; `hint` says where fingerprints are shown.
  public static func parse(
    _ text: String, hint: String = "'keyvault recipients' shows those of the vault"
  ) throws(Failure) -> String {
    if let digits = digits(in: text) { return digits }
    throw Failure(
      .usage, "'\(text.printable(limit: 80))' is not a full fingerprint of 40 digits",
      hints: [hint])
  }
}

extension PublicKeyFile {
  /// From a keyring. Throws if it does not have the key.
  public init(exporting fingerprint: String, from gpg: GPG) throws(Failure) {
    do throws(GPGError) {
      self.init(fingerprint: fingerprint, armored: try gpg.exportPublicKey(fingerprint))
    } catch {
      throw Failure(.notFound, error.message, hints: error.hint.map { [$0] } ?? [])
    }
  }
}
