// swift-tools-version: 6.2
import PackageDescription

/// Language rules of every target.
let settings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .treatAllWarnings(as: .error),
]

/// Targets that call C also say `unsafe` wherever memory safety is theirs to keep.
let wrapperSettings = settings + [.strictMemorySafety()]

/// For `make fuzz`: targets that read hostile input tell libFuzzer which of their branches ran.
let isFuzzed = Context.environment["KEYVAULT_FUZZ"] != nil
let fuzzed: [SwiftSetting] = isFuzzed ? [.unsafeFlags(["-sanitize=fuzzer"])] : []

let package = Package(
  name: "keyvault",
  products: [
    .executable(name: "keyvault", targets: ["KeyVaultCLI"]),
    .executable(name: "provider-stub", targets: ["ProviderStubCLI"]),
    .library(name: "KeyVault", targets: ["KeyVault"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2")
  ],
  targets: [
    // The system's libraries, imported without changes.
    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CGPGME", pkgConfig: "gpgme", providers: [.apt(["libgpgme-dev"])]),
    // Headers and types only: both are opened at run time, so that a command that makes no request
    // does not pay for libcurl, and no -dev package is needed for libgcrypt.
    .systemLibrary(name: "CCurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(name: "CGcrypt"),
    // What stands between fork and execve, which must not be Swift.
    .systemLibrary(name: "CProcess"),

    // What of this machine can be trusted: folders, files and programs that others cannot change.
    .target(name: "Machine", swiftSettings: settings),
    // Text that is compared by its bytes.
    .target(name: "Naming", swiftSettings: settings),

    // One target a library; each cuts a dependency.
    .target(name: "Secrets", dependencies: ["CGcrypt"], swiftSettings: wrapperSettings),
    .target(
      name: "YAML", dependencies: ["CYAML", "Naming"], swiftSettings: wrapperSettings + fuzzed),
    .target(
      name: "JSONSchema", dependencies: ["YAML", "Naming"], exclude: ["README.md"],
      swiftSettings: settings + fuzzed),
    .target(
      name: "GPG", dependencies: ["CGPGME", "Machine", "Naming", "Secrets"],
      swiftSettings: wrapperSettings + fuzzed),
    .target(
      name: "HTTP", dependencies: ["CCurl", "Naming", "Secrets"], swiftSettings: wrapperSettings),

    // The domain: no printing, no exit, no environment, no C.
    .target(
      name: "KeyVault",
      dependencies: ["YAML", "JSONSchema", "GPG", "HTTP", "Machine", "Naming", "Secrets"],
      exclude: ["providers.d", "Schemas"],
      swiftSettings: settings + fuzzed,
      plugins: ["Embed"]),
    .executableTarget(
      name: "KeyVaultCLI",
      dependencies: [
        "KeyVault", "GPG", "HTTP", "Machine", "Naming", "Secrets", "CProcess",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: settings),

    // A provider stand-in on loopback, for the demo and the tests.
    .target(name: "ProviderStub", dependencies: ["Secrets"], swiftSettings: settings),
    .executableTarget(
      name: "ProviderStubCLI", dependencies: ["ProviderStub"], swiftSettings: settings),

    // A program that uses the library; a test runs it against the stand-in.
    .executableTarget(
      name: "chat", dependencies: ["KeyVault"], path: "Examples/Chat", swiftSettings: settings),

    // The catalogue and the schemas go into the binary as string literals.
    .executableTarget(name: "EmbedTool", swiftSettings: settings),
    .plugin(name: "Embed", capability: .buildTool(), dependencies: ["EmbedTool"]),

    // What the tests of two targets need, for tests cannot import tests.
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),

    .testTarget(name: "MachineTests", dependencies: ["Machine"], swiftSettings: settings),
    .testTarget(name: "NamingTests", dependencies: ["Naming"], swiftSettings: settings),
    .testTarget(name: "SecretsTests", dependencies: ["Secrets"], swiftSettings: settings),
    .testTarget(name: "YAMLTests", dependencies: ["YAML"], swiftSettings: settings),
    .testTarget(name: "JSONSchemaTests", dependencies: ["JSONSchema"], swiftSettings: settings),
    .testTarget(name: "GPGTests", dependencies: ["GPG", "Machine"], swiftSettings: settings),
    .testTarget(
      name: "HTTPTests", dependencies: ["HTTP", "ProviderStub", "TestSupport"],
      swiftSettings: settings),
    .testTarget(
      name: "KeyVaultTests",
      dependencies: ["KeyVault", "Machine", "Naming", "ProviderStub", "TestSupport"],
      exclude: ["Fixtures", "Render/Consumers"], swiftSettings: settings),
    .testTarget(
      name: "CLITests",
      dependencies: [
        "KeyVaultCLI", "ProviderStub", "ProviderStubCLI", "JSONSchema", "YAML", "chat",
        "TestSupport",
      ],
      exclude: ["Transcripts"], swiftSettings: settings),
    .testTarget(
      name: "SDKTests", dependencies: ["KeyVaultCLI", "ProviderStub", "TestSupport"],
      exclude: ["pre-commit.txt", "requirements.txt", "sdk.py"], swiftSettings: settings),
  ],
  swiftLanguageModes: [.v6]
)

if isFuzzed {
  package.targets.append(
    .executableTarget(
      name: "fuzz",
      dependencies: ["YAML", "JSONSchema", "GPG", "HTTP", "Naming", "Secrets", "KeyVault"],
      path: "Fuzz", swiftSettings: settings + fuzzed,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])]))
}
