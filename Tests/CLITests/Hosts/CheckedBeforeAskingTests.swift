import Foundation
import ProviderStub
import TestSupport
import Testing

/// What would be refused when a key is stored is refused before its provider hears of it.
@Suite(.fewAtATime) struct CheckedBeforeAskingTests {
  struct Fault: Sendable, CustomTestStringConvertible {
    let name: String
    /// What makes the vault such that nothing can be stored there.
    let script: String

    var testDescription: String { name }
  }

  static let faults = [
    Fault(name: "a recipient without a public key", script: #"rm "vault/.public-keys/$FPR""#),
    Fault(name: "no list of recipients", script: "rm vault/.gpg-id"),
    Fault(name: "a list with a fault", script: "echo alice >> vault/.gpg-id"),
    Fault(
      name: "a public key that cannot encrypt",
      script:
        #"gpg --batch --quiet --passphrase '' --quick-generate-key Bob ed25519 sign never 2> /dev/null; gpg --armor --export-options export-minimal --export Bob > ../bob; bob=$(gpg --with-colons -k Bob | awk -F: '$1=="fpr"{print $10; exit}'); cp ../bob "vault/.public-keys/$bob"; echo "$bob" >> vault/.gpg-id"#
    ),
    Fault(
      name: "signatures are required, and nobody can sign",
      script: "export KEYVAULT_SIGNATURES=required KEYVAULT_TRUSTED_SIGNERS=$(printf %040d 0)"),
    Fault(
      name: "signatures are required, and the lists are not signed",
      script: "export KEYVAULT_SIGNATURES=required KEYVAULT_TRUSTED_SIGNERS=$FPR"),
    Fault(
      name: "keyvault.yaml was changed after it was signed",
      script: """
        export KEYVAULT_SIGNATURES=required KEYVAULT_TRUSTED_SIGNERS=$FPR
        keyvault sign --quiet; keyvault sign --recipients --quiet; echo '# more' >> keyvault.yaml
        """),
    Fault(
      name: "the entry's sidecar was changed after it was signed",
      script: """
        export KEYVAULT_SIGNATURES=required KEYVAULT_TRUSTED_SIGNERS=$FPR
        keyvault sign --quiet; keyvault sign --recipients --quiet
        sed -i 's/^owner: .*/owner: mallory@example.com/' vault/production/openai.yaml
        """),
    Fault(
      name: "a broken sidecar",
      script: "echo 'onwer: x' >> vault/production/openai.yaml"),
    Fault(
      name: "the folder is a file",
      script: "mv vault/production vault/staging; : > vault/production"),
  ]

  static let commands = [
    #"printf %s2 "$OPENAI" | keyvault add production/openai --replace"#,
    #"printf %s2 "$OPENAI" | keyvault rotate production/openai"#,
    #"printf 'OPENAI_API_KEY=%s2\n' "$OPENAI" | keyvault import production --from - --replace"#,
  ]

  private func world() throws -> World {
    let world = try World()
    try world.output(
      #"""
      cp -a "$FILLED/." .
      printf 'environments:\n  production: {gateway: "%s/{provider}@valid"}\n' "$STUB" >> keyvault.yaml
      """#)
    return world
  }

  @Test(arguments: faults, commands)
  func `nothing is sent where the key could not be stored`(fault: Fault, command: String) throws {
    let world = try world()
    let result = try world.run("\(fault.script)\n\(command)")
    #expect(![0, 2, 3].contains(result.status), "\(result)")
    #expect(world.stub.requests.isEmpty, "\(result)")
    #expect(Canary.leaks(in: result.output + result.errors) == [])
  }

  @Test(arguments: commands)
  func `without a fault the provider is asked and the key is stored`(command: String) throws {
    let world = try world()
    let result = try world.run(command)
    #expect(result.status == 0, "\(result)")
    #expect(!world.stub.requests.isEmpty)
    #expect(try world.output("keyvault get production/openai") == Templates.openAI + "2\n")
  }

  @Test(arguments: commands.dropLast())
  func `nothing is sent where the sidecar names another provider than the payload`(
    command: String
  ) throws {
    let world = try world()
    let result = try world.run(
      "sed -i '2iprovider: mistral' vault/production/openai.yaml\n" + command)
    #expect(result.status == 65, "\(result)")
    #expect(world.stub.requests.isEmpty)
  }

  @Test func `an owner that no sidecar may have is refused before the provider is asked`() throws {
    let world = try world()
    let long = String(repeating: "x", count: 2_000)
    for command in [
      #"printf %s2 "$OPENAI" | keyvault add production/openai --replace --owner \#(long)"#,
      #"printf %s2 "$OPENAI" | keyvault add new/openai --owner '' --expires never"#,
      #"printf 'OPENAI_API_KEY=%s2\n' "$OPENAI" | keyvault import production --from - --replace --owner \#(long)"#,
    ] {
      let result = try world.run(command)
      #expect(result.status != 0, "\(command) \(result)")
    }
    #expect(world.stub.requests.isEmpty)
  }

  @Test func `an old key is not sent where its fate could not be noted`() throws {
    let world = try world()
    let result = try world.run(
      """
      git init -q; git add -A; git commit -q -m start
      printf %s2 "$OPENAI" | keyvault rotate production/openai --no-test --quiet; git commit -q -a -m next
      export KEYVAULT_SIGNATURES=required KEYVAULT_TRUSTED_SIGNERS=$FPR
      keyvault sign --quiet; keyvault sign --recipients --quiet
      printf 'policy:\\n  writers: [%040d]\\n' 0 >> keyvault.yaml; keyvault sign --recipients --quiet
      keyvault test --retired production/openai
      """)
    #expect(result.status != 0, "\(result)")
    #expect(world.stub.requests.isEmpty, "\(result)")
  }
}
