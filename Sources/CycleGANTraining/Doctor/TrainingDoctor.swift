import Imaging

/// Watches a run and says what goes wrong, since when, and what to try.
///
/// It looks at the losses of logged steps and at the sample pictures, changes nothing and draws no random numbers. What it has seen is its
/// `state`, which goes into the checkpoint, so that a resumed run decides like one that was never interrupted.
public struct TrainingDoctor: Equatable, Sendable {
    /// What was seen so far.
    public struct State: Codable, Equatable, Sendable {
        var trackers: [String: SymptomTracker] = [:]
        var averages: [String: RunningAverage] = [:]
        var bestCycleLosses: [String: Double] = [:]

        /// Nothing.
        public init() {}

        /// Whether a run at that step can have seen this.
        func isPossible(step: Int) -> Bool {
            trackers.values.allSatisfy { $0.isPossible(step: step) } && averages.values.allSatisfy { $0.isPossible(step: step) }
                && bestCycleLosses.values.allSatisfy { $0 >= 0 }
        }
    }

    /// What was seen so far; set it to go on from a checkpoint.
    public var state = State()
    let monitoring: Monitoring
    let configuration: TrainingConfiguration
    let stepsPerEpoch: Int
    let thresholds: Thresholds

    /// - Parameters:
    ///   - monitoring: What the objective's losses tell.
    ///   - configuration: The run's: domains, and the settings that advice starts from.
    ///   - stepsPerEpoch: Optimiser steps of one epoch.
    public init(
        monitoring: Monitoring, configuration: TrainingConfiguration, stepsPerEpoch: Int, thresholds: Thresholds = Thresholds()
    ) {
        self.monitoring = monitoring
        self.configuration = configuration
        self.stepsPerEpoch = stepsPerEpoch
        self.thresholds = thresholds
    }

    /// The findings that hold now, the oldest first.
    public var active: [Finding] {
        state.trackers.values.compactMap(\.finding).sorted {
            ($0.detectedStep, $0.kind.rawValue, $0.subject) < ($1.detectedStep, $1.kind.rawValue, $1.subject)
        }
    }

    /// Whether something looks like a failure, also where it has not been seen often enough to be a finding: no moment to go back to.
    public var hasSuspicion: Bool {
        state.trackers.keys.contains { Symptom.kind(ofKey: $0)?.isFailure == true }
    }

    /// Takes in an event.
    ///
    /// - Returns: The findings that begin with it and those that are over, which have an `endedStep`.
    public mutating func observe(_ event: TrainingEvent) -> [Finding] {
        switch event {
        case .logged(let record):
            return note(discriminatorSymptoms(record) + scoreSymptoms(record) + cycleSymptoms(record), step: record.step)
        case .pictures(let pictures):
            return note(pictureSymptoms(pictures), step: pictures.step)
        case .started, .stepped, .epochEnded, .validated, .finding, .rolledBack, .checkpointDue, .checkpointSaved, .warning, .finished,
            .failed:
            return []
        }
    }

    private mutating func note(_ symptoms: [Symptom], step: Int) -> [Finding] {
        symptoms.compactMap { symptom in
            let limit = thresholds.limit(for: symptom.kind)
            var tracker = state.trackers[symptom.key] ?? SymptomTracker()
            let change = tracker.observe(symptom, step: step, limit: limit) { start in
                Finding(
                    kind: symptom.kind, subject: symptom.subject, sinceStep: start, detectedStep: step, value: symptom.value,
                    threshold: limit.begin, message: symptom.message(since: start), advice: configuration.advice(against: symptom.kind))
            }
            state.trackers[symptom.key] = tracker.isIdle ? nil : tracker
            return change
        }
    }
}
