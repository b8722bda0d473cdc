import Foundation

/// What happened in a training run, in the order in which it happened.
public enum TrainingEvent: Sendable {
    /// The run starts or goes on.
    case started(RunOutline)
    /// A step was taken; its losses have not been read from the device.
    case stepped(epoch: Int, step: Int)
    /// The losses of a step were read.
    case logged(StepRecord)
    /// The networks' pictures of the sample images.
    case pictures(SamplePictures)
    /// An epoch ended.
    case epochEnded(EpochSummary)
    /// The networks were measured on the validation images, after the end of an epoch.
    case validated(ValidationRecord)
    /// The doctor saw a failure begin or end.
    case finding(Finding)
    /// The run went back to an earlier checkpoint; later steps will be taken again.
    case rolledBack(Rollback)
    /// The full state is about to be written: what an observer still holds back will not come again in a run that goes on from there.
    case checkpointDue(step: Int)
    /// The full state was written.
    case checkpointSaved(url: URL, step: Int)
    /// Something that a person should know, said once.
    case warning(String)
    /// The run ended in good order, all steps taken or stopped early.
    case finished(RunSummary)
    /// The run ends with an error, which the one who started it gets too.
    case failed(message: String)
}

/// Receives the events of a run, on the training thread.
public protocol TrainingObserver: AnyObject {
    /// - Throws: Ends the run with this error.
    func handle(_ event: TrainingEvent) throws
}

/// The extent of a run, known at its start.
public struct RunOutline: Sendable, Equatable {
    /// The names of the losses in the order in which they are shown.
    public var lossNames: [String]
    /// Optimiser steps of one epoch.
    public var stepsPerEpoch: Int
    /// The step at which the run will be complete.
    public var totalSteps: Int
    /// Epochs of the whole run, those of decay included.
    public var totalEpochs: Int
    /// Steps already taken: more than 0 after a resume.
    public var completedSteps: Int
    /// The wall-clock seconds that those steps took, those of steps that were lost left out.
    public var earlierSeconds: Double
    /// The wall-clock limit of this process in seconds, if there is one.
    public var timeLimit: Double?

    package init(
        lossNames: [String], stepsPerEpoch: Int, totalSteps: Int, totalEpochs: Int, completedSteps: Int, earlierSeconds: Double = 0,
        timeLimit: Double?
    ) {
        self.lossNames = lossNames
        self.stepsPerEpoch = stepsPerEpoch
        self.totalSteps = totalSteps
        self.totalEpochs = totalEpochs
        self.completedSteps = completedSteps
        self.earlierSeconds = earlierSeconds
        self.timeLimit = timeLimit
    }
}

/// One logged step: a line of `metrics.jsonl`.
public struct StepRecord: Codable, Sendable, Equatable {
    /// Optimiser steps taken, from 1.
    public var step: Int
    /// From 1.
    public var epoch: Int
    /// The losses of this step, weighted as they enter the total.
    public var losses: [String: Double]
    /// The learning rates of this step by optimiser.
    public var learningRates: [String: Double]
    /// Images of one domain per second, since the last record.
    public var imagesPerSecond: Double
    /// The share of the time since the last record that was spent waiting for data, in 0...1.
    public var dataWait: Double
    /// Wall-clock seconds of the run until then, earlier processes included; `nil` in logs that do not tell.
    public var seconds: Double?

    package init(
        step: Int, epoch: Int, losses: [String: Double], learningRates: [String: Double], imagesPerSecond: Double, dataWait: Double,
        seconds: Double? = nil
    ) {
        self.step = step
        self.epoch = epoch
        self.losses = losses
        self.learningRates = learningRates
        self.imagesPerSecond = imagesPerSecond
        self.dataWait = dataWait
        self.seconds = seconds
    }
}

/// The means over an epoch.
public struct EpochSummary: Codable, Sendable, Equatable {
    /// The epoch that ended, from 1.
    public var epoch: Int
    /// Optimiser steps taken at its end.
    public var step: Int
    /// The mean losses of the epoch, weighted as they enter the total.
    public var meanLosses: [String: Double]

    package init(epoch: Int, step: Int, meanLosses: [String: Double]) {
        self.epoch = epoch
        self.step = step
        self.meanLosses = meanLosses
    }
}

/// The values of the validation metrics after an epoch.
public struct ValidationRecord: Codable, Sendable, Equatable {
    /// The epoch that had ended, from 1.
    public var epoch: Int
    /// Optimiser steps taken.
    public var step: Int
    /// The values by the names of the metrics.
    public var metrics: [String: Double]
    /// Whether the metric that chooses the best checkpoint is better than ever before.
    public var isBest: Bool

    package init(epoch: Int, step: Int, metrics: [String: Double], isBest: Bool) {
        self.epoch = epoch
        self.step = step
        self.metrics = metrics
        self.isBest = isBest
    }
}

/// A return to an earlier checkpoint.
public struct Rollback: Sendable, Equatable {
    /// The last step that was taken before the return.
    public var fromStep: Int
    /// The step of the checkpoint.
    public var step: Int
    /// The epoch in which the run goes on, from 1.
    public var epoch: Int
    /// What the learning rates are multiplied by from now on, besides their schedule.
    public var learningRateScale: Double
    /// What had happened.
    public var reason: String
}

/// How a run ended.
public struct RunSummary: Sendable, Equatable {
    /// Why a run ended.
    public enum Reason: Sendable, Equatable {
        /// All steps were taken.
        case completed
        /// The time was up.
        case timeLimit
        /// Someone asked for it.
        case interrupted
        /// The monitored losses had stopped falling; the text says since when.
        case earlyStopping(String)
        /// The training had failed; the text says how.
        case failure(String)
    }

    /// Why it ended.
    public var reason: Reason
    /// Optimiser steps taken in all.
    public var step: Int
    /// The last epoch in which a step was taken, from 1.
    public var epoch: Int
    /// Wall-clock seconds of the whole run, earlier processes included.
    public var seconds: Double
    /// The best validation, where there were any.
    public var best: BestValidation?
    /// Image files that could not be read, of all domains.
    public var unreadableFiles: [String]
}
