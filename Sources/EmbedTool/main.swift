import Foundation

/// `EmbedTool OUTPUT FOLDER…`: writes one Swift file with `Embedded.FOLDER: [String: String]`, the
/// text of every YAML and JSON file by its name, for each folder; and which variables and prefixes of keys
/// the providers name, so that no command has to parse the whole catalogue for them.
///
/// Raw string literals: `.embedInCode` needs minutes for what these need a second for.
let arguments = CommandLine.arguments
let output = URL(fileURLWithPath: arguments[1])

var source = "enum Embedded {\n"
for folder in arguments.dropFirst(2).map({ URL(fileURLWithPath: $0).resolvingSymlinksInPath() }) {
  let property = folder.lastPathComponent == "Schemas" ? "schemas" : "providers"
  let files = try FileManager.default
    .contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    .filter { $0.pathExtension == "yaml" || $0.pathExtension == "json" }
    .sorted { $0.path < $1.path }
  precondition(!files.isEmpty, "\(folder.path) is empty")
  var variables = NamedVariables()
  var prefixes = KeyPrefixes()
  source += "  static let \(property): [(name: String, text: String)] = [\n"
  for file in files {
    let text = try String(contentsOf: file, encoding: .utf8)
    precondition(!text.contains("\"\"\"###"), "\(file.path) cannot be a raw string literal")
    source += "    (\"\(file.lastPathComponent)\", ###\"\"\"\n\(text)\n\"\"\"###),\n"
    variables.add(text, of: file.deletingPathExtension().lastPathComponent)
    prefixes.add(text)
  }
  source += "  ]\n"
  if property == "providers" { source += variables.source + prefixes.source }
}
source += "}\n"
try source.write(to: output, atomically: true, encoding: .utf8)
