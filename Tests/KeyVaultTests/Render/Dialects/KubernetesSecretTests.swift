import Secrets
import TestSupport
import Testing

@testable import KeyVault

@Suite(.oneAtATime)
struct KubernetesSecretTests {
  @Test func `a Secret looks as people write it`() throws {
    let secret = try KubernetesSecret(
      name: "ai-keys", namespace: "production",
      labels: ["app=web", "example.com/team=ml", "empty="])
    #expect(
      try secret.dialect.text(of: [.test("A_KEY", "sk-test-1"), .test("NO", "")]).text == """
        apiVersion: v1
        kind: Secret
        metadata:
          name: "ai-keys"
          namespace: "production"
          labels:
            "app": "web"
            "example.com/team": "ml"
            "empty": ""
        type: Opaque
        data:
          A_KEY: "c2stdGVzdC0x"
          "NO": ""

        """)
  }

  @Test(.needs(.python("yaml")))
  func `a name and labels that look like numbers stay text`() throws {
    let secret = try KubernetesSecret(name: "1", namespace: "0x1", labels: ["true=1e3", "a=null"])
    let scratch = Scratch()
    try scratch.write(try secret.dialect.text(of: [.test("A", "x")]).bytes, to: "file")
    let script = "import sys, yaml; print(yaml.safe_load(open(sys.argv[1]))['metadata'])"
    #expect(
      try run([Consumer.debianPython, "-I", "-c", script, scratch.path("file")]).text
        == "{'name': '1', 'namespace': '0x1', 'labels': {'true': '1e3', 'a': 'null'}}\n")
  }

  @Test(arguments: 0...6)
  func `base64 carries every byte`(count: Int) throws {
    let bytes = (0..<count).map { UInt8(truncatingIfNeeded: 0xff - $0 * 37) }
    let value = Secret(copying: bytes.span.bytes)
    var text = SecretBuilder()
    value.withBytes { Dialect.kubernetesSecret.write("A", $0, &text) }
    let expected = try run(["/usr/bin/base64", "-w0"], input: bytes).text
    #expect(text.finish().text == "  A: \"\(expected)\"\n")
  }

  @Test(arguments: [
    "", "Ai", "a_b", "-a", "a-", "a..b", ".a", "a\n", "é", String(repeating: "a", count: 254),
  ])
  func `what Kubernetes would refuse as a name is refused`(name: String) {
    #expect(
      failure { _ = try KubernetesSecret(name: name, namespace: nil, labels: []) }?.kind == .usage)
    #expect(
      failure { _ = try KubernetesSecret(name: "a", namespace: name, labels: []) }?.kind == .usage)
  }

  @Test func `a namespace has no dot and 63 characters, a name has both more`() throws {
    let long = String(repeating: "a", count: 64)
    _ = try KubernetesSecret(name: "a.b." + long, namespace: "a-1", labels: [])
    for namespace in ["a.b", long] {
      #expect(
        failure { _ = try KubernetesSecret(name: "a", namespace: namespace, labels: []) } != nil)
    }
  }

  @Test(arguments: [
    "app", "=x", "a=b=c", "a b=c", "a=b c", "/a=b", "a/=b", "a/b/c=d", "A.com/a=b", "a=-", "a=\"\n",
    "a=" + String(repeating: "x", count: 64), String(repeating: "x", count: 64) + "=a",
  ])
  func `an invalid label is refused`(label: String) {
    #expect(
      failure { _ = try KubernetesSecret(name: "a", namespace: nil, labels: [label]) }?.kind
        == .usage)
  }

  @Test func `a label stands once`() {
    #expect(
      failure { _ = try KubernetesSecret(name: "a", namespace: nil, labels: ["a=1", "a=2"]) }?
        .message == "label 'a' is given twice")
  }
}
