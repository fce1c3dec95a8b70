extension Provider {
  /// How a key of this kind is proved; nil where no request does. `format` is nil for a key that
  /// looks like none that is known.
  func definition(for format: KeyFormat?) -> ProbeDefinition? {
    format?.probe ?? (format?.isUnverifiable == true ? nil : probe)
  }

  /// Each definition with the kind of key that it is for: the provider's own with the first kind
  /// that has none.
  var definitions: [(format: KeyFormat?, definition: ProbeDefinition)] {
    let general = probe.map { (formats.first { $0.probe == nil && !$0.isUnverifiable }, $0) }
    return [general].compactMap(\.self)
      + formats.compactMap { format in format.probe.map { (format, $0) } }
  }
}
