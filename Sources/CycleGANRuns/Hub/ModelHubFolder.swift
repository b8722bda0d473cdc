import Checkpoints
import CycleGANExport
import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Pages
import Support
import Torch

/// Makes a folder that one would put on a model hub: a generator in several formats, each checked, with a page that says what it is.
public struct ModelHubFolder {
    /// A run folder, a checkpoint, or a file of a generator.
    public var model: URL
    /// What the generator does; by default the first thing that the model offers, and of one that is told what to make all of it.
    public var translation: Translation?
    /// Which network is taken, and what its batch norms normalise by.
    public var use = GeneratorUse()
    /// The licence of the weights: its name, or its text; by default what the model says.
    public var licence: String?
    /// A picture that is shown with its translation; by default one that the run was not trained on.
    public var picture: URL?
    /// The only size of images, and how borders are mirrored; the rest follows from the variants.
    public var options = ExportOptions()

    /// A folder of what a model offers first.
    public init(_ model: URL) {
        self.model = model
    }

    /// A file of the folder.
    public struct File: Sendable {
        /// Its name.
        public let name: String
        /// Its size.
        public let bytes: Int
        /// What it is for.
        public let about: String
        /// How near it comes to the generator, in words.
        public let check: String
    }

    /// What was made.
    public struct Result: Sendable {
        /// The files with the model.
        public let files: [File]
        /// What a person should know.
        public let notices: [String]
    }

    /// Writes the folder, as a whole or not at all.
    ///
    /// - Parameters:
    ///   - folder: A new folder, or an empty one.
    ///   - written: Is told of each file with the model when it is there.
    /// - Throws: Errors of the model's file, `ExportError`, and `FileError` where something cannot be written.
    public func write(to folder: URL, written: (File) -> Void = { _ in }) throws -> Result {
        try write(to: folder, wording: \.description, written: written)
    }

    /// - Parameter wording: A remedy in words, for notices.
    package func write(to folder: URL, wording: (ErrorRemedy) -> String, written: (File) -> Void = { _ in }) throws -> Result {
        let file = try GeneratorFile(model, translation: translation, use: use)
        var result = Result(files: [], notices: [])
        try AtomicFile.createFolder(folder.standardizedFileURL.deletingLastPathComponent())
        try AtomicFolder.write(to: folder, isReplaceable: \.isEmptyFolder) { place in
            do {
                result = try fill(place, file, notices: file.notices(wording), written)
            } catch CheckpointError.unwritable(let path, let reason) {
                throw CheckpointError.unwritable(file: path.replacing(place.path, with: folder.path), reason: reason)
            }
        }
        return result
    }

    private func fill(_ folder: URL, _ file: GeneratorFile, notices: [String], _ written: (File) -> Void) throws -> Result {
        var (files, notices): ([File], [String]) = ([], notices)
        let sample = try HubSample(model: model, file: file, picture: picture, use: use)
        notices += sample.notices
        for variant in HubVariant.all(of: file, like: options) {
            let url = folder.appending(path: variant.name)
            do {
                let (bytes, check) = try variant.write(self, file, sample.shown, url)
                files.append(File(name: variant.name, bytes: bytes, about: variant.about, check: check))
                written(files[files.count - 1])
            } catch ExportError.different(_, let found, let allowed) where variant.mayBeLeftOut {
                notices.append("\(variant.name) was left out: \(found), allowed are \(allowed)")
            } catch ExportError.unknownLayer(let name, let operation, _) where variant.mayBeLeftOut {
                notices.append("\(variant.name) was left out: the layer \(name) has no form there: \(operation)")
            }
        }
        if let picture = sample.picture { try picture.write(to: folder.appending(path: HubSample.fileName), quality: 90) }
        let page = try HubPage(file, of: self, files: files, sample: sample)
        try AtomicFile.write(Data(page.text.utf8), to: folder.appending(path: "README.md"))
        if let text = page.licence.text { try AtomicFile.write(Data(text.utf8), to: folder.appending(path: HubLicence.fileName)) }
        try AtomicFile.write(Data(apacheLicence.utf8), to: folder.appending(path: "LICENSE-swift-cyclegan.txt"))
        if page.licence.isUnknown {
            notices.append("the model does not say under which licence its weights are: README.md says that it is not known")
        }
        return Result(files: files, notices: notices)
    }
}
