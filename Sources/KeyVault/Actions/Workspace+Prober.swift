extension Workspace {
  /// One that asks while a person waits for it: once again where an answer says nothing.
  func prober(_ onWait: @escaping @Sendable (Wait) -> Void) throws(Failure) -> Prober {
    var options = Prober.Options()
    options.patience = Patience(retries: 1)
    options.onWait = onWait
    return try prober(options)
  }

  /// `policy` is where keys may travel; nil for the user's own.
  func prober(
    _ options: Prober.Options, policy: OriginPolicy? = nil
  ) throws(Failure) -> Prober {
    let policy = if let policy { policy } else { try self.policy() }
    return Prober(
      client: try host.client(), catalogue: repository.catalogue, policy: policy, options: options)
  }
}
