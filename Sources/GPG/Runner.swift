internal import CGPGME
internal import Glibc

/// Runs gpg itself for what gpgme has no operation for. It never prompts, starts no daemon, and
/// takes no options but ours.
struct Runner {
  let program: String
  let home: String

  private static let options = [
    "--no-options", "--no-tty", "--no-autostart", "--disable-dirmngr", "--no-auto-key-retrieve",
    "--no-auto-key-locate", "--no-auto-check-trustdb", "--trust-model", "always",
    "--display-charset", "utf-8", "--exit-on-status-write-error", "--status-fd", "1",
  ]

  /// The status lines of a run that writes nothing else, in words. `count` is of the files that it reads, by
  /// which it may take longer.
  func status(of arguments: [String], reading count: Int) throws(GPGError) -> [[Substring]] {
    let allowance = Duration.milliseconds(500 + 20 * count)
    let text = try Deadline(home: home).run(allowance: allowance) {
      () throws(GPGError) -> String in
      try output(of: ["--homedir", home] + Self.options + arguments)
    }
    let head = "[GNUPG:] "
    return text.split(separator: "\n").compactMap { line in
      guard line.hasPrefix(head) else { return nil }
      let words = line.dropFirst(head.count).split(separator: " ")
      return words.isEmpty ? nil : words
    }
  }

  /// What gpg has against its own configuration; nil if nothing.
  static func objection(of program: String, home: String?) -> GPGError? {
    let arguments = (home.map { ["--homedir", $0] } ?? []) + ["--batch", "--gpgconf-test"]
    guard let said = try? output(of: program, arguments, takesErrors: true) else { return nil }
    // Of a line of a file, or of a value. A warning may come before it.
    let lines = said.split(separator: "\n").filter { !$0.contains("WARNING") }
    guard let line = lines.first(where: { $0.contains(".conf:") }) ?? lines.last else { return nil }
    let words = line.hasPrefix("gpg: ") ? line.dropFirst("gpg: ".count) : line
    return GPGError(.optionsRefused(String(words.prefix(300))))
  }

  private func output(of arguments: [String]) throws(GPGError) -> String {
    try Self.output(of: program, arguments, takesErrors: false)
  }

  /// What a run writes to its standard output, or to its standard error instead. How it ends counts for the
  /// first alone.
  private static func output(
    of program: String, _ arguments: [String], takesErrors: Bool
  ) throws(GPGError) -> String {
    guard unsafe access(program, X_OK) == 0 else {
      throw GPGError(.programMissing(path: program))
    }
    try Library.checkSearchPath()
    _ = Library.started
    var context: gpgme_ctx_t?
    try check(unsafe gpgme_new(&context))
    defer { unsafe gpgme_release(context) }
    try check(unsafe gpgme_set_protocol(context, GPGME_PROTOCOL_SPAWN))
    var data: gpgme_data_t?
    try check(unsafe gpgme_data_new(&data))
    var words = unsafe ([program] + arguments).map { unsafe UnsafePointer(strdup($0)) }
    unsafe words.append(nil)
    defer {
      for index in unsafe words.indices {
        unsafe free(UnsafeMutablePointer(mutating: words[index]))
      }
    }
    let status = unsafe gpgme_op_spawn(
      context, program, &words, nil, takesErrors ? nil : data, takesErrors ? data : nil, 0)
    var count = 0
    let memory = unsafe gpgme_data_release_and_get_mem(data, &count)
    defer { unsafe gpgme_free(memory) }
    if !takesErrors { try check(status) }
    guard let memory = unsafe memory else { return "" }
    return unsafe String(
      decoding: UnsafeRawBufferPointer(start: memory, count: count), as: UTF8.self)
  }
}
