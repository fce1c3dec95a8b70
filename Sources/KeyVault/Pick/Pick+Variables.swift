extension Pick.Choice {
  /// The credential by names that suit any provider: `AI_PROVIDER`, `AI_API_KEY` and `AI_BASE_URL`.
  public var genericVariables: [Rendering.Variable] {
    let origin = entry.path
    return [
      Rendering.Variable(name: "AI_API_KEY", value: .key(opened), origin: origin),
      Rendering.Variable(name: "AI_BASE_URL", value: .text(baseURL), origin: origin),
      Rendering.Variable(name: "AI_PROVIDER", value: .text(provider.id), origin: origin),
    ]
  }
}
