/// What a provider can do: the closed list of the schema.
public enum Capability: String, Sendable, Codable, CaseIterable {
  case textGeneration = "text-generation"
  case vision
  case embeddings
  case rerank
  case moderation
  case imageGeneration = "image-generation"
  case videoGeneration = "video-generation"
  case speechToText = "speech-to-text"
  case textToSpeech = "text-to-speech"
  case search
  case agents
  case ocr
  case modelHosting = "model-hosting"
}

extension Provider {
  public func has(_ capability: Capability) -> Bool { capabilities.contains(capability.rawValue) }
}

extension Catalogue {
  /// Every provider that has the capability and whose file is valid, by id.
  public func providers(with capability: Capability) -> [Provider] {
    all().providers.filter { $0.has(capability) }
  }
}
