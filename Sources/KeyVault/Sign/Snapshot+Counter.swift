extension Snapshot {
  /// The highest number under which the lists were signed in this commit or before, 0 if they were not.
  func lastCounter() throws(Failure) -> Int {
    try lastNumber(at: SignedRecipients.path) { SignedRecipients(parsing: $0)?.content.counter }
  }
}
