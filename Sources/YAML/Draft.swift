/// A value that is about to be written: scalars, and lists and mappings on one line.
indirect enum Draft {
  case scalar(Scalar)
  case sequence([Draft])
  case mapping([(key: String, value: Draft)])

  /// A value below keys that do not exist yet.
  init(_ value: Draft, below keys: some BidirectionalCollection<String>) {
    self = keys.reversed().reduce(value) { .mapping([($1, $0)]) }
  }

  var node: Node {
    switch self {
    case .scalar(let scalar): Node(scalar.node)
    case .sequence(let items): Node(.sequence(items.map(\.node)))
    case .mapping(let pairs):
      Node(.mapping(pairs.map { Node.Pair(key: $0.key, keyPlace: .start, value: $0.value.node) }))
    }
  }

  func text(style: Scalar.Style = .plain, isInFlow: Bool) -> String {
    switch self {
    case .scalar(let scalar): scalar.text(style: style, isInFlow: isInFlow)
    case .sequence(let items):
      "[" + items.map { $0.text(isInFlow: true) }.joined(separator: ", ") + "]"
    case .mapping(let pairs):
      "{"
        + pairs.map { Draft.text(of: $0.key, $0.value, isInFlow: true) }
        .joined(separator: ", ") + "}"
    }
  }

  /// `key: value`.
  static func text(of key: String, _ value: Draft, isInFlow: Bool) -> String {
    Scalar.string(key).text(isInFlow: isInFlow) + ": " + value.text(isInFlow: isInFlow)
  }
}
