import Foundation
import PackagePlugin

/// Writes `providers.d/*.yaml` and `Schemas/*.schema.json` into one Swift file.
///
/// The folders are inputs besides their files, so that a file that is added, renamed or removed
/// also runs the tool again.
@main
struct Embed: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let output = context.pluginWorkDirectoryURL.appending(path: "Embedded.swift")
    // The folders are links to the top of the repository.
    let folders = ["providers.d", "Schemas"].map {
      target.directoryURL.appending(path: $0).resolvingSymlinksInPath()
    }
    let files = try folders.flatMap { folder in
      try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
        .filter { $0.pathExtension == "yaml" || $0.pathExtension == "json" }
        .sorted { $0.path < $1.path }
    }
    return [
      .buildCommand(
        displayName: "Embedding the catalogue and the schemas",
        executable: try context.tool(named: "EmbedTool").url,
        arguments: [output.path] + folders.map(\.path),
        inputFiles: folders + files,
        outputFiles: [output])
    ]
  }
}
