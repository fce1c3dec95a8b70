import KeyVault
import Secrets

/// The job of GitHub Actions that `render --format github` gives variables to.
struct GitHubJob {
  private let file: AppendedFile
  /// Whether a runner reads standard output, and hides what a command names.
  private let isHeard: Bool

  /// `file` is what a person named instead of the job's own.
  init(_ surroundings: Surroundings, file: String?) throws(Failure) {
    guard let path = file ?? surroundings.githubEnvironmentFile else {
      throw Failure(
        .usage, "GITHUB_ENV is not set, so there is no job of GitHub Actions to give keys to",
        hints: ["run it in a step of a workflow", "or name the file to add to with -o"])
    }
    self.file = AppendedFile(path: path)
    isHeard = surroundings.githubEnvironmentFile != nil
  }

  /// Has the values hidden first, so that there is no moment in which a log could show them.
  func give(_ variables: [Rendering.Variable]) throws {
    let text = try Dialect.github.text(of: variables)
    if isHeard { try Console.output(GitHubMask.text(of: variables)) }
    try file.append(text)
  }
}
