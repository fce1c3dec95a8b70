internal import Glibc
internal import Machine
internal import Naming

/// A program that is run within bounds, because a repository's author decides how much git finds in it.
/// What takes too long, or writes or needs too much, is killed with all that it started.
enum ChildProcess {
  struct Bounds: Sendable {
    /// From the start to the end.
    let seconds: Int
    /// Of standard output.
    let bytes: Int
    /// Bytes of its own that it may allocate; nil for any number.
    let memory: Int?
  }

  /// Which bound was met.
  enum Excess: Sendable {
    case time, output, memory
    /// Its output could not be read to its end.
    case unread
    /// The consumer of its output wanted no more.
    case declined
  }

  /// The system's reason why a program could not be started.
  struct Errno: Error {
    let code: Int32

    var text: String { String(cString: strerror(code)) }
  }

  struct Outcome: Sendable {
    /// 128 where a signal ended it.
    let status: Int32
    /// The beginning of what it wrote to standard error.
    let errors: [UInt8]
    /// nil where it ended by itself.
    let excess: Excess?
  }

  /// Gives `take` what the program (an absolute path) writes, as it comes, until `take` answers false. `changed`
  /// are variables that replace the caller's. Throws the reason if the program cannot be started.
  static func run(
    _ program: String, _ arguments: [String], input: [UInt8], environment changed: [Name: String],
    within bounds: Bounds, _ take: (ArraySlice<UInt8>) -> Bool
  ) throws(Errno) -> Outcome {
    // Files, not pipes: one that is full would stop a child whose other one is waited for.
    let file = try input.isEmpty ? opened(open("/dev/null", O_RDONLY | O_CLOEXEC)) : filled(input)
    defer { close(file) }
    let errors = try opened(MemoryFile.open())
    defer { close(errors) }
    var pipes: [Int32] = [0, 0]
    guard pipe(&pipes) == 0 else { throw Errno(code: errno) }
    for end in pipes { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    defer { close(pipes[0]) }
    let child: pid_t
    do throws(Errno) {
      child = try start(
        program, arguments, environment(changed), descriptors: [file, pipes[1], errors])
      close(pipes[1])
    } catch {
      close(pipes[1])
      throw error
    }
    if let memory = bounds.memory { limit(child, memory) }

    var excess = read(pipes[0], within: bounds, take)
    if excess != nil { kill(-child, SIGKILL) }
    var status: Int32 = 0
    while waitpid(child, &status, 0) < 0 && errno == EINTR {}
    let exited = status & 0x7f == 0
    let said = beginning(of: errors)
    if excess == nil, bounds.memory != nil, !(exited && status == 0), said.isOutOfMemory {
      excess = .memory
    }
    return Outcome(status: exited ? status >> 8 & 0xff : 128, errors: said, excess: excess)
  }

  private static func start(
    _ program: String, _ arguments: [String], _ environment: [String], descriptors: [Int32]
  ) throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, descriptor) in descriptors.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, descriptor, Int32(number))
    }
    // A group of its own, so that what it starts ends with it.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETPGROUP))
    posix_spawnattr_setpgroup(&attributes, 0)
    let arguments = CStrings(arguments)
    let environment = CStrings(environment)
    var child: pid_t = 0
    let failure = posix_spawn(
      &child, program, &actions, &attributes, arguments.pointers, environment.pointers)
    guard failure == 0 else { throw Errno(code: failure) }
    return child
  }

  private static func read(
    _ descriptor: Int32, within bounds: Bounds, _ take: (ArraySlice<UInt8>) -> Bool
  ) -> Excess? {
    let end = ContinuousClock.now + .seconds(bounds.seconds)
    var left = bounds.bytes
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let rest = (end - .now).components
      let milliseconds = rest.seconds * 1000 + rest.attoseconds / 1_000_000_000_000_000
      guard milliseconds > 0 else { return .time }
      var ready = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      let count = poll(&ready, 1, Int32(clamping: milliseconds))
      if count < 0, errno != EINTR { return .unread }
      guard count > 0 else { continue }
      let got = Glibc.read(descriptor, &buffer, buffer.count)
      if got < 0, errno == EINTR { continue }
      guard got != 0 else { return nil }
      guard got > 0 else { return .unread }
      left -= got
      guard left >= 0 else { return .output }
      guard take(buffer[..<got]) else { return .declined }
    }
  }

  /// The function is in every glibc since 2.13; its header hides it.
  private static func limit(_ child: pid_t, _ memory: Int) {
    typealias Function =
      @convention(c) (
        pid_t, Int32, UnsafePointer<rlimit>?, UnsafeMutablePointer<rlimit>?
      ) -> Int32
    guard let symbol = dlsym(nil, "prlimit") else { return }
    let data: Int32 = 2
    var limit = rlimit(rlim_cur: rlim_t(memory), rlim_max: rlim_t(memory))
    _ = unsafeBitCast(symbol, to: Function.self)(child, data, &limit, nil)
  }

  /// A file without a name, at its beginning.
  private static func filled(_ bytes: [UInt8]) throws(Errno) -> Int32 {
    let file = try opened(MemoryFile.open())
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        pwrite(file, $0.baseAddress, $0.count, off_t(rest.startIndex))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else {
        let code = errno
        close(file)
        throw Errno(code: code)
      }
      rest = rest.dropFirst(count)
    }
    return file
  }

  private static func opened(_ file: Int32) throws(Errno) -> Int32 {
    guard file >= 0 else { throw Errno(code: errno) }
    return file
  }

  private static func beginning(of file: Int32) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: 4096)
    let count = pread(file, &buffer, buffer.count, 0)
    return Array(buffer.prefix(max(count, 0)))
  }

  /// This process's variables with some of them changed. A name must not come twice: the first one counts.
  private static func environment(_ changed: [Name: String]) -> [String] {
    var result = changed.map { "\($0)=\($1)" }
    let heads = changed.keys.map { $0.text + "=" }
    var pointer = environ
    while let entry = pointer.pointee {
      pointer += 1
      if heads.contains(where: { strncmp(entry, $0, $0.utf8.count) == 0 }) { continue }
      result.append(String(cString: entry))
    }
    return result
  }
}

extension [UInt8] {
  /// Whether a program says that it could not allocate what it needs.
  fileprivate var isOutOfMemory: Bool {
    String(decoding: self, as: UTF8.self).contains("ut of memory")
  }
}

/// A null-terminated array of C strings for the life of the value.
private final class CStrings {
  let pointers: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
  private let count: Int

  init(_ strings: [String]) {
    count = strings.count
    pointers = .allocate(capacity: count + 1)
    for (index, string) in strings.enumerated() { pointers[index] = strdup(string) }
    pointers[count] = nil
  }

  deinit {
    for index in 0..<count { free(pointers[index]) }
    pointers.deallocate()
  }
}
