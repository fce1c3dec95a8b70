internal import Naming

/// Names of environment variables that may be rendered. A name from a repository can
/// run code as well as a value can: `BASH_ENV`, `LD_PRELOAD`.
enum VariableName {
  /// Why a name is refused; nil if it is not. No flag overrides this.
  static func objection(to name: String) -> String? {
    guard let first = name.utf8.first, (0x41...0x5a).contains(first),
      name.utf8.allSatisfy({
        (0x41...0x5a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x5f
      })
    else { return "a variable's name is capital letters, digits and '_', a letter first" }
    if reserved.contains(name) || prefixes.contains(where: name.hasPrefix)
      || suffixes.contains(where: name.hasSuffix)
    {
      return "'\(name)' steers programs, so it is never rendered"
    }
    return nil
  }

  private static let reserved: Set<Name> = [
    "GCONV_PATH", "PATH", "HOME", "SHELL", "IFS", "ENV", "PS4", "SHELLOPTS", "PROMPT_COMMAND",
    "JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "REQUESTS_CA_BUNDLE", "TMPDIR", "GNUPGHOME", "CI",
    // Shells set them anew, and what was rendered would not arrive.
    "PWD", "OLDPWD", "SHLVL",
  ]

  private static let prefixes = [
    "LD_", "DYLD_", "BASH_", "NODE_", "PYTHON", "PERL5", "RUBY", "GIT_", "SSH_", "SSL_", "CURL_",
    "XDG_", "PASSWORD_STORE_", "KEYVAULT_", "GITHUB_", "RUNNER_", "ACTIONS_",
  ]

  private static let suffixes = ["_PROXY"]
}
