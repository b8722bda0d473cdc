import CycleGANModels
import Support
import TestSupport
import Testing
import Torch

@testable import TorchNN

/// Networks that run strip by strip against the same networks on the whole image.
@Suite(.serialized) struct StripTests {
    /// What strips can get wrong: borders of all kinds, halvings, doublings, norms, conditions.
    static let configurations: [(name: String, configuration: GeneratorConfiguration)] = {
        func resnet(_ name: String, _ change: (inout GeneratorConfiguration) -> Void) -> (String, GeneratorConfiguration) {
            var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 4)
            change(&configuration)
            return (name, configuration)
        }
        return [
            resnet("plain") { _ in },
            resnet("batch") { $0.normalization = .batch },
            resnet("batch by image") {
                $0.normalization = .batch
                $0.normalizesByImage = true
            },
            resnet("affine") { $0.normalization = .affineInstance },
            resnet("no norm") { $0.normalization = .none },
            resnet("zeros") { $0.zeroPadding = [.blocks, .ends] },
            resnet("resize") { $0.upsampling = .resize },
            resnet("zeros behind resize") { ($0.upsampling, $0.zeroPadding) = (.resize, [.upsampling]) },
            resnet("pixelshuffle") { $0.upsampling = .pixelshuffle },
            resnet("antialiased") { ($0.antialias, $0.antialiasUpsampling) = (true, true) },
            resnet("kernels of 4") { $0.samplingKernelSize = 4 },
            resnet("one halving") { $0.downsamplings = 1 },
            resnet("three halvings") { $0.downsamplings = 3 },
            resnet("told") { $0.conditions = 3 },
            resnet("strength") { ($0.conditions, $0.hasStrength) = (1, true) },
            resnet("planes") { ($0.conditions, $0.conditioning) = (3, .planes) },
            ("mobile", GeneratorConfiguration(architecture: .mobile(blocks: 2), filters: 4)),
            ("unet", GeneratorConfiguration(architecture: .unet(downsamplings: 5), filters: 4)),
        ]
    }()

    private static func random(_ shape: [Int], _ random: TorchRandom) -> Tensor {
        let tensor = Tensor.empty(shape)
        tensor.fillUniform(in: -1..<1, using: random)
        return tensor
    }

    /// What a generator is given, with its condition, of about a size: of the next smaller one that it takes.
    static func image(for configuration: GeneratorConfiguration, height: Int, width: Int, _ random: TorchRandom) -> Tensor {
        let side = configuration.architecture == .unet(downsamplings: 5) ? 32 : 8
        let size = (height / side * side, width / side * side)
        let image = self.random([1, 3, size.0, size.1], random)
        guard configuration.conditions > 0 else { return image }
        let planes = self.random([1, configuration.conditions, 1, 1], random)
        return Tensor.concatenated([image, planes.expanded(to: [1, configuration.conditions, size.0, size.1])], dimension: 1)
    }

    /// What a plan makes of an image in strips of `rows` rows or fewer.
    private func run(_ plan: StripPlan, _ image: Tensor, file: (any MapFile)? = nil) throws -> Tensor {
        var (strips, next) = ([Tensor](), 0)
        var shares = [0.0]
        let execution = StripExecution(plan, file: file) { image.narrowed(dimension: 2, start: $0.lowerBound, length: $0.count) }
        try execution.run(
            progress: { shares.append($0) },
            output: { strip, start in
                #expect(start == next)
                next += strip.shape[2]
                strips.append(strip)
            })
        #expect(zip(shares, shares.dropFirst()).allSatisfy { $0 <= $1 + 1e-9 } && abs(shares[shares.count - 1] - 1) < 1e-6)
        return Tensor.concatenated(strips, dimension: 2)
    }

    @Test(arguments: configurations.indices) func stripsEqualTheWhole(_ index: Int) throws {
        let (name, configuration) = Self.configurations[index]
        let random = TorchRandom(seed: UInt64(index))
        let generator = configuration.makeGenerator(random: random)
        generator.setTraining(false)
        // Batch norms have seen something.
        withoutGradients {
            generator.forEachModule { module in
                guard let norm = module as? BatchNorm2d else { return }
                norm.runningMean.fillUniform(in: -0.5..<0.5, using: random)
                norm.runningVariance.fillUniform(in: 0.5..<2, using: random)
            }
        }
        for (height, width) in [(96, 40), (56, 64)] {
            let image = Self.image(for: configuration, height: height, width: width, random)
            let graph = Graph(of: generator)
            let whole = withoutGradients { generator(image) }
            // Room for nothing but some rows; for some maps as well; for all.
            for (memory, keepsInFile) in [(90_000, true), (200_000, false), (100_000_000, false)] {
                let plan = try StripPlan(graph, input: image.shape, memory: memory, threads: 1, keepsInFile: keepsInFile)
                let file = MemoryFile(count: plan.fileBytes)
                let result = try withoutGradients { try run(plan, image, file: file) }
                let difference = (result - whole).abs().max().item()
                #expect(difference < 2e-5, "\(name), \(image.shape), \(memory): \(difference) in \(plan.stripCount) strips")
                #expect(plan.memoryBytes <= memory && file.isFilled, "\(name)")
                if keepsInFile { #expect(plan.stripCount > plan.passes.count && plan.fileBytes > 0, "\(name)") }
            }
        }
    }

    /// Numbers of Chan's rule against the definition, for maps whose mean is large and whose deviation is not.
    @Test func statisticsOfStripsAreThoseOfAll() {
        let random = TorchRandom(seed: 1)
        let map = Self.random([1, 3, 37, 20], random) * 0.01 + 100
        var merged = MergedStatistics(channels: 3)
        for (start, count) in [(0, 1), (1, 16), (17, 19), (36, 1)] {
            merged.add(map.narrowed(dimension: 2, start: start, length: count), epsilon: 1e-5)
        }
        let exact = map.to(.float64)
        for channel in 0..<3 {
            let values = exact.narrowed(dimension: 1, start: channel, length: 1)
            let mean = values.mean().item()
            let variance = (values - mean).square().mean().item()
            #expect(abs(merged.means[channel] - mean) < 1e-5)
            #expect(abs(merged.squares[channel] / merged.count - variance) < 1e-3 * variance)
        }
    }

    @Test func networksThatSeeWholeImagesAreRefused() throws {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 8)
        configuration.attentionScales = [4]
        let graph = Graph(of: configuration.makeGenerator(random: TorchRandom(seed: 1)))
        #expect {
            try StripPlan(graph, input: [1, 3, 32, 32], memory: 1 << 30, threads: 1)
        } throws: { error in
            guard case .needsWholeImage(_, let reason) = error as? GraphError else { return false }
            return reason.contains("all others")
        }
    }

    @Test func tooLittleMemoryIsRefused() throws {
        let graph = Graph(
            of: GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4).makeGenerator(random: TorchRandom(seed: 1)))
        #expect {
            try StripPlan(graph, input: [1, 3, 64, 4096], memory: 100_000, threads: 1)
        } throws: { error in
            guard case .needsMoreMemory(let bytes, 100_000) = error as? GraphError else { return false }
            return bytes > 100_000
        }
    }

    /// What the file throws ends the run.
    @Test func failuresOfTheFileAreThrown() throws {
        let generator = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4).makeGenerator(random: TorchRandom(seed: 1))
        let image = Self.random([1, 3, 64, 64], TorchRandom(seed: 2))
        let plan = try StripPlan(Graph(of: generator), input: image.shape, memory: 60_000, threads: 1)
        for failsAt in [1, 5, 12] {
            let file = MemoryFile(count: plan.fileBytes)
            file.failsAt = failsAt
            #expect(throws: MemoryFile.Failure.self) { try withoutGradients { try run(plan, image, file: file) } }
        }
    }
}

/// A file that is none.
final class MemoryFile: MapFile {
    struct Failure: Error {}

    private var bytes: [UInt8]
    private var written: [Bool]
    private var calls = 0
    /// The call that fails.
    var failsAt: Int?

    init(count: Int) {
        bytes = Array(repeating: 0, count: count)
        written = Array(repeating: false, count: count)
    }

    /// Whether every byte was written.
    var isFilled: Bool { written.allSatisfy(\.self) }

    func write(_ source: UnsafeRawBufferPointer, at offset: Int) throws {
        try count()
        bytes.replaceSubrange(offset..<offset + source.count, with: source)
        for index in offset..<offset + source.count { written[index] = true }
    }

    func read(into target: UnsafeMutableRawBufferPointer, at offset: Int) throws {
        try count()
        let isThere = written[offset..<offset + target.count].allSatisfy { $0 }
        #expect(isThere)
        target.copyBytes(from: bytes[offset..<offset + target.count])
    }

    private func count() throws {
        calls += 1
        if calls == failsAt { throw Failure() }
    }
}
