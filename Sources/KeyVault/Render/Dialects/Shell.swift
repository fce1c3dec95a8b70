internal import Naming
internal import Secrets

extension Dialect {
  /// In single quotes; a quote inside ends them, is escaped, and begins them again.
  static let shell = Dialect(
    name: "shell", consumer: "bash, dash and other POSIX shells: eval \"$(…)\", or '.' of a file",
    obstacles: [.nul], keptNames: .shell
  ) { name, value, text in
    text.append("export \(name)='")
    text.append(value) { $0 == UInt8(ascii: "'") ? "'\\''" : nil }
    text.append("'\n")
  }
}

extension KeptNames {
  /// Variables that bash or dash do not let be set, or give a value of their own.
  static let shell = KeptNames(
    what: "a shell's own variables",
    names: [
      "BASHOPTS", "BASHPID", "COMP_WORDBREAKS", "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS", "EUID",
      "FUNCNAME",
      "GROUPS", "HISTCMD", "LINENO", "OPTIND", "PPID", "RANDOM", "SECONDS", "SHLVL", "SRANDOM",
      "UID",
    ])
}
