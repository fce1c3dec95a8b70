import TestSupport
import Testing

/// The second command needs one use of the secret key, if the cache is on.
@Suite(.fewAtATime) struct WarmCacheTests {
  private static let render = "keyvault render production"

  private func world() throws -> World {
    let world = try World()
    try world.output(#"cp -a "$FILLED/." ."#)
    return world
  }

  @Test func `the agent is asked once for all keys of an unchanged environment`() throws {
    let world = try world()
    let uses = try world.output(
      """
      printf 'log-file %s\\ndebug ipc\\n' "$HOME/agent.log" > "$GNUPGHOME/gpg-agent.conf"
      gpgconf --kill gpg-agent
      render() {
        : > "$HOME/agent.log"
        keyvault render "$@" 2> errors > rendered
        cat errors
        printf '%s ' "$(grep -ac '<- PKDECRYPT' "$HOME/agent.log")" $(wc -l < rendered)
      }
      render production
      render production
      render production --format json
      render production --only openai --only anthropic
      keyvault set production/openai env=OTHER_KEY --quiet
      render production
      grep -c OTHER_KEY rendered
      printf '%sx' "$OPENAI" | keyvault rotate production/openai --no-test --quiet
      render production
      render production
      : > "$HOME/agent.log"
      keyvault exec production -- true
      grep -ac '<- PKDECRYPT' "$HOME/agent.log"
      """)
    #expect(uses == "2 2 1 2 1 4 1 2 1 2 1\n2 2 1 2 1\n")
  }

  @Test(arguments: [
    "printf 'policy: {cache: off}\\n' >> keyvault.yaml; \(render)", "CI=true \(render) --reveal",
    """
    gpg --armor --batch --export-secret-keys > ../key.asc 2> /dev/null
    KEYVAULT_GPG_KEY_FILE=../key.asc \(render)
    """,
    "XDG_STATE_HOME=/dev/null/x \(render)",
  ])
  func `nothing is kept where the cache is off, or no later command could use it`(_ command: String)
    throws
  {
    let world = try world()
    let lines = try world.output(
      "(\(command)) 2> errors | wc -l; cat errors; ls -A .keyvault 2>&1 | grep cache || true")
    #expect(lines == "2\n", "\(command)")
  }

  @Test func `a file that another machine wrote is reported, and replaced`() throws {
    let world = try world()
    let result = try world.run(
      """
      \(Self.render) > first
      gpg --quiet --batch --trust-model always --yes -er "$FPR" -o .keyvault/cache/* < /dev/null
      \(Self.render) > second
      cmp first second && \(Self.render) > third
      cmp first third && stat -c %a .keyvault/cache .keyvault/cache/*
      """)
    #expect(result.output == "700\n600\n")
    #expect(
      result.errors.hasPrefix("keyvault: warning: '.keyvault/cache/")
        && result.errors.hasSuffix(
          "' was not written by this machine for this folder, and was ignored\n")
        && result.errors.split(separator: "\n").count == 1, "\(result.errors)")
  }

  @Test func `why nothing is kept is reported on request`() throws {
    let world = try world()
    let command = "mkdir -p .keyvault; touch .keyvault/cache; \(Self.render) -o ../out"
    let verbose = try world.run("\(command) --verbose")
    #expect(verbose.errors.contains("keyvault: no cache is kept: "), "\(verbose.errors)")
    #expect(try world.run("\(command) --quiet").errors == "")
  }

  @Test func `a person who cancels the passphrase prompt is not asked again`() throws {
    let world = try world()
    let asked = try world.output(
      """
      cat > "$HOME/pinentry" <<'SH'
      #!/bin/sh
      echo OK
      while read -r word rest; do
        case $word in
          GETPIN)
            echo x >> "$HOME/asked"
            if [ -e "$HOME/no" ]; then echo 'ERR 83886179 cancelled'; else printf 'D fake\\nOK\\n'; fi ;;
          *) echo OK ;;
        esac
      done
      SH
      chmod +x "$HOME/pinentry"
      echo "pinentry-program $HOME/pinentry" > "$GNUPGHOME/gpg-agent.conf"
      gpgconf --kill gpg-agent
      gpg --passwd "$FPR" > /dev/null 2>&1
      \(Self.render) > /dev/null
      gpgconf --kill gpg-agent
      rm "$HOME/asked"
      touch "$HOME/no"
      \(Self.render) 2> errors && exit 1
      wc -l < "$HOME/asked"
      head -1 errors
      """)
    #expect(
      asked.hasPrefix("1\nkeyvault: error: cannot open the cache of 'production': "), "\(asked)")
  }
}
