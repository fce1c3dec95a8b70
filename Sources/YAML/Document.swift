/// One YAML file: its bytes and the tree that they say.
///
/// YAML 1.2 with the core schema, less what a configuration file does better without: a document
/// is refused for duplicate keys, tags, anchors, aliases, a second document, keys that are lists
/// or mappings, nesting over ``depthLimit`` and size over ``sizeLimit``.
public struct Document: Sendable {
  /// Levels of lists and mappings.
  public static let depthLimit = 64
  /// Bytes of a file.
  public static let sizeLimit = 1 << 20

  /// The value of the document; null where it holds none.
  public private(set) var root: Node
  /// The file as it was read or edited, with its byte order mark if it has one.
  public private(set) var bytes: [UInt8]

  /// Reads a whole file.
  ///
  /// - Throws: the first thing that is wrong, with its place.
  public init(parsing bytes: [UInt8]) throws(YAMLError) {
    let text = try Text(checking: bytes)
    let readable = Text.terminated(bytes)
    let result = unsafe readable.withUnsafeBufferPointer { buffer -> Result<Node, YAMLError> in
      do throws(YAMLError) {
        var composer = try unsafe Composer(buffer, text)
        return .success(try composer.document())
      } catch {
        return .failure(error)
      }
    }
    self.root = try result.get()
    self.bytes = bytes
  }
}
