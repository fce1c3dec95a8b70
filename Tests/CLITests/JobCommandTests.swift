import Foundation
import TestSupport
import Testing

/// Values that the runner of a CI job would obey, if they came into its log.
@Suite(.fewAtATime) struct JobCommandTests {
  @Test func `get shows none of them in a job, and every one to a person`() throws {
    let world = try World()
    let values = [
      "::stop-commands::x", "  ::add-mask::x", #"\u00a0::error::x"#, #"a\r::error::x"#,
      "##[group]x", "x##vso[task.setvariable variable=a]b", "##teamcity[message text='a']",
      #"\u001b[0Ksection_start:1:a\r\u001b[0Kb"#,
    ]
    let words = values.map { "$'\($0.replacing("'", with: #"\'"#))'" }.joined(separator: " ")
    let result = try world.run(
      """
      cp -a "$FILLED/." .
      n=0
      for value in \(words); do
        n=$((n + 1))
        printf '%s\\nurl: %s\\n' "$value" "$value" |
          gpg -q --batch --trust-model always -e -r "$FPR" -o vault/production/v$n.gpg
        for part in "" "--field url"; do
          [ "$(keyvault get production/v$n $part)" = "$value" ] || echo "person $n $part"
          CI=true keyvault get production/v$n --reveal $part > out 2> errors
          [ $? = 65 ] && ! [ -s out ] && grep -q 'is not shown in a CI job' errors || echo "job $n $part"
        done
        if printf %s "$value" | keyvault add production/w$n --provider openai --no-test --force 2> errors
        then echo "stored $n"; fi
      done
      printf 'a##b:::c' | gpg -q --batch --trust-model always -e -r "$FPR" -o vault/production/x.gpg
      CI=true keyvault get production/x --reveal
      """)
    #expect(result.output == "a##b:::c\n", "\(result)")
  }
}
