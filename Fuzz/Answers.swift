import HTTP
import Secrets

@testable import KeyVault

let builtIn = Catalogue(root: nil)
private let providers = builtIn.all().providers

/// What a good provider says.
let answer = ProbeAnswer(http(200, [], Array(#"{"object":"list","data":[{"id":"a"}]}"#.utf8)))

private func http(_ status: Int, _ headers: [HTTPHeader], _ body: [UInt8]) -> HTTPAnswer {
  HTTPAnswer(
    status: status, headers: headers, body: body, isBodyTruncated: false,
    timing: HTTPAnswer.Timing(nameLookup: 0, connect: 0, tls: 0, firstByte: 0, total: 0),
    version: "1.1")
}

private let statuses = [200, 400, 401, 402, 403, 404, 429, 500]

/// A byte for the provider, one for the status, a line for a header, and the body.
func readAnswer(_ bytes: [UInt8]) {
  guard bytes.count > 2 else { return }
  let provider = providers[Int(bytes[0]) % providers.count]
  let rest = bytes.dropFirst(2)
  let line = rest.prefix { $0 != UInt8(ascii: "\n") }
  let value = String(decoding: line, as: UTF8.self)
  let names = ["content-type", "x-request-id", "x-ratelimit-remaining-requests", "ratelimit"]
  let answer = ProbeAnswer(
    http(
      statuses[Int(bytes[1]) % statuses.count],
      names.map { HTTPHeader(name: $0, value: value) }, Array(rest.dropFirst(line.count + 1))))
  let key = Array("sk-proj-0123456789abcdefghijABCDEFGHIJ".utf8)
  let filter = LeakFilter(key.span.bytes)
  for definition in provider.definitions.map(\.definition) + [provider.quota].compactMap(\.self) {
    use(definition.judge(answer))
    for fact in definition.facts(of: answer).values { use(filter.leaks(in: fact)) }
    use(definition.target(filledFrom: answer.json))
  }
}
