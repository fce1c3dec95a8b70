import Foundation
import ProviderStub
import TestSupport
import Testing

/// `import`, where a transcript cannot tell what happened.
@Suite(.fewAtATime) struct ImportTests {
  @Test func `a dry run sends nothing and writes nothing`() throws {
    let world = try World()
    let result = try world.run(
      """
      cp -a "$EMPTY/." .
      printf 'environments: {production: {gateway: "%s/{provider}"}}\\n' "$STUB" >> keyvault.yaml
      printf 'OPENAI_API_KEY=%s\\n' "$OPENAI" > ../source
      cp -a . ../before
      keyvault import production --from ../source --dry-run && diff -r . ../before
      """)
    #expect(result.status == 0 && result.output.contains(" planned "), "\(result)")
    #expect(world.stub.requests.isEmpty)
  }

  /// The provider is slow: meanwhile another process replaces the key.
  @Test(.needsPython)
  func `what comes while the providers are asked is not written over`() throws {
    let world = try World()
    try """
    import http.server, json, os, subprocess
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self):
            subprocess.run('printf %s "$OPENAI-2" | keyvault rotate production/openai --no-test',
                           shell=True, check=True, capture_output=True)
            with open(os.environ["ANSWERS"] + "/openai/valid.json") as file:
                body = json.dumps(json.load(file)["body"]).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        def log_message(self, *_): pass
    server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
    with open("../new", "w") as file: file.write(str(server.server_port))
    os.rename("../new", "../port")
    server.handle_request()

    """.write(to: world.root.appending(path: "server.py"), atomically: true, encoding: .utf8)
    let result = try world.run(
      #"""
      cp -a "$FILLED/." .
      python3 ../server.py > /dev/null 2>&1 &
      until [ -e ../port ]; do sleep 0.02; done
      printf 'environments: {production: {gateway: "http://127.0.0.1:%s/{provider}"}}\n' \
        "$(cat ../port)" >> keyvault.yaml
      export KEYVAULT_ALLOW_HOSTS="http://127.0.0.1:$(cat ../port)"
      printf 'OPENAI_API_KEY=%s-1\n' "$OPENAI" > ../source
      keyvault import production --from ../source --force
      echo $?
      keyvault get production/openai
      """#)
    #expect(result.output == "73\n" + Templates.openAI + "-2\n", "\(result)")
    #expect(result.errors.contains("meanwhile, so nothing was changed"), "\(result)")
  }

  @Test(.needsPython)
  func `at a terminal it is asked whose a key is, but not for a dry run`() throws {
    let world = try World()
    try world.output(
      """
      cp -a "$EMPTY/." .
      printf 'SOME_TOKEN=sk-NotARealKeyNotARealKeyNotARealKey5\\n' > ../source
      """)
    let result = try Terminal.run(
      """
      def start(*more):
          spawn("keyvault", "import", "production", "--from", "../source", "--no-test", *more)
      start("--dry-run")
      text, status = wait()
      print("ambiguous" in text, "whose is it?" in text, status)
      start()
      read_until("whose is it?")
      type("\\r")
      text, status = wait()
      print("ambiguous" in text, status)
      start()
      read_until("whose is it?")
      type("nobody\\r")
      read_until("unknown provider 'nobody'")
      read_until("whose is it?")
      type("moonshot\\r")
      text, status = wait()
      print("production/moonshot" in text, status)
      """, in: world)
    #expect(result.output == "True False 1\nTrue 1\nTrue 0\n", "\(result)")
    #expect(try world.output("keyvault ls") == "production/moonshot\n")
  }
}
