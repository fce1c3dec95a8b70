import Glibc

/// libFuzzer without its `main`: `fuzz TARGET [flags] [corpus]`.
@_silgen_name("LLVMFuzzerRunDriver")
private func runDriver(
  _ count: UnsafeMutablePointer<CInt>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

let targets: [String: ([UInt8]) -> Void] = [
  "names": readName, "sidecars": readSidecar, "configurations": readConfiguration,
  "providers": readProvider, "lists": readRecipientList, "signatures": readSignature,
  "answers": readAnswer, "dotenv": readDotenv, "packets": readPackets,
  "texts": searchText,
]

if CommandLine.arguments.count < 2 {
  print(targets.keys.sorted().joined(separator: "\n"))
  exit(0)
}
guard let target = targets[CommandLine.arguments[1]] else {
  print("no target '\(CommandLine.arguments[1])'")
  exit(64)
}
chosen = target

// The target's name is not an argument for libFuzzer.
var count = CommandLine.argc - 1
var arguments = CommandLine.unsafeArgv + 1
arguments[0] = CommandLine.unsafeArgv[0]
exit(runDriver(&count, &arguments) { read($0, $1) })
