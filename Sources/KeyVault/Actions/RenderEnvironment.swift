/// Opens environments as the variables that programs read.
public struct RenderEnvironment: Sendable {
  public let environments: [String]
  public var choice = VariableChoice.all
  /// Whether what is opened may be kept, encrypted, for the next time; the repository's policy can forbid it.
  public var keepsCache = false

  public init(_ environments: [String]) { self.environments = environments }

  /// The variables by name, each once. Warns of what should be looked at, and of each base URL that is left out. Throws
  /// if a required key is missing, two entries want one variable, or an entry cannot be opened.
  public func run(in workspace: Workspace) async throws(Failure) -> [Rendering.Variable] {
    try await variables(by: rendering(in: workspace), in: workspace) { _ in }
  }

  func rendering(in workspace: Workspace) throws(Failure) -> Rendering {
    Rendering(
      repository: workspace.repository, policy: try workspace.policy(),
      cache: try cache(in: workspace))
  }

  /// `look` gets the entries that were opened.
  func variables(
    by rendering: Rendering, in workspace: Workspace, look: ([OpenedEntry]) -> Void
  ) async throws(Failure) -> [Rendering.Variable] {
    try await rendering.variables(
      of: environments, choosing: choice, gpg: workspace.gpg(),
      look: { opened in
        workspace.tell(opened.map { ($0.name.path, $0.doubts) })
        for objection in rendering.distrusted(opened) {
          workspace.tell(Notice(.distrusted, of: objection))
        }
        look(opened)
      },
      warn: { workspace.tell(Notice(.withheldAddress, of: $0)) })
  }

  private func cache(in workspace: Workspace) throws(Failure) -> WarmCache? {
    guard keepsCache, workspace.repository.configuration.policy.allowsCache else { return nil }
    return WarmCache(program: try workspace.host.program(nil)) { trouble in
      switch trouble {
      case .foreign(let file):
        workspace.tell(
          Notice(
            .foreignCache, .warning,
            "'\(file)' was not written by this machine for this folder, and was ignored"))
      case .unkept(let failure):
        workspace.tell(Notice(.uncached, .detail, "no cache is kept: \(failure.message)"))
      }
    }
  }
}

extension Notice.Code {
  /// A provider's definition by the repository does not count.
  static let distrusted = Notice.Code(rawValue: "distrusted")
  /// A base URL is left out, because a key may not travel there.
  static let withheldAddress = Notice.Code(rawValue: "withheld-address")
  /// A file of the cache was not written by this machine.
  static let foreignCache = Notice.Code(rawValue: "foreign-cache")
  /// What was opened is not kept for the next time.
  static let uncached = Notice.Code(rawValue: "uncached")
}
