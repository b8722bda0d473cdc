import CycleGANTraining
import Support

extension RunSummary.Reason {
    /// One word for logs.
    var name: String {
        switch self {
        case .completed: "completed"
        case .timeLimit: "time-limit"
        case .interrupted: "interrupted"
        case .earlyStopping: "early-stopping"
        case .failure: "failure"
        }
    }

    /// A few words for a badge.
    var title: String {
        switch self {
        case .completed, .timeLimit, .interrupted: text
        case .earlyStopping: "Stopped early"
        case .failure: "Training failed"
        }
    }

    /// Why the run ended, as the start of a sentence.
    var text: String {
        switch self {
        case .completed: "Completed"
        case .timeLimit: "Time limit reached"
        case .interrupted: "Interrupted"
        case .earlyStopping(let why): "Stopped early, since \(why)"
        case .failure(let what): "Stopped because the training failed: \(what)"
        }
    }
}

extension Rollback {
    /// What happened, for people.
    var text: String {
        "back from step \(grouped(fromStep)) to \(grouped(step)), learning rates times \(shortNumber(learningRateScale)): \(reason)"
    }
}
