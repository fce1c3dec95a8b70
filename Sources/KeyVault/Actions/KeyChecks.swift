/// What is asked of a new key before it is stored.
public struct KeyChecks: Sendable {
  /// Whether its provider is asked whether it works.
  public var asksProvider = true
  /// Whether the key is stored although a check objects. This consents to no host: a key that may not travel is stored
  /// without being sent.
  public var isForced = false
  /// Hears of each wait before a provider is asked again.
  public var onWait: @Sendable (Wait) -> Void = { _ in }

  public init() {}
}
