extension Vault.Entry {
  /// The provider that the entry's name says. Throws where its sidecar names another one and no payload
  /// confirms that: otherwise the sidecar's author would choose to whom a key is sent. `command`
  /// takes `--provider`.
  public func providerByName(or command: String) throws(Failure) -> String {
    guard let said = sidecar?.provider, said != name.name else { return name.name }
    let shown = said.printable(limit: 80)
    throw Failure(
      .usage, "only \(name.sidecarPath) says that '\(name)' is a key of '\(shown)'",
      hints: ["if it is: keyvault \(command) \(name) --provider \(shown)"])
  }
}
