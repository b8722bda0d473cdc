import Checkpoints
import CycleGANInference
import Foundation
import Imaging
import Support
import TorchNN

/// Gets a published generator and writes it with what there is to know about it, so that translation needs no flags.
public struct ModelFetch {
    private let model: PublishedModel
    private let output: URL
    private let file: FileFetch

    /// - Parameters:
    ///   - output: The file to be made, `.safetensors`.
    ///   - source: Another address, or the published file; see `FileFetch`.
    public init(_ model: PublishedModel, to output: URL, from source: String? = nil) {
        self.init(model, to: output, file: FileFetch(model.file, from: source))
    }

    package init(_ model: PublishedModel, to output: URL, file: FileFetch) {
        self.model = model
        self.output = output.standardizedFileURL
        self.file = file
    }

    /// Fetches the file, checks that a generator is in it, and writes that with its description.
    ///
    /// - Throws: `FetchError`, `FileError`, errors of the download, `CheckpointError` and `ModelFileError` for a file without a generator.
    public func run(report: (FetchEvent) -> Void = { _ in }) throws {
        if output.exists { throw FetchError.exists(path: output.path) }
        let beside = output.deletingPathExtension().appendingPathExtension("pth")
        let wasThere = beside.exists
        let published = try file.fetch(to: beside, report: report)
        defer { if published == beside, !wasThere { try? FileManager.default.removeItem(at: beside) } }
        var conversion = ModelConversion(published)
        conversion.translation = .aToB
        conversion.domainNames = Domain.pair.map { model.domainNames[$0] }
        if model.isPaired { conversion.use.statistics = .image }
        _ = try conversion.write(to: output)
    }
}
