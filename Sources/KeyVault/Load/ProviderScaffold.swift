internal import HTTP

/// A provider file to begin with, and recorded answers for it: valid, but with placeholders for
/// everything that only the provider's documentation can answer.
public struct ProviderScaffold {
  private let id: String
  private let name: String
  private let baseURL: String

  /// Throws a usage failure for an id that the schema would refuse.
  public init(id: String, name: String?, baseURL: String?) throws(Failure) {
    guard Provider.isID(id) else {
      throw Failure(
        .usage, "invalid provider id '\(id.printable(limit: 80))'",
        hints: ["expected a lower-case letter, then letters, digits and underscores: acme_ai"])
    }
    guard !BuiltIn.ids.contains(id) else {
      throw Failure(
        .usage, "'\(id)' is a built-in provider, and a file of that name would replace it",
        hints: ["see '\(Shell("keyvault providers show \(id)"))'"])
    }
    if let objection = VariableName.objection(to: id.uppercased() + "_API_KEY") {
      throw Failure(.usage, objection, hints: ["choose another id, such as \(id)_ai or my_\(id)"])
    }
    self.id = id
    self.name = name ?? id.prefix(1).uppercased() + id.dropFirst()
    self.baseURL = baseURL ?? "https://api.\(id.replacing("_", with: "-")).example/v1"
  }

  /// Writes the provider file below the repository's `root`, and answers into `answers/ID/`, of which
  /// both are absolute; the paths of what was written. Throws, with nothing written, where one exists
  /// or the provider file would not satisfy its schema.
  public func write(to root: String, answers: String) throws(Failure) -> [String] {
    let files =
      [(root + "/" + Paths.providers, "\(id).yaml", providerFile)]
      + self.answers.map { ("\(answers)/\(id)", "\($0.name).json", $0.text) }
    let path = "\(Paths.providers)/\(id).yaml"
    if case .failure(let malformed) = CheckedDocument.read(
      Array(providerFile.utf8), as: .provider, file: path)
    {
      let finding = malformed.findings[0]
      throw Failure(.usage, finding.message, hints: finding.hint.map { [$0] } ?? [])
    }
    return try RepositoryLock.exclusive(of: root).whileHeld { () throws(Failure) in
      for (folder, name, _) in files where (try? Folder(folder))?.kind(of: name) != nil {
        let path = "\(folder)/\(name)"
        let shown = Self.inside(root, path).map(String.init) ?? path
        throw Failure(.usage, "'\(shown)' exists already")
      }
      try reporting { () throws(FileError) in
        for (path, name, text) in files {
          try Self.folder(path, root).write(Array(text.utf8).span.bytes, as: name, mode: 0o644)
        }
      }
      return files.map { "\($0.0)/\($0.1)" }
    }
  }

  /// What root makes in another user's repository belongs to that user.
  private static func folder(_ path: String, _ root: String) throws(FileError) -> Folder {
    guard let relative = inside(root, path) else {
      return try Folder(ofAnyOwner: "/").folder(path, create: true)
    }
    return try Folder(root).folder(String(relative), create: true)
  }

  /// A path relative to the root; nil for one elsewhere.
  private static func inside(_ root: String, _ path: String) -> Substring? {
    path.hasPrefix(root + "/") ? path.dropFirst(root.count + 1) : nil
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
      answer("invalid", "a key that does not exist", 401, error("invalid_api_key")),
      answer("missing", "no key arrived", 401, error("invalid_api_key")),
      answer("no_credit", "an account without credit", 402, error("no_credit")),
    ]
  }

  private func answer(
    _ verdict: String, _ what: String, _ status: Int, _ body: String
  ) -> (name: String, text: String) {
    let path = (try? WebURL(baseURL))?.path ?? ""
    return (
      verdict,
      """
      {
        "case": "\(what)",
        "confirmed": false,
        "verdict": "\(verdict == "missing" ? "invalid" : verdict)",
        "request": "GET \(path == "/" ? "" : path)/models",
        "status": \(status),
        "headers": {"content-type": "application/json"},
        "body": \(body)
      }

      """
    )
  }
}
