import Foundation
import HTTP

/// An nginx that offers HTTP/2 on a port of its own.
final class Nginx {
  static let isInstalled = FileManager.default.isExecutableFile(atPath: path)
  private static let path = "/usr/sbin/nginx"

  let origin: String
  private let process: Program

  init(certificates: Certificates) async throws {
    // Free a moment ago; nginx cannot choose a port itself.
    let port = try RawServer().port
    let folder = certificates.folder.path
    let text = """
      daemon off; master_process off; pid \(folder)/nginx.pid; error_log /dev/null;
      events { worker_connections 512; }
      http {
        access_log off; client_body_temp_path \(folder)/b; proxy_temp_path \(folder)/p;
        fastcgi_temp_path \(folder)/f; uwsgi_temp_path \(folder)/u; scgi_temp_path \(folder)/s;
        server {
          listen 127.0.0.1:\(port) ssl http2;
          ssl_certificate \(folder)/good.pem; ssl_certificate_key \(folder)/good.key;
          location / { return 200 "$connection"; }
        }
      }
      """
    let file = certificates.file("nginx.conf")
    try text.write(to: file, atomically: true, encoding: .utf8)
    process = try Program(Nginx.path, "-p", folder, "-c", file.path)
    origin = "https://127.0.0.1:\(port)"

    let client = try HTTPClient.testing(authorities: certificates.authority)
    for _ in 0..<100 {
      if try await client.failure(WebURL(origin)) != .connectionRefused { return }
      try await Task.sleep(for: .milliseconds(20))
    }
  }
}
