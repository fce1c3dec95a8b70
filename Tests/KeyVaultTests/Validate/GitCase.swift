import Foundation

@testable import KeyVault

/// Repositories with a fault in what git tracks, ignores, or reads.
enum GitCase {
  private static let git = "/usr/bin/git"

  static let all: [FindingCase] = [
    FindingCase(.stateCommitted, at: ".keyvault:1:1") {
      try $0.write("", to: ".keyvault/history.jsonl")
      _ = try run([git, "init", "-q", $0.scratch.folder])
      _ = try run([git, "-C", $0.scratch.folder, "add", "-f", ".keyvault"])
    },
    FindingCase(.attributesMissing, .warning, at: ".gitattributes:1:1") {
      try $0.write("vault/** -text\nvault/**/*.gpg diff=keyvault\n", to: ".gitattributes")
    },
    FindingCase(.ignoredByGit, at: "vault/.gpg-id:1:1") {
      _ = try run([git, "init", "-q", $0.scratch.folder])
      try $0.write(".gpg-id\n", to: ".git/info/exclude")
    },
    FindingCase(.ignoredByGit, .warning, at: "keyvault.yaml:1:1") {
      _ = try run([git, "init", "-q", $0.scratch.folder])
      try $0.write("*\n", to: ".gitignore")
    },
    FindingCase(.interrupted, .warning, at: ".keyvault/journal:1:1") {
      try $0.write("{}", to: ".keyvault/journal/record")
    },
    FindingCase(.gitInVault, at: "vault/p/.gitattributes:1:1") {
      try $0.write("* -diff", to: "vault/p/.gitattributes")
    },
    FindingCase(.gitInVault, at: "vault/.git:1:1") {
      try $0.write("", to: "vault/.git/config")
    },
    FindingCase(.gitInVault, at: "vault/p/q/.git:1:1") {
      try $0.write("gitdir: elsewhere\n", to: "vault/p/q/.git")
    },
    FindingCase(.gitInVault, at: "providers.d:1:1") {
      try $0.write("", to: "providers.d/.git/config")
    },
    FindingCase(.submodule, at: "vault/p:1:1") { try $0.index("160000", "vault/p") },
    FindingCase(.submodule, at: "vault/.public-keys:1:1") {
      try $0.index("160000", "vault/.public-keys")
    },
    FindingCase(.submodule, at: "providers.d:1:1") { try $0.index("160000", "providers.d") },
    FindingCase(.submodule, at: "providers.d/logos:1:1") {
      try $0.index("160000", "providers.d/logos")
    },
    FindingCase(.submodule, at: "Schemas:1:1") { try $0.index("160000", "Schemas") },
    FindingCase(.submodule, at: "keyvault.yaml:1:1") { try $0.index("160000", "keyvault.yaml") },
    // A checkout without links writes a file.
    FindingCase(.symbolicLink, at: "vault/p/.gpg-id:1:1") {
      try $0.write("../q/.gpg-id", to: "vault/p/.gpg-id")
      try $0.index("120000", "vault/p/.gpg-id")
    },
    FindingCase(.symbolicLink, at: "Schemas/entry.schema.json:1:1") {
      try $0.write("", to: "Schemas/README")
      try $0.scratch.link("Schemas/entry.schema.json", to: "/dev/null")
      try $0.index("120000", "Schemas/entry.schema.json")
    },
    FindingCase(.stateCommitted, at: ".keyvault:1:1") {
      try $0.index("100644", ".keyvault/journal/record")
    },
    FindingCase(.unreadable, at: "keyvault.yaml:1:1") {
      try $0.index("100644", "vault/x")
      try $0.write("DIRC\0\0\0\u{2}\0\0\0\u{1}x", to: ".git/index")
    },
  ]
}
