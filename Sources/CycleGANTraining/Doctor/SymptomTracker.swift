/// One observation of what may be a symptom.
struct Symptom {
    let kind: FailureKind
    /// The network or the loss that it was seen in.
    let subject: String
    /// The subject for people, where that says more: `generator A to B`.
    var title: String?
    /// In the unit of the kind's limit.
    let value: Double
    /// Whether the other conditions of the kind hold; without them no value is a symptom.
    var isPossible = true
    /// The numbers, for people.
    let evidence: String

    /// Names the kind and the subject in the doctor's state.
    var key: String { "\(kind.rawValue).\(subject)" }

    /// The kind that a key names.
    static func kind(ofKey key: String) -> FailureKind? { FailureKind(rawValue: String(key.prefix { $0 != "." })) }
}

/// Makes a finding of a series of observations, and ends it after another one.
struct SymptomTracker: Codable, Equatable, Sendable {
    private var firstStep: Int?
    private var count = 0
    private(set) var finding: Finding?

    /// Whether there is nothing to remember.
    var isIdle: Bool { count == 0 && finding == nil }

    /// Whether a run at that step can have come here.
    func isPossible(step: Int) -> Bool {
        let steps = 0...step
        let isSeries = firstStep.map { steps.contains($0) && count > 0 } ?? (count == 0)
        return isSeries && count <= step + 1
            && (finding.map { steps.contains($0.detectedStep) && (0...$0.detectedStep).contains($0.sinceStep) } ?? true)
    }

    /// - Parameter makeFinding: Called with the first step of the series when a finding begins.
    /// - Returns: The finding that begins or ends with this observation.
    mutating func observe(_ symptom: Symptom, step: Int, limit: TrainingDoctor.Limit, makeFinding: (Int) -> Finding) -> Finding? {
        let speaksForChange =
            finding == nil
            ? symptom.isPossible && limit.isReached(by: symptom.value) : !symptom.isPossible || limit.isOver(at: symptom.value)
        guard speaksForChange else {
            (firstStep, count) = (nil, 0)
            return nil
        }
        let start = firstStep ?? step
        (firstStep, count) = (start, count + 1)
        guard count >= limit.observations else { return nil }
        (firstStep, count) = (nil, 0)
        if var ended = finding {
            finding = nil
            ended.endedStep = step
            return ended
        }
        finding = makeFinding(start)
        return finding
    }
}

/// A mean and a mean absolute deviation that forget: the plain ones of the first `window` values, exponential ones after that.
struct RunningAverage: Codable, Equatable, Sendable {
    private(set) var mean = 0.0
    private(set) var deviation = 0.0
    private(set) var count = 0

    /// Whether a run at that step can have come here.
    func isPossible(step: Int) -> Bool { (0...step).contains(count) && deviation >= 0 }

    mutating func add(_ value: Double, window: Int) {
        count += 1
        let share = 1 / Double(min(count, window))
        mean += (value - mean) * share
        deviation += (abs(value - mean) - deviation) * share
    }
}
