internal import Machine
internal import Naming

/// How git is started: nothing that a repository's configuration or attributes name may run, and nothing
/// is fetched. What the caller's environment says is theirs.
enum GitInvocation {
  /// Absolute; nil if git is not installed.
  static var program: String? { TrustedProgram.git.program }

  /// The words of a command that runs in `folder` (absolute).
  static func arguments(_ command: [String], in folder: String) -> [String] {
    ["git", "-C", folder] + settings + ["--no-optional-locks"] + command
  }

  /// These win over every file of configuration.
  private static let settings = [
    "safe.bareRepository=explicit", "core.fsmonitor=false", "core.hooksPath=/dev/null",
    "core.alternateRefsCommand=:", "protocol.allow=never",
  ].flatMap { ["-c", $0] }

  /// Variables that replace the caller's.
  static let environment: [Name: String] = [
    // Neither may change what a commit is, or which ones come before it. A path in /dev/null is not
    // a file.
    "GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": "/dev/null/none",
    // An object that is missing is not asked for. Versions before 2.39.4 do not know the first variable;
    // with the second no transport starts, whatever 'protocol.NAME.allow' says.
    "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "",
    "GIT_TERMINAL_PROMPT": "0",
    // Magit has hooks inherit the first one. Our path specifications say themselves how they are meant.
    "GIT_LITERAL_PATHSPECS": "0", "GIT_GLOB_PATHSPECS": "0", "GIT_NOGLOB_PATHSPECS": "0",
    "GIT_ICASE_PATHSPECS": "0",
    // git's messages are distinguished by their words, so they must be English.
    "LC_ALL": "C",
  ]
}
