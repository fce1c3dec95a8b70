import Foundation

/// What a program left behind.
struct Outcome {
  let output: [UInt8]
  let errors: String
  let status: Int32

  var text: String { String(decoding: output, as: UTF8.self) }
}

/// Runs a program with a plain environment and waits for it.
func run(
  _ command: [String], _ environment: [String: String] = [:], input: [UInt8] = [],
  in folder: String = "/tmp"
) throws -> Outcome {
  // Files, not pipes: a child that outlives its parent, such as gpg-agent, would hold a pipe open.
  let scratch = Scratch()
  let paths = ["in", "out", "err"].map { scratch.path($0) }
  try Data(input).write(to: URL(fileURLWithPath: paths[0]))
  for path in paths[1...] { try Data().write(to: URL(fileURLWithPath: path)) }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: command[0])
  process.arguments = Array(command.dropFirst())
  process.currentDirectoryURL = URL(fileURLWithPath: folder)
  let standard = [
    "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "HOME": scratch.folder,
    "LC_ALL": "C.UTF-8",
  ]
  process.environment = standard.merging(environment) { $1 }
  process.standardInput = FileHandle(forReadingAtPath: paths[0])
  process.standardOutput = FileHandle(forWritingAtPath: paths[1])
  process.standardError = FileHandle(forWritingAtPath: paths[2])
  try process.run()
  process.waitUntilExit()
  return Outcome(
    output: Array(try Data(contentsOf: URL(fileURLWithPath: paths[1]))),
    errors: try String(contentsOfFile: paths[2], encoding: .utf8),
    status: process.terminationStatus)
}

/// Whether a shell finds and can run this.
func isAvailable(_ command: String) -> Bool {
  (try? run(["/bin/bash", "-c", command]))?.status == 0
}

/// A folder of its own, gone with the value.
final class Scratch: Sendable {
  let folder = leftovers.newPath()

  init() {
    try! FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  func path(_ name: String) -> String { folder + "/" + name }

  func write(_ bytes: [UInt8], to name: String) throws {
    let file = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(
      at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: file)
  }

  func write(_ text: String, to name: String) throws {
    try write(Array(text.utf8), to: name)
  }

  func bytes(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(fileURLWithPath: path(name))))
  }

  func text(_ name: String) throws -> String {
    String(decoding: try bytes(name), as: UTF8.self)
  }

  func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: path(name), withDestinationPath: target)
  }

  func move(_ name: String, to other: String) throws {
    try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
  }

  func copy(_ name: String, to other: String) throws {
    try FileManager.default.copyItem(atPath: path(name), toPath: path(other))
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: path(name))
  }

  /// Names in a folder, sorted.
  func names(in name: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }
}
