internal import Foundation
internal import Secrets

/// A request as the stand-in received it.
public struct StubRequest: Sendable {
  public let method: String
  /// With the query, as it was sent.
  public let path: String
  public let headers: [(name: String, value: String)]
  public let body: [UInt8]

  /// The value of the first header of that name, in any case.
  public func header(_ name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }

  /// SHA-256 of the key that the request presents, in hexadecimal; nil without a key.
  var keyDigest: String? {
    guard let key = presentedKey else { return nil }
    return SHA256.hex(of: Array(key.utf8).span.bytes)
  }

  private var presentedKey: String? {
    if let value = header("authorization") {
      return value.split(separator: " ", maxSplits: 1).last.map(String.init)
    }
    let names = ["x-api-key", "xi-api-key", "api-key", "x-key", "x-goog-api-key"]
    return names.lazy.compactMap(header).first
  }

  /// What `/{provider}[@answer]/rest` names; nil for any other path.
  var route: (provider: String, answer: String?, rest: String)? {
    let parts = path.dropFirst().split(
      separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    guard path.hasPrefix("/"), parts.count == 2 else { return nil }
    let names = parts[0].split(separator: "@", maxSplits: 1).map(String.init)
    // They become names of files.
    let areNames = names.joined().allSatisfy { $0.isLetter || $0.isNumber || "-_".contains($0) }
    guard let provider = names.first, areNames else { return nil }
    return (provider, names.count == 2 ? names[1] : nil, "/" + parts[1])
  }
}

extension StubRequest {
  /// Reads one request from `socket`, which may have sent a part of it (`pending`) already; nil
  /// when the connection ends or what comes is not a request.
  static func read(from socket: Int32, pending: inout [UInt8]) -> StubRequest? {
    let end = Array("\r\n\r\n".utf8)
    var headEnd = pending.firstRange(of: end)
    while headEnd == nil {
      guard pending.count < 64 << 10, receive(from: socket, into: &pending) else { return nil }
      // A method begins with a letter, TLS does not.
      guard Character(Unicode.Scalar(pending[0])).isLetter else { return nil }
      headEnd = pending.firstRange(of: end)
    }
    let head = String(decoding: pending[..<headEnd!.lowerBound], as: UTF8.self)
    pending.removeFirst(headEnd!.upperBound)

    var lines = head.components(separatedBy: "\r\n")[...]
    let first = lines.removeFirst().split(separator: " ")
    guard first.count == 3 else { return nil }
    let headers = lines.compactMap { line -> (name: String, value: String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      return (String(line[..<colon]), value)
    }
    let length = headers.first { $0.name.lowercased() == "content-length" }.flatMap {
      Int($0.value)
    }
    while pending.count < length ?? 0 {
      guard receive(from: socket, into: &pending) else { return nil }
    }
    let body = Array(pending.prefix(length ?? 0))
    pending.removeFirst(body.count)
    return StubRequest(
      method: String(first[0]), path: String(first[1]), headers: headers, body: body)
  }

  private static func receive(from socket: Int32, into pending: inout [UInt8]) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 16 << 10)
    let count = recv(socket, &buffer, buffer.count, 0)
    guard count > 0 else { return false }
    pending += buffer[..<count]
    return true
  }
}
