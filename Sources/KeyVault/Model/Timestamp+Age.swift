extension Timestamp {
  /// `just now`, `5 min ago`, `3 h ago`, `2 days ago`.
  func age(at now: Timestamp) -> String {
    let seconds = now.seconds - self.seconds
    return switch seconds {
    case ..<60: "just now"
    case ..<3_600: "\(seconds / 60) min ago"
    case ..<86_400: "\(seconds / 3_600) h ago"
    default: (seconds < 172_800 ? "1 day" : "\(seconds / 86_400) days") + " ago"
    }
  }
}
