internal import Foundation

/// A program of this machine that a test needs.
package final class Program {
  private let process = Process()
  private let output = Pipe()

  /// Starts it; its standard error goes nowhere.
  package init(_ path: String, _ arguments: String...) throws {
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardInput = Pipe()
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
  }

  deinit {
    // Not SIGTERM, which a child has blocked if it was started by a thread of a pool.
    if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    process.waitUntilExit()
  }

  /// Asks it to end; returns its exit status.
  package func end() -> Int32 {
    process.terminate()
    process.waitUntilExit()
    return process.terminationStatus
  }

  /// The first line of its output that has `prefix`, without it.
  package func line(after prefix: String) -> String? {
    var text = ""
    while let data = try? output.fileHandleForReading.read(upToCount: 1), !data.isEmpty {
      guard data != Data("\n".utf8) else {
        if text.hasPrefix(prefix) { return String(text.dropFirst(prefix.count)) }
        text = ""
        continue
      }
      text += String(decoding: data, as: UTF8.self)
    }
    return nil
  }

  package static func output(_ path: String, _ arguments: String...) throws -> String {
    let process = Process()
    let output = Pipe()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw Failure(program: path) }
    return String(decoding: data, as: UTF8.self)
  }

  package struct Failure: Error {
    package var program: String
  }
}
