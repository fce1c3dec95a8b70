/// Bytes for libyaml's marks, which count characters.
@safe struct Offsets {
  private let bytes: UnsafeBufferPointer<UInt8>
  private let start: Int
  private let isASCII: Bool
  private var character = 0
  private var offset: Int

  init(bytes: UnsafeBufferPointer<UInt8>, _ text: Text) {
    unsafe self.bytes = bytes
    start = text.start
    isASCII = text.isASCII
    offset = text.start
  }

  /// The byte at which a character begins. Cheap for places that ascend.
  mutating func offset(ofCharacter index: Int) -> Int {
    if isASCII { return start + index }
    if index < character { (character, offset) = (0, start) }
    while unsafe character < index && offset < bytes.count {
      offset += unsafe width(of: bytes[offset])
      character += 1
    }
    return unsafe min(offset, bytes.count)
  }

  private func width(of leading: UInt8) -> Int {
    switch leading {
    case 0..<0x80: 1
    case 0xF0...: 4
    case 0xE0...: 3
    default: 2
    }
  }
}
