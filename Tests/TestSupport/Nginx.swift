internal import Foundation

/// An nginx that offers HTTP/2 on a port of its own.
package final class Nginx {
  package static let isInstalled = FileManager.default.isExecutableFile(atPath: path)
  private static let path = "/usr/sbin/nginx"

  package let origin: String
  private let process: Program

  /// `location` is what the configuration says of every path.
  package init(
    certificates: Certificates, certificate: String = "good",
    location: String = "return 200 \"$connection\";"
  ) throws {
    // Free a moment ago; nginx cannot choose a port itself.
    let port = try RawServer().port
    let folder = certificates.folder.path
    let text = """
      daemon off; master_process off; pid \(folder)/nginx-\(port).pid; error_log /dev/null;
      events { worker_connections 512; }
      http {
        access_log off; client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p;
        fastcgi_temp_path \(folder)/f; uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
        server {
          listen 127.0.0.1:\(port) ssl http2;
          ssl_certificate \(folder)/\(certificate).pem;
          ssl_certificate_key \(folder)/\(certificate).key;
          location / { \(location) }
        }
      }
      """
    let file = certificates.file("nginx-\(port).conf")
    try text.write(to: file, atomically: true, encoding: .utf8)
    process = try Program(Nginx.path, "-p", folder, "-c", file.path)
    origin = "https://127.0.0.1:\(port)"
    for _ in 0..<200 where !RawServer.isListening(port: port) {
      Thread.sleep(forTimeInterval: 0.02)
    }
  }
}
