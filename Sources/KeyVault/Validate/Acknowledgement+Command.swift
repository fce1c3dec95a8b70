extension Acknowledgement {
  /// The command that accepts it for 90 days.
  static func command(for entry: EntryName, from now: Timestamp) -> Shell {
    Shell("keyvault set \(entry) \(field)=\(now.adding(days: 90).day)")
  }
}
