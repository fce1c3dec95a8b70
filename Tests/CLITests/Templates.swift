import Foundation
import TestSupport

/// What every world starts from, made once a run: a GPG home with one key (ed25519, no passphrase),
/// an empty repository, and one with two keys in `production`.
final class Templates: Sendable {
  static let shared = Templates()

  /// A GPG home.
  let keyring: URL
  /// The full fingerprint of its key.
  let fingerprint: String
  /// After `keyvault init`.
  let empty: URL
  /// After `keyvault add` of `production/openai` and `production/anthropic`.
  let filled: URL

  /// Obviously no real keys, of the right form; ``Canary`` looks for them.
  static let openAI = "sk-proj-" + String(repeating: "NotARealKey-", count: 4) + "0001"
  static let anthropic = "sk-ant-api03-" + String(repeating: "NotARealKey_", count: 7) + "0002AA"

  private static let folder = URL(fileURLWithPath: "/tmp/kvcli-\(UUID().uuidString.prefix(8))")

  private init() {
    let folder = Self.folder
    keyring = folder.appending(path: "gnupg")
    empty = folder.appending(path: "empty")
    filled = folder.appending(path: "filled")
    atexit { try? FileManager.default.removeItem(at: Templates.folder) }
    let script = """
      set -e
      mkdir -m 700 "$GNUPGHOME"
      mkdir empty
      gpg --batch --quiet --passphrase '' --quick-generate-key 'Alice <alice@example.com>' \
        ed25519 cert,sign never 2>/dev/null
      fpr=$(gpg --batch --list-keys --with-colons 2>/dev/null | awk -F: '$1=="fpr"{print $10; exit}')
      gpg --batch --quiet --passphrase '' --quick-add-key "$fpr" cv25519 encr never
      (cd empty && keyvault init --quiet --recipient "$fpr")
      cp -a empty filled
      add() { keyvault -C filled add "$1" --quiet --no-test --owner alice@example.com; }
      printf %s "$OPENAI" | add production/openai
      printf %s "$ANTHROPIC" | add production/anthropic
      # What this home remembers is another machine's in every world.
      rm -r filled/.keyvault
      gpgconf --kill all
      rm -f "$GNUPGHOME"/S.*
      printf %s "$fpr"
      """
    let environment = [
      "GNUPGHOME": keyring.path, "HOME": folder.path, "PATH": "\(Built.searchPath):/usr/bin:/bin",
      "SOURCE_DATE_EPOCH": World.clock, "OPENAI": Self.openAI, "ANTHROPIC": Self.anthropic,
    ]
    try! FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    let result = try! shell(script, in: folder, environment: environment)
    precondition(result.status == 0, "no world to start from: \(result.errors)")
    fingerprint = result.output
  }
}
