import ArgumentParser
import CycleGANRuns
import Foundation
import Imaging

/// `cyclegan info`.
struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Describe a run, a checkpoint or a network file, or the processor that networks run on.")

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one network.") var model: String?
    @Flag(help: "Say what this machine offers and which kernels are in use.") var hardware = false
    @Flag(help: "List the layers with their output, parameters, multiply-adds and the pixels that they see.") var layers = false
    @Option(help: "The size of the image for --layers: 256, or 256x512 for height x width. (default: 256)") var size: ImageSize?
    @Flag(help: "Print one JSON object.") var json = false

    /// As in training; the counts of larger images might not fit a number.
    private static let largestSide = 16384

    func validate() throws {
        if (model == nil) != hardware { throw ValidationError("give either a model or --hardware") }
        if layers, hardware { throw ValidationError("--layers lists those of a model; leave out --hardware") }
        if size != nil, !layers { throw ValidationError("--size is of the image for --layers; give both") }
        if let size, max(size.height, size.width) > Self.largestSide {
            throw ValidationError("--size \(size): the sides are at most \(Self.largestSide)")
        }
    }

    func run() throws {
        guard let model else {
            let report = HardwareReport()
            return json ? try printJSON(report) : print(report.text)
        }
        let report = try ModelReport(url(model), layersFor: layers ? size ?? ImageSize(256) : nil)
        return json ? try printJSON(report) : print(report.text)
    }
}
