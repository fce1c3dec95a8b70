import KeyVault

/// Says on standard error, terminal or not, why a command is silent for a while.
enum WaitNotes {
  /// `advice` is what a person can do who does not want to wait.
  static func notes(
    isQuiet: Bool, advice: String? = nil
  ) -> @Sendable (Wait) -> Void {
    { wait in
      guard wait.isLong, !isQuiet else { return }
      Console.note("\(wait.entry): \(wait.text)" + (advice.map { " (\($0))" } ?? ""))
    }
  }
}
