import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support

/// What a compression is to do.
public struct CompressionSettings: Codable, Equatable, Sendable {
    /// The model: a run, a checkpoint, or a file of one generator.
    public var model: String
    /// The folder of images: a data set, of which the images of the input domain are used, or pictures.
    public var data: String
    /// How many multiply-adds are allowed.
    public var target = MultiplyAddTarget.share(0.1)
    /// How long everything takes together.
    public var minutes = 60.0
    /// Steps of the long training, in place of a time; each trial takes a twelfth of them.
    public var steps: Int?
    /// Whether residual blocks become light; by default they do.
    public var isLight = true
    /// How channels are judged.
    public var criterion = ImportanceCriterion.energy
    /// Which divisions of the channels are tried; with one there are no trials.
    public var patterns = WidthPattern.allCases
    /// The share of the training images that is held out, where the data set has no validation images.
    public var validationFraction = 0.1
    /// Fixes all draws.
    public var seed: UInt64 = 0
    /// Threads of one operation; all cores by default.
    public var threads: Int?
    /// Where networks are trained.
    public var device = "auto"

    /// The defaults.
    public init(model: String, data: String) {
        (self.model, self.data) = (model, data)
    }
}

/// How far a compression has come: what is done is not done again.
struct CompressionState: Codable, Equatable {
    /// One division of the channels.
    struct Candidate: Codable, Equatable {
        let pattern: WidthPattern
        let configuration: GeneratorConfiguration
        let multiplyAdds: Int
        /// The mean absolute difference from the teacher's translations after a trial.
        var difference: Double?
    }

    let settings: CompressionSettings
    let translation: Translation
    var candidates: [Candidate]
    /// Steps of each trial.
    var trialSteps: Int?
    /// Seconds that were spent in processes before this one.
    var seconds = 0.0
    var chosen: WidthPattern?

    private static let name = "compression.json"

    static func file(in folder: URL) -> URL { folder.appending(path: name) }

    init(settings: CompressionSettings, translation: Translation, candidates: [Candidate]) {
        (self.settings, self.translation, self.candidates) = (settings, translation, candidates)
    }

    /// - Throws: `CompressionError.folder` where the folder holds no compression, or a damaged one.
    init(in folder: URL) throws(CompressionError) {
        let file = Self.file(in: folder)
        guard let data = try? Data(contentsOf: file) else {
            throw .folder(path: folder.path, found: "no \(Self.name)", allowed: "the folder of a compression that was begun")
        }
        guard let state = try? JSONDecoder().decode(CompressionState.self, from: data) else {
            throw .folder(
                path: file.path, found: "something that cannot be read", allowed: "what compress has written; begin anew in another folder")
        }
        self = state
    }

    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try AtomicFile.write(encoder.encode(self), to: Self.file(in: folder))
    }
}
