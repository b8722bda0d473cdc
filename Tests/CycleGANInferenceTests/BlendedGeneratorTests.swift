import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANInference

/// Weights between those of two models.
@Suite struct BlendedGeneratorTests {
    private func file(
        _ folder: URL, seed: UInt64, _ translation: Translation = .aToB, names: DomainNames? = nil,
        output: DomainConfiguration = DomainConfiguration(), _ change: (inout GeneratorConfiguration) -> Void = { _ in }
    ) throws -> GeneratorFile {
        var configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), outputChannels: output.channels, filters: 2, normalization: .batch)
        change(&configuration)
        let description = GeneratorDescription(
            translation, configuration: configuration, input: DomainConfiguration(), output: output, domainNames: names)
        let generator = configuration.makeGenerator(random: TorchRandom(seed: seed))
        // Running statistics move.
        generator.setTraining(true)
        _ = withoutGradients {
            generator(PixelImage.synthetic(variant: Int(seed), width: 16, height: 16).tensor(for: DomainConfiguration()))
        }
        var state = generator.stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        let url = folder.appending(path: "net\(seed).safetensors")
        try state.write(to: url)
        return try GeneratorFile(url)
    }

    @Test func theEndsAreTheModelsAndTheMiddleIsTheirMean() throws {
        try withTemporaryFolder { folder in
            let image = PixelImage.synthetic(variant: 9, width: 21, height: 14)
            func translation(_ file: GeneratorFile) throws -> PixelImage { try Translator(file, device: .cpu).translate(image) }
            let (a, b) = (try file(folder, seed: 1), try file(folder, seed: 2))
            let made = (try translation(a), try translation(b))
            #expect(made.0 != made.1)
            for (share, expected) in [(0.0, made.0), (1, made.1)] {
                let blended = try file(folder, seed: 1)
                try blended.blend(with: b, share: share)
                #expect(try translation(blended) == expected)
            }
            let blended = try file(folder, seed: 1)
            try blended.blend(with: b, share: 0.3)
            let (own, others) = (a.generator.stateDict(), b.generator.stateDict())
            var compared: Set<String> = []
            for (name, tensor) in blended.generator.stateDict() where tensor.dtype.isFloatingPoint {
                let values = [own, others].map { $0[name]?.array(of: Float.self) ?? [] }
                let expected = zip(values[0], values[1]).map { 0.7 * Double($0) + 0.3 * Double($1) }
                #expect(
                    zip(tensor.array(of: Float.self), expected).allSatisfy { abs(Double($0) - $1) <= 1e-6 * max(1, abs($1)) }, "\(name)")
                if values[0] != values[1] { compared.insert(String(name.split(separator: ".").last ?? "")) }
            }
            #expect(compared.isSuperset(of: ["weight", "running_mean", "running_var"]), "\(compared)")
        }
    }

    @Test func whatDiffersIsNamed() throws {
        try withTemporaryFolder { folder in
            let names = DomainNames([.a: "photo", .b: "monet"])
            let own = try file(folder, seed: 1, names: names)
            let others: [(GeneratorFile, String)] = try [
                (
                    file(folder, seed: 2) { ($0.filters, $0.upsampling) = (3, .resize) },
                    "filters 3 here and 2 there, upsampling resize here and deconv there"
                ),
                (file(folder, seed: 3) { $0.architecture = .resnet(blocks: 2) }, "architecture resnet2 here and resnet1 there"),
                (file(folder, seed: 4, .bToA), "it translates B to A, and the other one photo to monet"),
                (
                    file(folder, seed: 5, names: DomainNames([.a: "photo", .b: "sketch"])),
                    "photo to sketch, and the other one photo to monet"
                ),
                (file(folder, seed: 6, output: DomainConfiguration(bitDepth: .sixteen)), "B's bitDepth 16 here and 8 there"),
            ]
            for (other, words) in others {
                let error = #expect(throws: ModelFileError.self) { try own.blend(with: other, share: 0.5) }
                #expect(error?.file == other.url.path)
                #expect(error?.description.contains(words) == true, "\(error?.description ?? "")")
            }
            // A file that does not name its domains has the same.
            try own.blend(with: file(folder, seed: 7), share: 0.5)
        }
    }
}
