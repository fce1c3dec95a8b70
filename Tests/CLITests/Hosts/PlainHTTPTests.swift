import Foundation
import TestSupport
import Testing

/// Plain HTTP inside a network, for servers that a team runs itself. Only a network namespace that owns the
/// address is asked: nothing is sent to it elsewhere.
@Suite(.fewAtATime, .needsNetwork, .needsPython)
struct PlainHTTPTests {
  /// Answers any request with an empty list of models, on an address and a port, and notes each in a file.
  private static let server = """
    import http.server, sys
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            with open(sys.argv[3], "a") as log:
                log.write(f"{self.path} {self.headers['Authorization']}\\\\n")
            body = b'{"object": "list", "data": []}'
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *_): pass
    server = http.server.ThreadingHTTPServer((sys.argv[1], int(sys.argv[2])), Handler)
    open(sys.argv[3], "w").close()
    server.serve_forever()
    """

  /// Runs a script where 10.254.7.1 is this machine: a server for models listens at port 8000, another one
  /// at 8001, and a proxy, which must hear of nothing.
  private func run(
    _ script: String, in world: World
  ) throws -> (output: String, errors: String, status: Int32) {
    try Self.server.replacing("\\\\n", with: "\\n").write(
      to: world.root.appending(path: "server.py"), atomically: true, encoding: .utf8)
    try script.write(
      to: world.root.appending(path: "script"), atomically: true, encoding: .utf8)
    return try world.run(
      """
      cp -a "$EMPTY/." .
      mkdir providers.d
      cat > providers.d/vllm.yaml <<'END'
      id: vllm
      name: Our vLLM
      capabilities: [text-generation]
      base_url: http://10.254.7.1:8000/v1
      auth: {header: Authorization, value: "Bearer {key}"}
      key: {env: [VLLM_API_KEY]}
      probe:
        request: GET /models
        rules: [{status: 200, body: {/data: {type: array}}, verdict: valid}]
      END
      unshare -n bash -c '
        ip link set lo up && ip address add 10.254.7.1/32 dev lo
        python3 ../server.py 10.254.7.1 8000 ../models & servers=$!
        python3 ../server.py 10.254.7.1 8001 ../other & servers="$servers $!"
        python3 ../server.py 127.0.0.1 8002 ../proxy & servers="$servers $!"
        until [ -e ../models ] && [ -e ../other ] && [ -e ../proxy ]; do sleep 0.02; done
        export http_proxy=http://127.0.0.1:8002 all_proxy=http://127.0.0.1:8002
        unset KEYVAULT_ALLOW_HOSTS
        bash ../script; status=$?
        # The runner of the tests may block other signals.
        kill -KILL $servers; exit $status'
      """)
  }

  private func log(_ name: String, _ world: World) throws -> String {
    try String(contentsOf: world.root.appending(path: name), encoding: .utf8)
  }

  @Test func `a server in the network gets a key where its origin is allowed with the scheme`()
    throws
  {
    let world = try World()
    let result = try run(
      """
      set -e
      export KEYVAULT_ALLOW_HOSTS=http://10.254.7.1:8000
      printf NotARealKey1 | keyvault add production/vllm
      printf NotARealKey2 | keyvault rotate production/vllm
      keyvault test production
      keyvault pick text-generation production --test
      ! gpg -q -d vault/production/vllm.gpg 2> /dev/null | grep ^hosts
      """, in: world)
    #expect(result.status == 0, "\(result)")
    let requests = try log("models", world).split(separator: "\n").map(String.init)
    #expect(
      requests == [
        "/v1/models Bearer NotARealKey1", "/v1/models Bearer NotARealKey2",
        "/v1/models Bearer NotARealKey2", "/v1/models Bearer NotARealKey2",
      ])
    #expect(try log("proxy", world).isEmpty)
  }

  @Test(arguments: [
    "", "10.254.7.1:8000", "https://10.254.7.1:8000", "http://10.254.7.1:8001",
    "http://10.254.7.1", "http://10.254.7.2:8000",
  ])
  func `no other permission has anything sent there`(allowed: String) throws {
    let world = try World()
    let result = try run(
      """
      export KEYVAULT_ALLOW_HOSTS='\(allowed)'
      printf NotARealKey1 | keyvault add production/vllm && exit 9
      printf NotARealKey1 | keyvault add production/vllm --force || exit 8
      keyvault test production
      keyvault pick text-generation production --test
      printf NotARealKey2 | keyvault rotate production/vllm
      keyvault providers check vllm
      keyvault providers check vllm production/vllm
      exit 0
      """, in: world)
    #expect(result.status == 0, "\(result)")
    for name in ["models", "other", "proxy"] { #expect(try log(name, world).isEmpty, "\(result)") }
    #expect(
      result.output.contains(
        "http://10.254.7.1:8000 is not a host that this key may be sent to; "
          + "KEYVAULT_ALLOW_HOSTS=http://10.254.7.1:8000 allows it"), "\(result)")
  }

  @Test func `a gateway in the network is rendered and asked where it is allowed`() throws {
    let world = try World()
    let result = try run(
      #"""
      printf 'environments:\n  production: {gateway: "http://10.254.7.1:8001/{provider}"}\n' >> keyvault.yaml
      keyvault validate --quiet
      printf %s "$OPENAI" | keyvault add production/openai --no-test --quiet 2> /dev/null
      keyvault render production 2>&1 | grep -v KEY=
      mkdir -p ../.config/keyvault
      echo "allow_hosts: ['http://10.254.7.1:8001']" > ../.config/keyvault/config.yaml
      keyvault render production | grep BASE_URL
      keyvault test production > /dev/null
      """#, in: world)
    #expect(result.status == 0, "\(result)")
    #expect(
      result.output == """
        keyvault.yaml:20:25: warning[needs-permission]: this file alone cannot send keys to \
        'http://10.254.7.1:8001': it would travel without encryption
          hint: allow it outside the repository: KEYVAULT_ALLOW_HOSTS=http://10.254.7.1:8001
        providers.d/vllm.yaml:4:11: warning[needs-permission]: this file alone cannot send keys to \
        'http://10.254.7.1:8000': it would travel without encryption
          hint: allow it outside the repository: KEYVAULT_ALLOW_HOSTS=http://10.254.7.1:8000
        keyvault: warning: left out OPENAI_BASE_URL: keys may not be sent to http://10.254.7.1:8001
        keyvault: hint: allow it: KEYVAULT_ALLOW_HOSTS=http://10.254.7.1:8001
        OPENAI_BASE_URL=http://10.254.7.1:8001/openai/v1

        """, "\(result)")
    #expect(try log("other", world) == "/openai/v1/models Bearer \(Templates.openAI)\n")
    #expect(try log("proxy", world).isEmpty)
  }
}
