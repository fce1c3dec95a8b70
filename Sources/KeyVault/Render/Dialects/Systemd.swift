internal import Secrets

extension Dialect {
  /// In double quotes the backslash makes four characters plain. `environment.d(5)`, which looks the
  /// same, would fill `$NAME` all the same; a unit's EnvironmentFile= does not.
  static let systemd = Dialect(
    name: "systemd", consumer: "EnvironmentFile= of a systemd unit",
    obstacles: [.bytes, .nul, .noncharacter]
  ) { name, value, text in
    text.append(name + "=\"")
    text.append(value) { byte in
      switch byte {
      case UInt8(ascii: "\""): "\\\""
      case UInt8(ascii: "\\"): "\\\\"
      case UInt8(ascii: "`"): "\\`"
      case UInt8(ascii: "$"): "\\$"
      default: nil
      }
    }
    text.append("\"\n")
  }
}
