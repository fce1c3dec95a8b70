import Naming
import Testing
import YAML

@testable import KeyVault

/// Which check looks at a change of which property.
@Suite struct PropertyWeightTests {
  private func properties(_ schema: String, _ path: [String] = []) throws -> Set<Name> {
    let text = try #require(SchemaLibrary.text(schema))
    var node = try Document(parsing: Array(text.utf8)).root
    for part in path { node = try #require(node[part]) }
    return Set(names: (node["properties"]?.mapping ?? []).map(\.key))
  }

  @Test func `no property of a schema is left without a weight`() throws {
    let provider = try properties("provider").subtracting([Name("key")])
      .union(properties("provider", ["properties", "key"]).map { Name("key." + $0.text) })
    let tables: [(Set<Name>, [Name: PropertyWeight])] = try [
      (properties("entry"), PropertyWeight.entry), (provider, PropertyWeight.provider),
      (properties("keyvault"), PropertyWeight.configuration),
      (properties("keyvault", ["$defs", "environment"]), PropertyWeight.environment),
      (properties("keyvault", ["properties", "policy"]), PropertyWeight.policy),
    ]
    for (properties, table) in tables {
      #expect(properties.count > 4)
      #expect(properties.subtracting(table.keys) == [])
    }
  }
}
