/// A form of keys that is looked for in texts: one with a distinctive prefix.
struct KeyForm {
  /// Its place among all that are looked for.
  let number: Int
  /// Whose, for messages.
  let provider: String
  let prefix: [UInt8]
  let format: KeyFormat

  /// Shorter prefixes are found everywhere.
  static let shortestPrefix = 3

  /// Those of some providers.
  static func all(of providers: [Provider]) -> [KeyForm] {
    providers.flatMap { provider in
      provider.formats.filter { $0.prefix.utf8.count >= shortestPrefix }.map {
        (provider.name, $0)
      }
    }.enumerated().map { number, form in
      KeyForm(
        number: number, provider: form.0, prefix: Array(form.1.prefix.utf8), format: form.1)
    }
  }

  /// Those of a repository's own providers that no other form is like, numbered behind the built-in ones.
  static func own(of providers: [Provider], besides builtIn: [KeyForm]) -> [KeyForm] {
    var known = Set(builtIn.map(\.format.shape))
    let new = all(of: providers).filter { known.insert($0.format.shape).inserted }
    return new.enumerated().map { number, form in
      KeyForm(
        number: builtIn.count + number, provider: form.provider, prefix: form.prefix,
        format: form.format)
    }
  }
}

extension KeyFormat {
  /// What decides whether a text has this form.
  struct Shape: Hashable {
    let prefix: [UInt8]
    let alphabet: Alphabet
    let length: ClosedRange<Int>
  }

  var shape: Shape { Shape(prefix: Array(prefix.utf8), alphabet: alphabet, length: length) }
}
