import ArgumentParser
import KeyVault

/// `test --retired`: whether the keys that entries had before are dead.
struct RetiredKeys {
  let session: Session
  let commit: CommitOption

  func test(_ names: [String]) async throws {
    let workspace = try session.workspaceToChange()
    let entries = try entries(names, in: workspace.repository)
    var action = RetireKeys(entries)
    action.onWait = WaitNotes.notes(isQuiet: session.options.quiet)
    let outcome = try await action.run(in: workspace) { item in
      for key in item.retirement.keys {
        let entry = entries.count == 1 ? "" : "\(item.entry) "
        try Console.output((entry + key.text).printable + "\n")
      }
    }
    let names = entries.map(\.path).joined(separator: ", ")
    try commit.run("keyvault: retired keys of \(names)", files: outcome.changed, in: session)
    if let refusal = outcome.refusal { throw refusal }
    let status = outcome.conclusion.exitStatus
    if status != 0 { throw ExitCode(status) }
  }

  /// One that is named is an entry though a sparse checkout leaves it out.
  private func entries(_ names: [String], in repository: Repository) throws -> [EntryName] {
    let selection = try Selection(names, in: repository)
    guard !selection.isEmpty else {
      throw Failure(.nothingToDo, "there is no such key", hints: ["'keyvault ls' shows every key"])
    }
    return selection.everything.map(\.name)
  }
}

extension Retirement.Key {
  /// `serial 2, 3af1c2…: retired: proven: invalid: HTTP 401 · error.code=invalid_api_key`.
  fileprivate var text: String {
    let serial = serial.map { "serial \($0)" } ?? "no serial"
    let commit = commit.map { ", in \($0.prefix(12))" } ?? ""
    let word = outcome == .alive ? "not retired" : "retired: \(outcome.rawValue)"
    return "\(serial)\(commit): \(word): \(evidence)"
  }
}
