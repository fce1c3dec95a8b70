import HTTP
import Testing

struct WebURLTests {
  @Test func `reads the parts of a URL and fills in the default port`() throws {
    let url = try WebURL("HTTPS://API.Example.com/v1/models?limit=1")
    #expect(url.scheme == "https")
    #expect(url.host == "api.example.com")
    #expect(url.port == 443)
    #expect(url.path == "/v1/models?limit=1")
    #expect(url.text == "https://api.example.com/v1/models?limit=1")
    #expect(url.origin.description == "https://api.example.com")
  }

  @Test(arguments: [
    ("https://example.com", "https://example.com/"),
    ("https://example.com:443", "https://example.com/"),
    ("https://example.com:8443/x", "https://example.com:8443/x"),
    ("https://example.com?a=b", "https://example.com/?a=b"),
    ("https://example.com/a@b:c", "https://example.com/a@b:c"),
    ("https://example.com/a?b=../c", "https://example.com/a?b=../c"),
    ("https://example.com/%7Ea", "https://example.com/%7Ea"),
    ("https://192.0.2.1/", "https://192.0.2.1/"),
    ("https://[2001:DB8:0::1]/", "https://[2001:db8::1]/"),
    ("http://127.0.0.1:80/", "http://127.0.0.1/"),
    ("http://127.255.0.3:8080", "http://127.255.0.3:8080/"),
    ("http://[::1]:8080/x", "http://[::1]:8080/x"),
    ("http://[0:0:0:0:0:0:0:1]/", "http://[::1]/"),
    ("http://10.0.0.5:8000/v1", "http://10.0.0.5:8000/v1"),
    ("http://[::FFFF:7f00:1]/", "http://[::ffff:127.0.0.1]/"),
  ])
  func `has one spelling`(text: String, canonical: String) throws {
    #expect(try WebURL(text).text == canonical)
  }

  @Test(arguments: [
    ("", WebURLError.notAbsolute),
    ("example.com", .notAbsolute),
    ("/v1/models", .notAbsolute),
    ("//example.com", .notAbsolute),
    ("https:example.com", .notAbsolute),
    ("ftp://example.com", .scheme("ftp")),
    ("file:///etc/passwd", .scheme("file")),
    ("https+x://example.com", .scheme("https+x")),
    ("https://user@example.com", .userinfo),
    ("https://user:password@example.com/", .userinfo),
    ("https://example.com:443@evil.example/", .userinfo),
    ("https://example.com\\@evil.example/", .backslash),
    ("https://example.com/#x", .fragment),
    ("https://example.com/a b", .unprintable),
    ("https://example.com/\u{0}", .unprintable),
    ("https://example.com/\r\nX: y", .unprintable),
    ("https://exämple.com/", .unprintable),
    ("https://example.com/{key}", .character("{")),
    ("https://example.com/%", .character("%")),
    ("https://example.com/%0g", .character("%")),
    ("https://", .host("")),
    ("https:///path", .host("")),
    ("https://:443/", .host("")),
    ("https://example..com/", .host("example..com")),
    ("https://example.com./", .host("example.com.")),
    ("https://-example.com/", .host("-example.com")),
    ("https://exa_mple.com/", .host("exa_mple.com")),
    ("https://example%2ecom/", .host("example%2ecom")),
    ("https://[::1/", .host("[")),
    ("https://[fe80::1%25eth0]/", .host("[fe80::1%25eth0]")),
    ("https://[::1]x/", .host("[::1]x")),
    ("http://127.1/", .host("127.1")),
    ("http://127.0.0.01/", .host("127.0.0.01")),
    ("http://127.0.0.256/", .host("127.0.0.256")),
    ("http://2130706433/", .host("2130706433")),
    ("http://0x7f.0.0.0x1/", .host("0x7f.0.0.0x1")),
    ("https://example.com:/", .port("")),
    ("https://example.com:0/", .port("0")),
    ("https://example.com:0443/", .port("0443")),
    ("https://example.com:65536/", .port("65536")),
    ("https://example.com:+443/", .port("+443")),
    ("https://example.com:443:443/", .port("443:443")),
    ("https://example.com/a/../b", .dotSegment),
    ("https://example.com/./b", .dotSegment),
    ("https://example.com/a/%2E%2e", .dotSegment),
  ])
  func `refuses what can be read in two ways`(text: String, error: WebURLError) {
    #expect(throws: error) { try WebURL(text) }
  }

  @Test(arguments: [
    "http://example.com/", "http://localhost/", "http://127.0.0.1.example.com/", "http://[::2]/",
    "http://[::ffff:127.0.0.1]/", "http://0.0.0.0/", "http://[::]/", "http://128.0.0.1/",
  ])
  func `only literal addresses of loopback are loopback`(text: String) throws {
    #expect(try !WebURL(text).isLoopback)
  }

  @Test func `appends a path below itself`() throws {
    let url = try WebURL("http://127.0.0.1:8080/openai?x=1")
    #expect(try url.appending(path: "/v1?a=b").text == "http://127.0.0.1:8080/openai/v1?a=b")
    #expect(throws: WebURLError.relativePath("v1")) { try url.appending(path: "v1") }
    #expect(throws: WebURLError.relativePath("@evil.example/")) {
      try url.appending(path: "@evil.example/")
    }
    #expect(throws: WebURLError.dotSegment) { try url.appending(path: "/../v1") }
  }

  @Test func `two spellings have the same origin, another port has not`() throws {
    let origin = try WebURL("https://EXAMPLE.com").origin
    #expect(try WebURL("https://example.com:443/path").origin == origin)
    #expect(try WebURL("https://example.com:444/path").origin != origin)
    #expect(try WebURL("https://api.example.com").origin != origin)
  }
}
