import Foundation

/// Runs a script in bash, without a terminal, with nothing to read, and for a minute at most.
func shell(
  _ script: String, in folder: URL, environment: [String: String]
) throws -> (output: String, errors: String, status: Int32) {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
  process.arguments = ["--kill-after=5", "60", "/bin/bash", "-c", script]
  process.currentDirectoryURL = folder
  process.environment = environment
  process.standardInput = FileHandle.nullDevice
  // Files, not pipes: a child that outlives its parent, such as gpg-agent, would hold a pipe open.
  let prefix = "/tmp/kvo-\(UUID().uuidString.prefix(8))"
  let paths = [prefix + ".out", prefix + ".err"]
  defer { for path in paths { unlink(path) } }
  for path in paths { try Data().write(to: URL(fileURLWithPath: path)) }
  process.standardOutput = FileHandle(forWritingAtPath: paths[0])
  process.standardError = FileHandle(forWritingAtPath: paths[1])
  try process.run()
  process.waitUntilExit()
  let status =
    process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  return (
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: paths[0])), as: UTF8.self),
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: paths[1])), as: UTF8.self), status
  )
}
