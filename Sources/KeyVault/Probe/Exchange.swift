internal import HTTP

/// One request and its answer, asked for again where another answer may come soon.
struct Exchange: Sendable {
  let client: HTTPClient
  let patience: Patience
  /// Hears of each wait before it begins.
  let onWait: @Sendable (Wait) -> Void

  struct Outcome {
    let result: Result<(answer: ProbeAnswer, judgement: Judgement), HTTPError>
    /// How often the request was sent.
    let attempts: Int
    /// How long the server wants to be left alone, if it says so.
    let retryAfter: Duration?

    /// Why the request is sent again, such as `HTTP 429`.
    var reason: String {
      switch result {
      case .success(let (answer, _)): "HTTP \(answer.http.status)"
      case .failure(let error): error.message
      }
    }
  }

  /// Sends `request` and judges the answer. A request that is paid for is sent once. `entry` is the one
  /// that is asked about.
  func send(
    _ request: borrowing HTTPRequest, judgedBy definition: ProbeDefinition, for entry: String
  ) async -> Outcome {
    var attempt = 1
    var waited = Duration.zero
    while true {
      let outcome = await attemptOnce(request, number: attempt, judgedBy: definition)
      let mayPass =
        switch outcome.result {
        case .success(let (answer, judgement)):
          Patience.mayPass(judgement, status: answer.http.status)
        case .failure(let error): Patience.mayPass(error)
        }
      guard mayPass, !definition.costsTokens,
        let wait = patience.wait(
          after: attempt, retryAfter: outcome.retryAfter, waited: waited)
      else { return outcome }
      onWait(Wait(entry: entry, duration: wait, reason: outcome.reason))
      guard (try? await Task.sleep(for: wait)) != nil else { return outcome }
      attempt += 1
      waited += wait
    }
  }

  private func attemptOnce(
    _ request: borrowing HTTPRequest, number: Int, judgedBy definition: ProbeDefinition
  ) async -> Outcome {
    do throws(HTTPError) {
      let answer = ProbeAnswer(try await client.send(request))
      return Outcome(
        result: .success((answer, definition.judge(answer))), attempts: number,
        retryAfter: answer.http.retryAfter)
    } catch {
      return Outcome(result: .failure(error), attempts: number, retryAfter: nil)
    }
  }
}
