import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

/// Every kind of picture through `translate` and a generator that changes nothing but what its last tanh does: the values in the result tell
/// what the network saw. What they must be comes from tifffile, Pillow, pydicom and nibabel by way of the fixtures of other tests.
struct IdentityTranslationTests {
    @Test(arguments: PictureKind.groups.indices)
    func networksSeeWhatOtherReadersRead(index: Int) throws {
        let kinds = PictureKind.groups[index]
        let (channels, range) = (kinds[0].channels, kinds[0].range)
        try withTemporaryFolder { folder in
            let model = folder.appending(path: "identity.safetensors")
            try Self.identity(channels: channels).write(to: model)
            // A folder for each: files of one study would become a volume, and names may be the same.
            for (number, kind) in kinds.enumerated() {
                let own = folder.appending(path: "in/\(number)")
                try FileManager.default.createDirectory(at: own, withIntermediateDirectories: true)
                try FileManager.default.copyItem(at: kind.file, to: own.appending(path: kind.file.lastPathComponent))
            }
            var arguments = ["translate", "in", "--model", model.path, "--direction", "AtoB", "--output", "out", "--format", "tif"]
            if let range { arguments += ["--range", "\(range.lowerBound),\(range.upperBound)"] }
            let result = try CommandRunner.run(arguments, in: folder, workingFolder: folder)
            try #require(result.status == 0, "\(kinds.map(\.name)): \(result.errors)")
            for (number, kind) in kinds.enumerated() {
                let stem = kind.file.deletingPathExtension().lastPathComponent.replacing(".nii", with: "")
                try Self.expect(kind, in: folder.appending(path: "out/\(number)/\(stem).tif"))
            }
        }
    }

    @Test func theFixturesAreThere() {
        let names = PictureKind.groups.joined().map(\.name)
        #expect(names.count > 110 && Set(names).count == names.count)
    }

    private static func expect(_ kind: PictureKind, in file: URL) throws {
        for page in kind.pages {
            let image = try PixelImage(contentsOf: file, page: page.number).withoutAlpha()
            try #require(
                image.bands == kind.channels && image.sampleLevels.count == page.levels.count, "\(kind.name): \(image.bands) bands")
            let range = kind.range ?? 0...page.white
            let extent = range.upperBound - range.lowerBound
            // Results have the range that was asked for, else that of the depth they are written in.
            let (low, high) = kind.range.map { ($0.lowerBound, $0.upperBound) } ?? (0, image.storedAs.white ?? .nan)
            let difference =
                zip(image.sampleLevels, page.levels).map { found, level in
                    let input = (min(max(level, range.lowerBound), range.upperBound) - range.lowerBound) / extent * 2 - 1
                    return abs((Double(found) - low) / (high - low) - (tanh(input) + 1) / 2)
                }.max() ?? .infinity
            let rounding = image.storedAs.isFloat ? 1e-6 : 0.5 / (high - low)
            #expect(difference <= kind.tolerance / 255 + rounding, "\(kind.name), page \(page.number): \(difference * 255) of 255 levels")
        }
    }

    /// A ResNet that gives tanh of its input: positive and negative halves of each channel through one halving into four channels each, and
    /// back.
    private static func identity(channels: Int) throws -> StateDict {
        var configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: channels, outputChannels: channels, filters: 4 * channels, normalization: .none
        )
        configuration.downsamplings = 1
        let halves = 2 * channels
        let shapes = configuration.makeGenerator().stateDict().map { (name: $0.name, shape: $0.tensor.shape) }
        // In the order of the layers; the convolutions of the residual block stay 0 and add nothing.
        let layers = shapes.filter { $0.shape.count == 4 && !$0.name.contains("conv_block") }
        try #require(layers.count == 4, "\(shapes.map(\.name))")
        var weights = layers.map { [Float](repeating: 0, count: $0.shape.reduce(1, *)) }
        func set(_ layer: Int, _ position: [Int], _ value: Float) {
            weights[layer][zip(position, layers[layer].shape).reduce(0) { $0 * $1.1 + $1.0 }] = value
        }
        for channel in 0..<channels {
            for (half, sign) in [Float(1), -1].enumerated() {
                let between = 2 * channel + half
                set(0, [between, channel, 3, 3], sign)
                for phase in 0..<4 {
                    // The pixel (phase / 2, phase % 2) of each square of four; both kernels reach from -1 to 1 around the first.
                    let (y, x) = (1 + phase / 2, 1 + phase % 2)
                    set(1, [phase * halves + between, between, y, x], 1)
                    set(2, [phase * halves + between, between, y, x], 1)
                }
                set(3, [channel, between, 3, 3], sign)
            }
        }
        var state = StateDict(
            shapes.map { name, shape in
                let layer = layers.firstIndex { $0.name == name }
                return (name, layer.map { Tensor(weights[$0], shape: shape) } ?? .zeros(shape))
            })
        let images = DomainConfiguration(channels: channels)
        let description = GeneratorDescription(.aToB, configuration: configuration, input: images, output: images)
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        return state
    }
}
