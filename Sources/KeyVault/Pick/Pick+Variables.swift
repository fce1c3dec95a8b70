internal import HTTP

extension Pick.Choice {
  /// The credential by names that suit any provider: `AI_PROVIDER`, `AI_API_KEY` and, where the key may
  /// travel there, `AI_BASE_URL`: the gateway's address, else the provider's own.
  public func variables(
    in environment: String, of repository: Repository, policy: OriginPolicy
  ) -> [Rendering.Variable] {
    let origin = entry.path
    let planner = ProbePlanner(
      catalogue: repository.catalogue, policy: policy, allowsCost: false)
    let base = try? planner.url(
      of: "/", for: opened.payload, of: provider,
      gateway: repository.environment(environment).gateway)
    return [
      Rendering.Variable(name: "AI_API_KEY", value: .key(opened), origin: origin),
      base.map {
        Rendering.Variable(name: "AI_BASE_URL", value: .text($0.withoutFinalSlash), origin: origin)
      },
      Rendering.Variable(name: "AI_PROVIDER", value: .text(provider.id), origin: origin),
    ].compactMap(\.self)
  }
}
