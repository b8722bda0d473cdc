import Checkpoints
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

/// Networks of the reference implementation, read from its own files, give its outputs.
@Suite struct ReferenceOutputTests {
    @Test(arguments: ["resnet9", "resnet9_legacy", "patch3", "patch5", "pixel"]) func outputsEqualTheReferences(_ name: String) throws {
        let fixtures = try #require(Bundle.module.resourceURL).appending(path: "Fixtures")
        let weights = try StateDict.read(from: fixtures.appending(path: "\(name).pth"))
        let network =
            switch try InferredNetwork(tensors: weights.map { ($0.name, $0.tensor.shape) }) {
            case .generator(let configuration): configuration.makeGenerator(initialization: nil)
            case .discriminator(let configuration): configuration.makeDiscriminator(initialization: nil)
            }
        try network.load(weights, source: name)
        network.setTraining(false)
        let input = try PixelImage(contentsOf: fixtures.appending(path: "input.png")).tensor(for: DomainConfiguration())
        let expected = try #require(try StateDict.read(from: fixtures.appending(path: "\(name)-output.safetensors"))["output"])
        let output = withoutGradients { network(input) }
        expectClose(output.squeezed(0), expected, relative: 0, absolute: 1e-4, name)
    }
}
