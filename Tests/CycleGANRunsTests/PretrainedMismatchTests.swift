import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Testing
import TorchNN

@testable import CycleGANRuns

/// Which settings networks of a file were made with.
struct PretrainedMismatchTests {
    private typealias Tensors = [(name: String, shape: [Int])]

    private func tensors(_ network: any Layer) -> Tensors { network.namedTensors.map { (name: $0.name, shape: $0.tensor.shape) } }

    private func settings(_ networks: [String: any Layer], _ configuration: TrainingConfiguration) -> String? {
        PretrainedMismatch(
            file: "net.pth", network: "generatorAB", tensors: networks.mapValues(tensors), configuration: configuration)?
            .remedy.description
    }

    @Test func theSettingsThatDifferAreNamed() {
        var run = TrainingConfiguration()
        (run.networks.generator, run.networks.ngf, run.networks.ndf) = (.resnet(blocks: 2), 8, 4)
        let generator = GeneratorConfiguration(architecture: .resnet(blocks: 3), filters: 4, usesDropout: true).makeGenerator()
        #expect(settings(["generatorAB": generator], run) == "generator resnet3 and ngf 4 and dropout true")
        let discriminator = DiscriminatorConfiguration(filters: 8, layerCount: 2).makeDiscriminator()
        #expect(
            settings(["generatorAB": generator, "discriminatorB": discriminator], run)
                == "generator resnet3 and ngf 4 and dropout true and ndf 8 and discriminatorLayers 2")
    }

    @Test func normsChannelsAndUNetsAreTold() {
        var run = TrainingConfiguration()
        (run.networks.generator, run.networks.ngf) = (.resnet(blocks: 1), 4)
        let unet = GeneratorConfiguration(
            architecture: .unet(downsamplings: 5), inputChannels: 1, outputChannels: 3, filters: 4, normalization: .batch
        ).makeGenerator()
        // The generator of the way back gets images of B.
        #expect(settings(["generatorBA": unet], run) == "generator unet32 and norm batch and channels B=1")
        let same = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4).makeGenerator()
        #expect(settings(["generatorAB": same], run) == nil)
    }

    @Test func aFurtherChannelOfTheInputIsTheMask() {
        var run = TrainingConfiguration()
        (run.networks.generator, run.networks.ngf) = (.resnet(blocks: 1), 4)
        let masked = GeneratorConfiguration(architecture: .resnet(blocks: 1), inputChannels: 4, filters: 4).makeGenerator()
        #expect(settings(["generatorAB": masked], run) == "masks true")
        run.data.masks = true
        #expect(settings(["generatorAB": masked], run) == nil)
        let plain = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4).makeGenerator()
        #expect(settings(["generatorAB": plain], run) == "masks false")
    }

    @Test func unknownNetworksTellNothing() {
        let mismatch = PretrainedMismatch(
            file: "a", network: "generatorAB", tensors: ["generatorAB": [(name: "x", shape: [1])]], configuration: TrainingConfiguration())
        #expect(mismatch == nil)
    }
}
