internal import Glibc

/// A folder of this machine in which a ``ScratchFolder`` can be made, such that other users can neither
/// enter, rename nor replace it.
public final class ScratchPlace: Sendable {
  let descriptor: Int32
  /// Absolute and without links, since programs such as gpg take paths.
  public let path: String

  private init?(_ path: String, flags: Int32 = 0) {
    guard path.utf8.first == UInt8(ascii: "/") else { return nil }
    let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | flags)
    guard descriptor >= 0 else { return nil }
    self.descriptor = descriptor
    self.path = FileStatus.path(of: descriptor) ?? path
  }

  deinit { close(descriptor) }

  /// `$XDG_RUNTIME_DIR`, if it is what its specification says: a folder of this user, mode 0700. nil for
  /// anything else, such as a link.
  public static func runtime(_ path: String?) -> ScratchPlace? {
    guard let path, let place = ScratchPlace(path, flags: O_NOFOLLOW),
      let status = FileStatus(place.descriptor), status.isOurs, status.mode == 0o700,
      place.hasSafeAncestors
    else { return nil }
    return place
  }

  /// A folder for all users, such as `/dev/shm`; nil if users can rename each other's files there.
  public static func shared(_ path: String) -> ScratchPlace? {
    guard let place = ScratchPlace(path), let status = FileStatus(place.descriptor),
      !status.isReplaceable
    else { return nil }
    return place
  }

  /// `$TMPDIR`; nil if users can rename each other's files there, or replace it as a whole.
  public static func temporary(_ path: String?) -> ScratchPlace? {
    guard let path, let place = ScratchPlace(path), let status = FileStatus(place.descriptor),
      status.isOursOrRoots, !status.isReplaceable, place.hasSafeAncestors
    else { return nil }
    return place
  }

  /// Best first: in memory, and then, if `allowsDisk`, elsewhere.
  public static func all(
    runtimeDirectory: String?, temporaryDirectory: String? = nil, allowsDisk: Bool
  ) -> [ScratchPlace] {
    let inMemory = [runtime(runtimeDirectory), shared("/dev/shm")]
    let others = allowsDisk ? [temporary(temporaryDirectory), shared("/tmp")] : []
    return (inMemory + others).compactMap(\.self)
  }

  private var hasSafeAncestors: Bool {
    FileStatus.ancestors(of: descriptor)?.allSatisfy { $0.isOursOrRoots && !$0.isReplaceable }
      ?? false
  }

}
