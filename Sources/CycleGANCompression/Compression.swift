import Checkpoints
import CycleGANInference
import CycleGANModels
import CycleGANRuns
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Support
import Torch
import TorchNN

/// Makes a generator several times cheaper: tries some divisions of its channels, lets the best learn from it, and reports.
///
/// The folder holds all of it, so that whatever is done is not done again:
/// ```
/// compression.json     the settings, the trials and what was chosen
/// teacher.safetensors  the large generator
/// trials/NAME          the run of each trial
/// run                  the run of the long training
/// student.safetensors  the small generator
/// report.html, report.json, sheet.png, student-*.onnx
/// ```
public final class Compression {
    /// How it ended.
    public enum Outcome {
        /// Everything is done.
        case finished(CompressionReport)
        /// Someone asked for it to stop; it can go on.
        case interrupted
        /// The training has failed; the text says how.
        case failed(String)
    }

    /// The folder.
    public let folder: URL
    let teacher: GeneratorFile
    private(set) var state: CompressionState
    private let observers: (TrainingConfiguration) -> [any TrainingObserver]
    private let say: (String) -> Void
    private let shouldStop: () -> Bool
    private let start = ContinuousClock.now

    /// The share of the time that the trials take together.
    private static let trialShare = 0.25
    private static let leastTrialSteps = 20

    /// Begins in a new folder.
    ///
    /// - Parameters:
    ///   - translation: What is kept of the model; by default the first thing that it offers.
    ///   - observers: Who is told what happens in a training run.
    ///   - say: Is told what is done and why, a line at a time.
    ///   - shouldStop: Asked after every step.
    /// - Throws: `CompressionError`, and errors of the model's file and of the folder.
    public init(
        _ settings: CompressionSettings, translation: Translation?, in folder: URL,
        observers: @escaping (TrainingConfiguration) -> [any TrainingObserver] = { _ in [] }, say: @escaping (String) -> Void = { _ in },
        shouldStop: @escaping () -> Bool = { false }
    ) throws {
        guard !folder.exists || folder.isEmptyFolder else {
            throw CompressionError.folder(path: folder.path, found: "something in it", allowed: "a new folder")
        }
        let file = try GeneratorFile(URL(filePath: settings.model), translation: translation)
        try file.checkMasks(areGiven: false)
        try Self.check(file)
        let candidates = try Self.candidates(settings, of: file.description.configuration.plain)
        // Before anything is written: a folder without pictures is found out now.
        _ = try Self.configuration(of: file, candidates[0], nil, settings).dataset(.train)
        let state = CompressionState(settings: settings, translation: file.translation, candidates: candidates)
        try AtomicFile.createFolder(folder.deletingLastPathComponent())
        func fill(_ new: URL) throws {
            var conversion = ModelConversion(URL(filePath: settings.model))
            conversion.translation = file.translation
            _ = try conversion.write(to: new.appending(path: "teacher.safetensors"))
            try TeacherDiscriminator.copy(of: file, to: new)
            try state.write(to: new)
        }
        try AtomicFolder.write(to: folder, isReplaceable: \.isEmptyFolder, fill)
        self.state = state
        teacher = try Self.teacher(in: folder, state)
        (self.folder, self.observers, self.say, self.shouldStop) = (folder, observers, say, shouldStop)
    }

    /// Goes on with what a folder holds.
    ///
    /// - Throws: `CompressionError.folder`, and errors of the files in it.
    public init(
        resuming folder: URL, observers: @escaping (TrainingConfiguration) -> [any TrainingObserver] = { _ in [] },
        say: @escaping (String) -> Void = { _ in }, shouldStop: @escaping () -> Bool = { false }
    ) throws {
        state = try CompressionState(in: folder)
        teacher = try Self.teacher(in: folder, state)
        (self.folder, self.observers, self.say, self.shouldStop) = (folder, observers, say, shouldStop)
    }

    private static func teacher(in folder: URL, _ state: CompressionState) throws -> GeneratorFile {
        try GeneratorFile(folder.appending(path: "teacher.safetensors"), translation: state.translation)
    }

    private static func check(_ file: GeneratorFile) throws(CompressionError) {
        let generator = file.description.configuration
        guard generator.architecture.residualBlocks != nil else {
            throw .unfit(
                file: file.url.path, found: "a \(generator.architecture.rawValue)", allowed: "a ResNet, whose channels can be left out")
        }
        guard generator.samplingKernelSize == 3 else {
            throw .unfit(file: file.url.path, found: "kernels of 4x4 that halve and double", allowed: "kernels of 3x3")
        }
    }

    private static func candidates(
        _ settings: CompressionSettings, of whole: GeneratorConfiguration
    ) throws(CompressionError) -> [CompressionState.Candidate] {
        let limit = settings.target.count(of: whole.multiplyAdds)
        var found: [CompressionState.Candidate] = []
        for pattern in settings.patterns {
            let plan = try WidthPlan(pattern, of: whole, isLight: settings.isLight, limit: limit)
            // Of small networks two divisions may be one.
            guard !found.contains(where: { $0.configuration == plan.configuration }) else { continue }
            found.append(.init(pattern: pattern, configuration: plan.configuration, multiplyAdds: plan.multiplyAdds))
        }
        return found
    }

    private static func configuration(
        of teacher: GeneratorFile, _ candidate: CompressionState.Candidate, _ folder: URL?, _ settings: CompressionSettings
    ) throws -> TrainingConfiguration {
        let discriminator = try folder.flatMap(TeacherDiscriminator.read)
        return try .distillation(
            from: teacher, student: candidate.configuration, discriminator: discriminator?.configuration, settings)
    }
}

// MARK: - What is done

extension Compression {
    /// Does what is not done yet.
    ///
    /// - Throws: Errors of the training, of the images and of writing.
    public func run() throws -> Outcome {
        let spent = state.seconds
        defer {
            state.seconds = spent + start.duration(to: .now) / .seconds(1)
            try? state.write(to: folder)
        }
        let own = teacher.description.configuration.multiplyAdds
        say(
            "Teacher: \(teacher.description.configuration.architecture.rawValue) of \(multiplyAddsText(own)) multiply-adds; wanted: at most "
                + "\(multiplyAddsText(state.settings.target.count(of: teacher.description.configuration.plain.multiplyAdds)))")
        if state.candidates.count > 1, let outcome = try runTrials() { return outcome }
        let chosen = try choose()
        if let outcome = try train(chosen) { return outcome }
        say("Measuring teacher and student")
        return .finished(try report(on: chosen))
    }

    /// Seconds that everything has taken so far.
    var secondsSpent: Double { state.seconds + start.duration(to: .now) / .seconds(1) }

    private func trial(_ candidate: CompressionState.Candidate) -> RunFolder {
        RunFolder(folder.appending(path: "trials/\(candidate.pattern.rawValue)"))
    }

    /// - Returns: How it ended, where it did.
    private func runTrials() throws -> Outcome? {
        if state.trialSteps == nil {
            state.trialSteps = max(Self.leastTrialSteps, try wantedTrialSteps())
            try state.write(to: folder)
        }
        for (index, candidate) in state.candidates.enumerated() where candidate.difference == nil {
            say(
                "Trial \(index + 1) of \(state.candidates.count): \(candidate.pattern.reason), \(multiplyAddsText(candidate.multiplyAdds)), channels "
                    + "\(candidate.configuration.effectiveWidths?.all.map(String.init).joined(separator: ",") ?? "")")
            var settings = try Self.configuration(of: teacher, candidate, folder, state.settings)
            settings.data.epochSize = state.trialSteps
            (settings.optimization.epochs, settings.optimization.decayEpochs) = (1, 0)
            settings.run.sampleEvery = max(1, state.trialSteps ?? 1)
            let summary = try run(settings, in: trial(candidate), start: { try self.start(of: candidate, settings) })
            if let outcome = Self.outcome(of: summary) { return outcome }
            state.candidates[index].difference = summary.best?.value ?? .infinity
            try state.write(to: folder)
            say("  differs from the teacher by \(shortNumber(state.candidates[index].difference ?? .infinity)) of -1...1")
        }
        return nil
    }

    private func wantedTrialSteps() throws -> Int {
        if let steps = state.settings.steps { return steps / 12 }
        let settings = try Self.configuration(of: teacher, state.candidates[0], folder, state.settings)
        let estimate = try TrainingEstimate(measuring: settings, steps: 3)
        let seconds = state.settings.minutes * 60 * Self.trialShare / Double(state.candidates.count)
        return Int(seconds / estimate.secondsPerStep)
    }

    /// The settings of the long training: all of the steps, or as many as the time allows.
    private func planned(_ settings: TrainingConfiguration) throws -> TrainingConfiguration {
        guard let steps = state.settings.steps else {
            // Half of the time at least, whatever the trials and pauses took.
            let whole = state.settings.minutes * 60
            let plan = try BudgetPlan(for: settings, seconds: max(whole / 2, whole - secondsSpent))
            say(plan.text)
            return plan.configuration
        }
        var settings = settings
        settings.data.epochSize = max(1, (steps + 19) / 20)
        (settings.optimization.epochs, settings.optimization.decayEpochs, settings.run.maxSteps) = (10, 10, steps)
        return settings
    }

    private func choose() throws -> CompressionState.Candidate {
        let sorted = state.candidates.sorted {
            ($0.difference ?? .infinity, $0.multiplyAdds) < ($1.difference ?? .infinity, $1.multiplyAdds)
        }
        let best = sorted[0]
        if state.chosen == nil {
            state.chosen = best.pattern
            try state.write(to: folder)
            if sorted.count > 1 { say("Chosen: \(best.pattern.reason), which came nearest to the teacher") }
        }
        return state.candidates.first { $0.pattern == state.chosen } ?? best
    }

    private func train(_ chosen: CompressionState.Candidate) throws -> Outcome? {
        let run = RunFolder(folder.appending(path: "run"))
        guard !folder.appending(path: "student.safetensors").exists else { return nil }
        var settings = try Self.configuration(of: teacher, chosen, folder, state.settings)
        if !run.latestCheckpoint.exists { settings = try planned(settings) }
        let trial = trial(chosen)
        let summary = try self.run(settings, in: run) {
            trial.bestCheckpoint.exists ? trial.bestCheckpoint : try self.start(of: chosen, settings)
        }
        if let outcome = Self.outcome(of: summary) { return outcome }
        let best = run.bestCheckpoint.exists ? run.bestCheckpoint : run.latestCheckpoint
        _ = try ModelConversion(best).write(to: folder.appending(path: "student.safetensors"))
        return nil
    }

    /// Trains in a folder, or goes on there.
    ///
    /// - Parameter start: The weights to start from.
    private func run(_ settings: TrainingConfiguration, in run: RunFolder, start: () throws -> URL) throws -> RunSummary {
        let resumes = run.latestCheckpoint.exists
        // A process that was killed may have left a best state or a model alone, from which nothing goes on.
        if !resumes { try? FileManager.default.removeItem(at: run.url) }
        var settings = settings
        if resumes {
            settings = try run.readConfiguration()
            settings.distillation.teacher = teacher.url.path
        } else {
            settings.networks.pretrained = try start().path
        }
        try settings.validate()
        let session = try TrainingSession(
            configuration: settings, folder: run, resuming: resumes, observers: observers(settings), shouldStop: shouldStop)
        return try session.train()
    }

    private static func outcome(of summary: RunSummary) -> Outcome? {
        switch summary.reason {
        case .interrupted, .timeLimit: .interrupted
        case .failure(let text): .failed(text)
        case .completed, .earlyStopping: nil
        }
    }

    /// A file of the student with the weights of the channels that count, and of the teacher's discriminator.
    private func start(of candidate: CompressionState.Candidate, _ settings: TrainingConfiguration) throws -> URL {
        let student = candidate.configuration.makeGenerator(initialization: nil)
        try StudentStart(teacher.generator, criterion: state.settings.criterion, inputs: try samples(settings)).fill(student)
        var weights = StateDict()
        for (key, tensor) in student.stateDict() { weights["networks.\(settings.generatorName).\(key)"] = tensor }
        if let found = try TeacherDiscriminator.read(in: folder) {
            let name = settings.trainedDomains[1] == Domain.pair[0] ? "discriminatorA" : "discriminatorB"
            for (key, tensor) in found.weights { weights["networks.\(name).\(key)"] = tensor }
        }
        let file = folder.appending(path: "trials/\(candidate.pattern.rawValue)-start.safetensors")
        try AtomicFile.createFolder(file.deletingLastPathComponent())
        try weights.write(to: file)
        return file
    }

    /// What the teacher is given for some training images.
    private func samples(_ settings: TrainingConfiguration) throws -> [Tensor] {
        let dataset = try settings.deterministic.dataset(.train)
        let count = min(8, dataset.count)
        let (description, condition) = (teacher.description, teacher.description.condition(of: teacher.translation))
        return try (0..<count).map { index in
            let sample = try dataset.sample(epoch: 1, position: index * dataset.count / count)
            let images = try ImageBatch([sample], of: dataset)[dataset.domains[0]].images
            return description.networkInput(images, condition: condition)
        }
    }
}
