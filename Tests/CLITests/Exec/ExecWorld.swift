import Foundation

extension World {
  /// One with two keys in `production`, opened once, so that they are kept.
  static func withKeys() throws -> World {
    let world = try World()
    try world.output(
      """
      cp -a "$FILLED/." .
      keyvault exec production -- true
      """)
    return world
  }
}

/// Runs a script as a person's shell has it: no signal is blocked, and no file is open that another test
/// has opened.
func runAsPerson(
  _ script: String, in world: World
) throws -> (output: String, errors: String, status: Int32) {
  try script.write(to: world.root.appending(path: "script"), atomically: true, encoding: .utf8)
  return try world.run(
    #"""
    exec python3 -c '
    import os, signal
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    os.closerange(3, 1000)
    os.execv("/bin/bash", ["bash", "../script"])'
    """#)
}
