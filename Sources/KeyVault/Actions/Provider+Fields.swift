extension Provider {
  /// Throws unless `value` may be given, in plain sight, for a field of the credential.
  public func check(field name: String, value: String) throws(Failure) {
    guard let field = fields.first(where: { $0.name == name }) else {
      let known = fields.map(\.name)
      throw Failure(
        .usage, "\(self.name) has no field '\(name.printable(limit: 80))'",
        hints: known.isEmpty ? [] : ["it has \(known.joined(separator: ", "))"])
    }
    if field.isSecret {
      throw Failure(
        .usage, "'\(name)' is secret, and every process can read an argument",
        hints: ["it cannot be set this way"])
    }
    guard !value.isEmpty, !value.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
      throw Failure(.usage, "the value of '\(name)' is empty or has a control character")
    }
  }
}
