import Checkpoints
import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives

@Suite struct MultiCycleParityTests {
    private struct Runs: Decodable {
        struct Run: Decodable, GoldenSteps {
            let name: String
            let orders: [[String]]
            let frozen: [String]
            let losses: [[String: Double]]
            let gradientSums: [String: [Double]]
            let finalSums: [String: [Double]]
        }

        let ngf, ndf, blocks, sharedBlocks, side: Int
        let runs: [Run]
    }

    private static let domains = ["A", "B", "C"].map { Domain($0) }

    private static func run(_ name: String) throws -> (run: Runs.Run, objective: MultiCycle) {
        let all = try Golden.json("multicycle.json", as: Runs.self)
        let run = try #require(all.runs.first { $0.name == name })
        var configuration = TrainingConfiguration.defaults(for: .multiCycle)
        configuration.data.domainNames = domains.map(\.name)
        configuration.data.cropSize = ImageSize(all.side)
        configuration.networks.generator = .resnet(blocks: all.blocks)
        (configuration.networks.ngf, configuration.networks.ndf) = (all.ngf, all.ndf)
        (configuration.multiCycle.sharedBlocks, configuration.multiCycle.frozenDomains) = (all.sharedBlocks, run.frozen)
        configuration.multiCycle.cycleLength = run.orders[0].count
        let objective = MultiCycle(configuration: configuration, device: .cpu, dtype: .float64)
        let initial = try Golden.tensors("multicycle/initial.safetensors")
        for named in objective.networks { try named.network.load(initial.below(named.name), source: named.name) }
        return (run, objective)
    }

    /// An image of each domain; of the third a mirrored one of the first.
    private static func images(_ step: Int) throws -> [Tensor] {
        let batch = try Golden.batch(step, size: 1, dtype: .float64)
        return [batch[.a].images, batch[.b].images, batch[.a].images.flipped(3)]
    }

    private static func cycle(_ objective: MultiCycle, _ order: [String], step: Int) throws -> MultiCycle.Cycle {
        let (images, places) = (try images(step), order.compactMap { name in domains.firstIndex { $0.name == name } })
        return MultiCycle.Cycle(members: places.map { objective.members[$0] }, images: places.map { images[$0] })
    }

    /// In float64 the losses of every step, the gradients of the first and the weights after the last equal PyTorch's.
    @Test(arguments: ["pairs", "three", "frozen"])
    func stepsEqualPyTorchs(_ name: String) throws {
        let (run, objective) = try Self.run(name)
        try ObjectiveTensors(objective, names: [:]).expect(
            run, gradients: "multicycle/gradients-\(name).safetensors", losses: objective.monitoring.lossNames
        ) { step in
            objective.step([try Self.cycle(objective, run.orders[step], step: step)], shares: [1])
        }
    }

    /// A batch of two domains is one cycle, and two batches of one image make the step of one of two.
    @Test func batchesAreCycles() throws {
        let (run, objective) = try Self.run("pairs")
        let images = try Self.images(0)
        let parts = zip(Self.domains, images).prefix(2).map { ($0, DomainImages(images: $1)) }
        let batch = ImageBatch(parts, areAligned: [false])
        let read = objective.step([batch, batch]).read()
        for (loss, value) in run.losses[0] { expectClose(try #require(read[loss]), value, relative: 1e-6, loss) }
        let tensors = ObjectiveTensors(objective, names: [:])
        try tensors.expectSums(tensors.gradients, run.gradientSums)
    }

    /// The parts of a translation, put together, are an ordinary generator that makes the same images.
    @Test func partsMakeAGenerator() throws {
        let (_, objective) = try Self.run("pairs")
        let images = try Self.images(0)
        let batch = ImageBatch(zip(Self.domains, images).map { ($0, DomainImages(images: $1)) }, areAligned: [false])
        let published = try #require(objective.publishedGenerators.first)
        let weights = published.network.stateDict()
        let rows = objective.translations(of: batch).rows
        #expect(rows.map(\.translation.from) == Self.domains)
        for (row, real) in zip(rows, images) {
            #expect(row.pictures.map(\.role) == [.real, .fake, .fake, .reconstructed])
            for picture in row.pictures where picture.role == .fake {
                let translation = Translation(from: row.translation.from, to: picture.domain)
                #expect(published.description.translations.contains(translation))
                let whole = published.description.assembled(for: translation).configuration.makeGenerator(initialization: nil)
                whole.convert(to: .float64)
                let parts = GeneratorPart.Name.parts(of: translation).flatMap { weights.below($0).map { ($0.name, $0.tensor) } }
                try whole.load(StateDict(parts), source: "\(translation)")
                expectClose(withoutGradients { whole(real) }, picture.images, absolute: 1e-12, "\(translation)")
            }
        }
    }
}
