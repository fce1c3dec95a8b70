internal import Naming
internal import Secrets

extension Dialect {
  /// Single quotes know two escapes.
  static let fish = Dialect(
    name: "fish", consumer: "fish: keyvault render … --format fish | source",
    obstacles: [.nul], keptNames: .fish
  ) { name, value, text in
    text.append("set -gx \(name) '")
    text.append(value) { byte in
      switch byte {
      case UInt8(ascii: "'"): "\\'"
      case UInt8(ascii: "\\"): "\\\\"
      default: nil
      }
    }
    text.append("'\n")
  }
}

extension KeptNames {
  static let fish = KeptNames(
    what: "fish's own variables", names: ["PWD", "SHLVL", "FISH_VERSION"])
}
