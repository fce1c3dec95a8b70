import Foundation
import TestSupport
import Testing

/// `render` where a person looks at it.
@Suite(.fewAtATime, .needsPython) struct RenderTerminalTests {
  @Test(arguments: ["dotenv", "fish", "json", "yaml", "k8s-secret --name keys"])
  func `a terminal shows previews, and the keys on request`(format: String) throws {
    let organization = "org-NotAnOrganization"
    let world = try World.withKeys()
    try world.output(
      "keyvault set production/openai --field organization=\(organization) --quiet")
    let result = try Terminal.run(
      """
      for reveal in "", " --reveal":
          spawn(*("keyvault render production --format \(format)" + reveal).split())
          print(*wait())
      """, in: world)
    let shown = result.output.components(
      separatedBy: "keys are masked on a terminal: -o FILE writes them, --reveal shows them\r\n 0\n"
    )
    try #require(shown.count == 2 && shown[1].hasSuffix(" 0\n"), "\(result)")
    for value in [Templates.openAI, Templates.anthropic, organization] {
      let forms = [value, Data(value.utf8).base64EncodedString()]
      #expect(!forms.contains(where: shown[0].contains), "\(shown[0])")
      #expect(forms.contains(where: shown[1].contains), "\(shown[1])")
    }
    let preview = Data("sk-proj-…0001".utf8).base64EncodedString()
    #expect(shown[0].contains("sk-proj-…0001") || shown[0].contains(preview), "\(shown[0])")
  }
}
