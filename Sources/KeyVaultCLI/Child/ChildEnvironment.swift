import Glibc
import KeyVault
import Naming
import Secrets

/// The environment of the command that `exec` runs: what it inherits, and the keys.
struct ChildEnvironment: ~Copyable {
  /// Of `environ`, which does not change any more.
  private var inherited: [UnsafeMutablePointer<CChar>] = []
  /// On pages of its own: a forked child keeps these, and no other secret.
  private var added = SecretBuilder.onOwnPages()
  /// Where each `NAME=value` starts in `added`.
  private var starts: [Int] = []

  /// Names that are kept of what is inherited with `--clean`, and all that begin with `LC_`.
  private static let basic: Set<Name> = [
    "PATH", "HOME", "USER", "LOGNAME", "SHELL", "TERM", "LANG", "TZ", "TMPDIR",
  ]

  /// Without variables of the names in `replaced`, and what is keyvault's own.
  init(isClean: Bool, replacing replaced: Set<Name>) {
    var pointer = environ
    while let entry = pointer.pointee {
      let name = Self.name(entry)
      let isBasic = Self.basic.contains(name) || name.hasPrefix("LC_")
      let isOurs =
        name.hasPrefix("KEYVAULT_GPG_")
        || name == "GPG_TTY" && !StartingState.shared.hasTerminalForGPG
      if !replaced.contains(name), !isOurs, isBasic || !isClean { inherited.append(entry) }
      pointer += 1
    }
  }

  mutating func add(_ variable: Rendering.Variable) throws(Failure) {
    starts.append(added.count)
    added.append(variable.name + "=")
    try variable.withValue { (value) throws(Failure) in
      guard value.withUnsafeBytes({ !$0.contains(0) }) else {
        throw Failure(
          .malformed,
          "no variable can hold \(variable.name) of '\(variable.origin)': there is a NUL in it",
          hints: ["'--files' carries it"])
      }
      added.append(value)
    }
    added.append(byte: 0)
  }

  mutating func add(_ name: String, _ value: String) {
    starts.append(added.count)
    added.append("\(name)=\(value)\0")
  }

  /// Lends the variables as execve(2) takes them, and the pages that hold the keys.
  consuming func withPointers<R>(
    _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>, UnsafeRawBufferPointer) -> R
  ) -> R {
    let (starts, inherited) = (starts, inherited)
    let block = added.finish()
    return block.withBytes { bytes in
      bytes.withUnsafeBytes { buffer in
        var pointers: [UnsafeMutablePointer<CChar>?] = inherited
        for start in starts {
          let variable = UnsafeMutableRawPointer(mutating: buffer.baseAddress! + start)
          pointers.append(variable.assumingMemoryBound(to: CChar.self))
        }
        pointers.append(nil)
        return body(pointers, buffer)
      }
    }
  }

  /// Throws if a variable is there already with another value; an empty one counts as unset.
  static func refuse(existing variables: [Rendering.Variable]) throws(Failure) {
    var names: [String] = []
    for variable in variables {
      guard let present = getenv(variable.name), present.pointee != 0 else { continue }
      let length = strlen(present)
      variable.withValue { value in
        let isSame = value.withUnsafeBytes {
          $0.elementsEqual(UnsafeRawBufferPointer(start: present, count: length))
        }
        if !isSame { names.append(variable.name) }
      }
    }
    guard names.isEmpty else {
      throw Failure(
        .findings, "set already, to something else: \(names.joined(separator: ", "))",
        hints: ["unset it, or leave out --strict to have it replaced"])
    }
  }

  private static func name(_ entry: UnsafeMutablePointer<CChar>) -> String {
    let end = strchr(entry, Int32(UInt8(ascii: "="))) ?? entry + strlen(entry)
    let bytes = UnsafeRawBufferPointer(start: entry, count: end - entry)
    return String(decoding: bytes, as: UTF8.self)
  }
}
