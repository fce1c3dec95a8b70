internal import Glibc

/// A file in memory, without a name: no folder need be there that this user can write.
public enum MemoryFile {
  /// An open, empty one, closed in programs that are started; -1, and the reason in `errno`, if there is
  /// none.
  public static func open() -> Int32 {
    // In every glibc since 2.27; its header hides it.
    typealias Function = @convention(c) (UnsafePointer<CChar>?, UInt32) -> Int32
    guard let symbol = dlsym(nil, "memfd_create") else {
      errno = ENOSYS
      return -1
    }
    let closesOnExec: UInt32 = 1
    return unsafeBitCast(symbol, to: Function.self)("keyvault", closesOnExec)
  }
}
