package import Foundation

/// An authority of our own and certificates that it signed, made by openssl in a folder of its own.
package final class Certificates: Sendable {
  /// Made once a process, for openssl takes its time, and gone with it.
  package static let shared = Result {
    let certificates = try Certificates()
    atexit { Certificates.removeShared() }
    return certificates
  }

  private static func removeShared() {
    guard let folder = try? shared.get().folder else { return }
    try? FileManager.default.removeItem(at: folder)
  }

  package static let openssl = "/usr/bin/openssl"

  package let folder: URL

  package init() throws {
    folder = FileManager.default.temporaryDirectory
      .appendingPathComponent("keyvault-tls-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try selfSigned("authority", name: "DNS:authority.example")
    try signed("good", name: "IP:127.0.0.1")
    try signed("other", name: "DNS:other.example,IP:127.0.0.2")
    try signed("expired", name: "IP:127.0.0.1", days: "-1")
    try selfSigned("alone", name: "IP:127.0.0.1")
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  package var authority: URL { file("authority.pem") }

  package func file(_ name: String) -> URL { folder.appendingPathComponent(name) }

  private func selfSigned(_ id: String, name: String) throws {
    try request(id, "-x509", "-days", "2", "-addext", "subjectAltName=\(name)", "-out", "\(id).pem")
  }

  private func signed(_ id: String, name: String, days: String = "2") throws {
    try request(id, "-out", "\(id).csr")
    try "subjectAltName=\(name)\n".write(to: file("\(id).ext"), atomically: true, encoding: .utf8)
    try run(
      "x509", "-req", "-in", "\(id).csr", "-CA", "authority.pem", "-CAkey", "authority.key",
      "-CAcreateserial", "-days", days, "-extfile", "\(id).ext", "-out", "\(id).pem")
  }

  private func request(_ id: String, _ more: String...) throws {
    try run(
      ["req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout"]
        + ["\(id).key", "-subj", "/CN=\(id)"] + more)
  }

  private func run(_ arguments: String...) throws { try run(arguments) }

  private func run(_ arguments: [String]) throws {
    let words = ([Certificates.openssl] + arguments).map { "'\($0)'" }.joined(separator: " ")
    _ = try Program.output("/bin/sh", "-c", "cd '\(folder.path)' && \(words)")
  }
}
