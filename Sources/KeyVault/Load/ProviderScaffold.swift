/// A provider file to begin with, and recorded answers for it: sound as they are, and wrong about
/// everything that only the provider's documentation tells.
public struct ProviderScaffold {
  private let id: String
  private let name: String
  private let baseURL: String

  /// Throws a usage failure for an id that the schema would refuse.
  public init(id: String, name: String?, baseURL: String?) throws(Failure) {
    let isID =
      id.utf8.count <= 64
      && id.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_".utf8.contains($0) }
      && id.first.map { $0.isLetter } == true
    guard isID else {
      throw Failure(
        .usage, "'\(id.printable(limit: 80))' is no provider id",
        hints: ["lower-case letters, digits and underscores, starting with a letter: acme_ai"])
    }
    self.id = id
    self.name = name ?? id.prefix(1).uppercased() + id.dropFirst()
    self.baseURL = baseURL ?? "https://api.\(id.replacing("_", with: "-")).example/v1"
  }

  /// Writes the files below `root`, the answers into `answers/ID/`; their paths. Throws, with nothing
  /// written, where one exists or the provider file would not satisfy its schema.
  public func write(to root: String, answers: String) throws(Failure) -> [String] {
    let folders = "\(answers)/\(id)"
    let files =
      [(Catalogue.folder, "\(id).yaml", providerFile)]
      + self.answers.map { (folders, "\($0.name).json", $0.text) }
    let path = "\(Catalogue.folder)/\(id).yaml"
    if case .failure(let malformed) = CheckedDocument.read(
      Array(providerFile.utf8), as: .provider, file: path)
    {
      let finding = malformed.findings[0]
      throw Failure(.usage, finding.message, hints: finding.hint.map { [$0] } ?? [])
    }
    for (folder, name, _) in files {
      let existing = try? Folder(root).folder(folder)
      guard existing?.kind(of: name) == nil else {
        throw Failure(.usage, "'\(folder)/\(name)' exists already")
      }
    }
    do throws(FileError) {
      for (folder, name, text) in files {
        try Folder(root).folder(folder, create: true)
          .write(Array(text.utf8).span.bytes, as: name, mode: 0o644)
      }
    } catch {
      throw error.failure
    }
    return files.map { "\($0.0)/\($0.1)" }
  }

  private var variable: String { id.uppercased() }

  private var providerFile: String {
    """
    # yaml-language-server: $schema=../Schemas/provider.schema.json
    id: \(id)
    name: \(name.quotedForJSON)
    description: What it offers, in one line
    # The closed list is in the schema: your editor completes it.
    capabilities: [text-generation]
    links:
      docs: https://docs.\(id.replacing("_", with: "-")).example
      # Where a person makes and revokes a key.
      keys: https://\(id.replacing("_", with: "-")).example/keys
    # What the SDK's base-URL variable takes.
    base_url: \(baseURL)
    auth: {header: Authorization, value: "Bearer {key}"}
    key:
      env: [\(variable)_API_KEY]
      # Wide rather than exact: a format that is too narrow refuses tomorrow's keys.
      formats:
        - {name: api, prefix: \(id)-, chars: "A-Za-z0-9_-", length: 20..200}
    # The proof: a request that costs nothing and needs a key. A public endpoint proves nothing; where
    # there is no other, write `probe: none`.
    probe:
      request: GET /models
      # The first rule that holds decides. What is invented here must become what was seen.
      rules:
        - {status: 200, body: {/object: list, /data: {type: array}}, verdict: valid}
        - {status: 401, body: {/error/code: invalid_api_key}, verdict: invalid}
        - {status: 402, body: {/error/code: no_credit}, verdict: no_credit, confirmed: false}
      # Facts to keep; nothing else of an answer is. Never personal data.
      read:
        models: {body: /data, count: true}

    """
  }

  private var answers: [(name: String, text: String)] {
    let error = { (code: String) in
      "{\"error\": {\"code\": \"\(code)\", \"message\": \"Invented\"}}"
    }
    return [
      answer("valid", "a good key lists the models", 200, "{\"object\": \"list\", \"data\": []}"),
      answer("invalid", "a key that nobody has", 401, error("invalid_api_key")),
      answer("missing", "no key arrived", 401, error("invalid_api_key")),
      answer("no_credit", "an account without credit", 402, error("no_credit")),
    ]
  }

  private func answer(
    _ verdict: String, _ what: String, _ status: Int, _ body: String
  ) -> (name: String, text: String) {
    let path = baseURL.split(separator: "/", maxSplits: 3).dropFirst(2).first.map { "/\($0)" } ?? ""
    return (
      verdict,
      """
      {
        "case": "\(what)",
        "confirmed": false,
        "verdict": "\(verdict == "missing" ? "invalid" : verdict)",
        "request": "GET \(path)/models",
        "status": \(status),
        "headers": {"content-type": "application/json"},
        "body": \(body)
      }

      """
    )
  }
}
