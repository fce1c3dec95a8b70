/// A provider of a test's own: 200 with `ok` is valid, 401 is invalid.
struct Acme {
  /// Usually a stand-in's, with the provider's name.
  var base: String
  /// Additional properties of `key:`.
  var key = ""
  var request = "GET /models"
  /// Additional properties of `probe:`, each as `, name: value`.
  var probe = ""
  /// Additional lines.
  var more = ""

  /// A key that is obviously none.
  static let credential = "acme-NotARealKeyNotARealKey"

  static let valid = #"{"status": 200, "body": {"ok": true}}"#
  static let invalid = #"{"status": 401, "body": {"ok": false}}"#

  init(at base: String) { self.base = base }

  var text: String {
    """
    id: acme
    name: Acme
    description: A provider of a test's own
    capabilities: [search]
    base_url: \(base)
    auth: {header: Authorization, value: "Bearer {key}"}
    key: {env: [ACME_API_KEY]\(key)}
    probe: {request: \(request), rules: [\(Self.rules)]\(probe)}
    \(more)

    """
  }

  static let rules =
    "{status: 200, body: {/ok: true}, verdict: valid}, "
    + "{status: 401, body: {/ok: false}, verdict: invalid}"
}

extension World {
  /// Adds the provider, as `change` wants it, and a key of it.
  func add(_ acme: Acme, hosts: [String] = []) throws {
    try write(acme.text, to: "providers.d/acme.yaml")
    try store("p/acme", Acme.credential, hosts: hosts)
  }
}
