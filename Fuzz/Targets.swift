import GPG
import Secrets
import YAML
import Naming

@testable import JSONSchema
@testable import KeyVault

// Each target reads untrusted input as far as keyvault does before it knows who wrote it. A trap, more
// than two seconds, or too much memory is a fault. The result is not checked.

/// The target that runs; set once, before it does.
nonisolated(unsafe) var chosen: ([UInt8]) -> Void = { _ in }

func read(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt {
  chosen(Array(UnsafeBufferPointer(start: bytes, count: size)))
  return 0
}

/// libFuzzer's own `main` names it, and is linked too.
@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ size: Int) -> CInt { read(bytes, size) }

let now = Timestamp("2026-11-23T17:45:00Z")!

/// Uses a value, so that the optimizer keeps what made it.
@inline(never) func use(_ value: some Any) {}

/// Names of files, of git, of YAML, and of answers.
func readName(_ bytes: [UInt8]) {
  let text = String(decoding: bytes.prefix(512), as: UTF8.self)
  use(EntryName.objection(to: text))
  if let name = EntryName(found: text) {
    use((name.ciphertextPath, name.sidecarPath, name < name))
  }
  use(VariableName.objection(to: text) ?? BaseURLVariable.objection(to: text))
  use((text.printable, text.printable(limit: 20), text.shortened(to: 3), text.quotedForJSON))
  use((text.asVariable, text.shellQuoted, text.partner, text.escapedForJSON, quoted(text)))
  use(Timestamp(text).map { ($0.adding(days: 90), $0.days(since: now), $0.age(at: now)) })
  use(Suggestion.closest(to: text, among: ["openai", "production/openai", text]))
  use(githubAnnotations([Finding(.badEntryName, in: text, text, hint: text)]))
  use(FindingReport([Finding(.badEntryName, in: text, text, hint: text)]).junit())
  use(try? sarif([Finding(.badEntryName, in: text, text)], toolVersion: "1"))
  var table = MarkdownTable([text])
  table.add([text])
  use(table.text(summary: text))
  var lines = TextTable()
  lines.add([TextTable.Cell(text), TextTable.Cell(text)])
  use(lines.text(Style(isColoured: true, width: 10)))
}

func readSidecar(_ bytes: [UInt8]) {
  use(KeyMark(bytes))
  let file = "vault/p/openai.yaml"
  guard case .success(let checked) = CheckedDocument.read(bytes, as: .entry, file: file) else {
    return edit(bytes)
  }
  let sidecar = Sidecar(checked)
  let name = EntryName(found: "p/openai")!
  use(Sidecar.calendarFindings(in: checked.root, file: file))
  use(ClockChecks(now: now, policy: .init(nil)).findings(sidecar, checked.root, name: name))
  use(SignedEntry.text(of: name, sidecar: checked.root, vault: "00112233445566778899aabbccddeeff"))
  use(sidecar.root.json)
  let entry = Vault.Entry(name: name, sidecar: sidecar, fault: nil)
  use(StatusReport.Row(entry, verdict: nil, policy: .init(nil), now: now))
  edit(bytes)
}

/// As `set` does.
private func edit(_ bytes: [UInt8]) {
  guard var document = try? Document(parsing: bytes) else { return }
  try? document.set(["owner"], to: .string("bob: #1"))
  try? document.set(
    ["exposed"], toMapping: [("to", .string("A")), ("since", .string("2026-11-20"))])
  try? document.set(["retired", "2"], to: .string("unproven"))
  try? document.remove(["digest"])
  use(document.bytes)
}

func readConfiguration(_ bytes: [UInt8]) {
  let result = CheckedDocument.read(bytes, as: .keyvault, file: "keyvault.yaml")
  guard case .success(let checked) = result else { return }
  let configuration = Configuration(checked)
  for name in configuration.environments.keys {
    use(try? configuration.inheritance.order(from: "\(name)"))
    use(configuration.policy(in: "\(name)"))
    use(EntryName.objection(to: "\(name)"))
  }
  let rules = SigningRules(configuration, trust: .none)
  use(rules.writers(of: "a/b/c"))
  use(
    LooseningChecks(
      root: checked.root, now: configuration, before: configuration.judged(by: configuration),
      base: "main", severity: .error
    ).findings())
}

func readProvider(_ bytes: [UInt8]) {
  let result = CheckedDocument.read(bytes, as: .provider, file: "providers.d/x.yaml")
  guard case .success(let checked) = result else { return }
  let provider = Provider(checked.root, source: Provider.source(of: checked.root, id: "openai"))
  use(provider.source.protectedChanges)
  use((provider.hostFields, provider.baseURL(["resource": "acme"]), provider.origins([:])))
  let key = Array("sk-proj-0123456789abcdefghijABCDEFGHIJ".utf8)
  use(provider.format(of: key.span.bytes)?.name)
  for (_, definition) in provider.definitions {
    use(try? ProbeDefinition.url(of: definition.target, below: provider.baseURL))
    use(definition.judge(answer))
    use(definition.facts(of: answer))
    use(definition.target(filledFrom: answer.json))
  }
  use(ProviderListing([provider]).text(Style()))
}

func readRecipientList(_ bytes: [UInt8]) {
  let list = RecipientList(parsing: bytes, folder: "a/b")
  use((list.recipients.count, list.findings.map(\.text)))
}

func readSignature(_ bytes: [UInt8]) {
  if let document = SignedRecipients(parsing: bytes) {
    use((document.content.signedText, try? document.text()))
  }
  if let node = try? Node(json: bytes) { use((CanonicalJSON.text(of: node), node.json)) }
  use(SignedEntry.signature(String(decoding: bytes, as: UTF8.self)))
  use(DetachedSignature(bytes)?.bytes)
}

/// Made once: it reads every provider.
private let recognition = Recognition(of: [], catalogue: builtIn)

func readDotenv(_ bytes: [UInt8]) {
  guard let text = try? DotenvText(Secret(copying: bytes.span.bytes)) else { return }
  for variable in text.variables.prefix(20) { use(recognition.kind(of: variable)) }
}

private let scan = KeyScan()

/// A file that is to be committed.
func searchText(_ bytes: [UInt8]) {
  var search = KeySearch(with: scan, judgesLines: true)
  search.read(bytes[...])
  search.finish()
  use(search.result == .nothing)
  use(scan.findings(inPath: String(decoding: bytes.prefix(512), as: UTF8.self)))
}

func readPackets(_ bytes: [UInt8]) {
  use(try? Message(bytes))
  use(DetachedSignature(bytes)?.bytes)
  // What is inside was written by anybody who has the public keys.
  guard let payload = try? Payload(Secret(copying: bytes.span.bytes)) else { return }
  use((payload.fieldNames, payload.withField("resource") { $0.byteCount }))
  use(payload.withKey { Preview.text(of: $0, provider: "openai", limit: 4) })
}
