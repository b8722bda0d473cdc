import CycleGANModels
import Datasets
import Imaging
import Testing
import Torch

@testable import CycleGANObjectives
@testable import CycleGANTraining

@Suite struct LeakTests {
    @Test func stepsAndPicturesLeaveNoTensorsBehind() {
        var configuration = TrainingConfiguration()
        configuration.networks.generator = .resnet(blocks: 1)
        configuration.networks.ngf = 2
        configuration.networks.ndf = 2
        configuration.networks.discriminatorLayers = 1
        configuration.objective.poolSize = 2
        configuration.networks.dropout = true
        let objective = CycleGAN(configuration: configuration, device: .cpu)
        let batch = ImageBatch(a: DomainImages(images: .ones([1, 3, 16, 16])), b: DomainImages(images: .zeros([1, 3, 16, 16])))
        func count() -> Int {
            _ = objective.step([batch]).read()
            _ = objective.translations(of: batch)
            return TorchRuntime.liveTensorCount
        }
        // The pools fill in the first steps, and gradients appear.
        for _ in 0..<4 { _ = count() }
        let first = count()
        for _ in 0..<5 { #expect(count() == first) }
    }

    @Test func neitherDoThoseOfStarGAN() {
        var configuration = TrainingConfiguration.defaults(for: .starGAN)
        configuration.data.cropSize = ImageSize(16)
        configuration.networks.generator = .resnet(blocks: 1)
        (configuration.networks.ngf, configuration.networks.ndf, configuration.starGAN.criticSteps) = (2, 2, 2)
        let objective = StarGAN(configuration: configuration, device: .cpu)
        let batch = ImageBatch(a: DomainImages(images: .ones([1, 3, 16, 16])), b: DomainImages(images: .zeros([2, 3, 16, 16])))
        func count() -> Int {
            for _ in 0..<2 { _ = objective.step([batch]).read() }
            _ = objective.translations(of: batch)
            return TorchRuntime.liveTensorCount
        }
        for _ in 0..<2 { _ = count() }
        let first = count()
        for _ in 0..<3 { #expect(count() == first) }
    }
}
