internal import GPG
internal import YAML

/// Signatures of entries, and of who can read them. Trust, policy and counter come from the
/// checking person or job: a change must not be judged by its own settings.
struct SignatureChecks {
  let repository: Repository
  let rules: SigningRules
  /// The lists that these follow; nil for none.
  let before: SignedRecipients.Content?
  let program: GPGProgram?

  func findings() -> [Finding] {
    guard rules.policy != .off else { return [] }
    guard !rules.signers.isEmpty else { return [noTrustedSigner()] }
    guard let program else { return [notChecked("cannot find gpg")] }
    do throws(GPGError) {
      let judge = try SignatureJudge(rules, of: repository, program: program)
      return try entries(judge) + recipients(judge)
    } catch {
      return [notChecked(error.message)]
    }
  }

  private var severity: Finding.Severity { rules.policy == .required ? .error : .warning }

  private func noTrustedSigner() -> Finding {
    let isRequired = rules.policy == .required
    return Finding(
      .noTrustedSigner, isRequired ? .error : .note, in: Paths.configuration,
      "no trusted signers are configured here, so no signature was checked: a repository cannot "
        + "name its own",
      hint: Repository.noTrustedSigner.hints.first)
  }

  private func notChecked(_ why: String) -> Finding {
    Finding(
      .noGPG, severity, in: Paths.vault, "\(why), so no signature was checked",
      hint: "apt-get install gpg")
  }

  private func entries(_ judge: SignatureJudge) throws(GPGError) -> [Finding] {
    let entries: [Vault.Entry]
    do throws(Failure) {
      // A sidecar that cannot be read is a finding of its own.
      entries = try repository.vault.entries().filter { $0.fault == nil }
    } catch {
      return [
        Finding(
          .unreadable, in: Paths.vault, "\(error.message), so no signature of an entry was checked",
          hint: error.hints.first)
      ]
    }
    let states = try judge.states(of: entries)
    return zip(entries, states).compactMap { entry, state in
      guard !state.isGood else { return nil }
      let hasSidecar = entry.sidecar != nil
      let adopt = "once you have verified it: \(Shell("keyvault adopt \(entry.name)"))"
      return Finding(
        state.code, state.severity(under: rules.policy),
        in: hasSidecar ? entry.name.sidecarPath : entry.name.ciphertextPath,
        at: entry.sidecar?.root[SignedEntry.field]?.place ?? .start,
        state.objection(to: "this entry"), hint: hasSidecar ? state.hint(for: entry.name) : adopt)
    }
  }

  private func recipients(_ judge: SignatureJudge) throws(GPGError) -> [Finding] {
    let file = SignedRecipients.path
    let state: SignedRecipients.State
    do throws(Failure) {
      state = try repository.recipientsState(judge)
    } catch {
      return [Finding(.unreadable, severity, in: file, error.message, hint: error.hints.first)]
    }
    return rollback(state) + findings(state)
  }

  private func rollback(_ state: SignedRecipients.State) -> [Finding] {
    guard let before, let content = state.content, !content.follows(before) else { return [] }
    return [
      Finding(
        .recipientsRolledBack, in: SignedRecipients.path,
        content.counter == before.counter
          ? "these are other lists than were signed as number \(before.counter) before"
          : "the lists were signed as number \(content.counter), and there was a number "
            + "\(before.counter) before",
        hint: "restore the newer one, or sign what is right: keyvault sign --recipients")
    ]
  }

  private func findings(_ state: SignedRecipients.State) -> [Finding] {
    let file = SignedRecipients.path
    switch state {
    case .good: return []
    case .outdated:
      return [
        Finding(
          .signatureOutdated, severity, in: file,
          "this file was signed in version 1, which does not cover the provider files",
          hint: Repository.signRecipientsHint)
      ]
    case .missing:
      return [
        Finding(
          .notSigned, severity, in: file, "the recipients are not signed",
          hint: Repository.signRecipientsHint)
      ]
    case .refused(let state):
      return [
        Finding(
          state.code, state.severity(under: rules.policy), in: file,
          state.objection(to: "this file"), hint: Repository.signRecipientsHint)
      ]
    case .changed(let changes, _):
      return changes.map {
        Finding(
          .recipientsChanged, severity, in: $0.file, $0.message,
          hint: Repository.signRecipientsHint)
      }
    }
  }
}
