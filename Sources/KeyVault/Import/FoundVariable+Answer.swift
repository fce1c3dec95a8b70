extension FoundVariable {
  /// How a person says whose key it is, in words where its name is not shown.
  func answer(_ provider: String) -> String {
    hasShownName
      ? Shell("--as \(name)=\(provider)").description
      : "say so with --as and its name, which is not shown here, because it could be a secret"
  }
}
