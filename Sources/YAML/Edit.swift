/// Edits that leave every other byte as it was: comments, order, quotes, blank lines, line ends,
/// indentation. The edited file is read again, and an edit that did not do exactly what was asked
/// is not made.
extension Document {
  /// Replaces the value of a key, or adds the key after the last one of its mapping; mappings on
  /// the way are made where they are missing or null.
  ///
  /// A string keeps the quotes that the old value had, where it can.
  public mutating func set(_ path: [String], to value: Scalar) throws(EditError) {
    try set(path, to: .scalar(value))
  }

  /// Sets a key to a mapping on one line: `{to: ABC, since: 2026-11-20}`.
  public mutating func set(
    _ path: [String], toMapping pairs: [(key: String, value: Scalar)]
  ) throws(EditError) {
    try set(path, to: .mapping(pairs.map { ($0.key, .scalar($0.value)) }))
  }

  /// Sets a key to a list on one line: `[a, b]`.
  public mutating func set(_ path: [String], toSequence items: [String]) throws(EditError) {
    try set(path, to: .sequence(items.map { .scalar(.string($0)) }))
  }

  /// Removes a key with its value and the comment behind it. Comment lines above it stay.
  ///
  /// A mapping that loses its only key becomes `{}`.
  public mutating func remove(_ path: [String]) throws(EditError) {
    let target = try target(path)
    guard target.missing.isEmpty, let step = target.steps.last else {
      throw EditError(reason: .noSuchKey, path: path, place: target.node.place)
    }
    let writer = Writer(bytes: bytes)
    let parent = target.steps.dropLast().last?.pair
    let plans =
      if step.mapping.isFlowMapping {
        [writer.removingFlow(step)]
      } else if step.pairs.count == 1 {
        [writer.emptying(step.mapping, of: parent)]
      } else {
        writer.removingBlock(step.pair)
      }
    try apply(plans, at: target, path, expecting: root.removing(path[...]))
  }

  private mutating func set(_ path: [String], to draft: Draft) throws(EditError) {
    let target = try target(path)
    if target.missing.isEmpty, target.node.says(draft.node) { return }
    let plan = Writer(bytes: bytes).setting(target, to: draft)
    try apply([plan], at: target, path, expecting: root.setting(path[...], to: draft.node))
  }

  /// Follows a path as far as it exists.
  private func target(_ path: [String]) throws(EditError) -> Target {
    guard !path.isEmpty else { throw EditError(reason: .emptyPath, path: [], place: .start) }
    let extent: Extent?
    do throws(YAMLError) {
      extent = try Extent.root(of: bytes)
    } catch {
      throw EditError(reason: .refused(error.reason), path: path, place: error.place)
    }
    var target = Target(node: root, extent: extent, steps: [], missing: path[...])
    while let key = target.missing.first {
      guard let pairs = target.node.mapping, let mapping = target.extent,
        let extents = mapping.pairs
      else { break }
      guard let index = pairs.firstIndex(where: { $0.key == key }) else { return target }
      target.steps.append(Target.Step(mapping: mapping, pairs: extents, index: index))
      target.node = pairs[index].value
      target.extent = extents[index].value
      target.missing.removeFirst()
    }
    guard target.missing.isEmpty || target.node.isNull else {
      let found = Array(path.dropLast(target.missing.count))
      throw EditError(reason: .notMapping, path: found, place: target.node.place)
    }
    return target
  }

  /// Takes the first plan that leads to exactly the expected tree.
  private mutating func apply(
    _ plans: [[Splice]], at target: Target, _ path: [String], expecting expected: Node
  ) throws(EditError) {
    var reason = EditError.Reason.unsupported
    for plan in plans where !plan.isEmpty {
      do throws(YAMLError) {
        let document = try Document(parsing: bytes.applying(plan))
        if document.root.says(expected) {
          self = document
          return
        }
      } catch {
        reason = .refused(error.reason)
      }
    }
    throw EditError(reason: reason, path: path, place: target.node.place)
  }
}

extension Node {
  fileprivate var isNull: Bool {
    if case .null = value { true } else { false }
  }
}

/// Where an edit takes place: the last value on a path that exists.
struct Target {
  struct Step {
    var mapping: Extent
    var pairs: [Extent.Pair]
    var index: Int

    var pair: Extent.Pair { pairs[index] }
  }

  var node: Node
  /// Nil where the file holds no document.
  var extent: Extent?
  /// The mappings on the way, each with the pair that was taken.
  var steps: [Step]
  /// The keys of the path that do not exist yet.
  var missing: ArraySlice<String>
}

/// Bytes to put in the place of others.
struct Splice {
  var range: Range<Int>
  var text: [UInt8] = []

  static func inserting(_ text: [UInt8], at offset: Int) -> Splice {
    Splice(range: offset..<offset, text: text)
  }
}

extension [UInt8] {
  fileprivate func applying(_ splices: [Splice]) -> [UInt8] {
    // From the end, so that offsets stay true; what is removed at a place before what is put there.
    let order = splices.sorted {
      ($0.range.lowerBound, $0.range.upperBound) > ($1.range.lowerBound, $1.range.upperBound)
    }
    var edited = self
    for splice in order { edited.replaceSubrange(splice.range, with: splice.text) }
    return edited
  }
}
