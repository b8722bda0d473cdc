import Checkpoints
import Foundation
import Support
import Torch
import TorchNN

/// A folder with the maps of an image and how far its translation is, from which another process goes on.
struct TileFolder {
    private let url: URL
    private var stateFile: URL { url.appending(path: "state.json") }
    private var mapFile: URL { url.appending(path: "maps") }

    init(_ url: URL) { self.url = url }

    /// How far a translation is, and of what.
    struct State: Codable {
        /// Of this content.
        var version = Self.currentVersion
        /// SHA-256 of what the network is given.
        let image: String
        /// SHA-256 of the network's tensors.
        let weights: String
        let layout: StripLayout
        var progress = StripProgress()

        static let currentVersion = 1
    }

    /// What runs a plan from where the folder's state is, or from its begin.
    ///
    /// - Parameter own: The state at the begin.
    /// - Throws: `ModelFileError` for a folder of another translation, `FileError`.
    func execution(of plan: StripPlan, _ own: State, input: @escaping (Range<Int>) throws -> Tensor) throws -> StripExecution {
        try AtomicFile.createFolder(url)
        var (plan, state) = (plan, own)
        if let found = try read() {
            let problem: String? =
                if found.version != own.version {
                    "was written by another version of the program"
                } else if found.image != own.image {
                    "is of another image, or of one that is given to the network in another way"
                } else if found.weights != own.weights {
                    "is of another model"
                } else {
                    plan.takeStrips(of: found.layout) ? nil : "was begun with other --memory"
                }
            if let problem { throw refusal("the translation that was begun there \(problem)") }
            state = found
        }
        let file = try ScratchFile(at: mapFile, bytes: plan.fileBytes, content: "maps")
        let execution = StripExecution(plan, file: file, input: input)
        execution.progress = state.progress
        execution.stageDone = { progress in
            // The maps first: a state may only speak of what is there.
            try file.sync()
            state.progress = progress
            try AtomicFile.write(JSONEncoder().encode(state), to: stateFile)
        }
        return execution
    }

    /// Removes what is there of a translation, and the folder where nothing else is in it.
    func remove() throws {
        for file in [stateFile, mapFile] where file.exists { try FileManager.default.removeItem(at: file) }
        rmdir(FileName.bytes(url.path))
    }

    private func read() throws -> State? {
        guard stateFile.exists else { return nil }
        do {
            return try JSONDecoder().decode(State.self, from: Data(contentsOf: stateFile))
        } catch {
            throw refusal("\(stateFile.lastPathComponent) is damaged, or no state of a translation")
        }
    }

    private func refusal(_ problem: String) -> ModelFileError {
        ModelFileError(file: url.path, problem: problem, remedies: [.other("give another folder with --resume-tiles, or remove this one")])
    }
}

extension TileFolder.State {
    /// - Parameters:
    ///   - height: Rows of what the network is given.
    ///   - input: Gives them.
    init(_ layout: StripLayout, height: Int, generator: any Layer, input: (Range<Int>) throws -> Tensor) rethrows {
        let (image, weights) = (SHA256(), SHA256())
        for start in stride(from: 0, to: height, by: 64) {
            try input(start..<min(start + 64, height)).withUnsafeBytes { image.update($0) }
        }
        for (name, tensor) in generator.stateDict() {
            Array(name.utf8).withUnsafeBytes { weights.update($0) }
            tensor.withUnsafeBytes { weights.update($0) }
        }
        func text(_ hash: SHA256) -> String { hash.finalize().map { String(format: "%02x", $0) }.joined() }
        self.init(image: text(image), weights: text(weights), layout: layout)
    }
}
