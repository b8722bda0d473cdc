import Checkpoints
import CycleGANModels
import Foundation
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

@Suite struct JudgingParityTests {
    private struct Draw: Decodable {
        let brightness, saturation, contrast: Double
        let shiftX, shiftY, cutX, cutY: Int
    }

    @Test func differentiableAugmentationEqualsPyTorchsForTheSameDraws() throws {
        let golden = try Golden.tensors("judging/augmentation.safetensors")
        let draws = try Golden.json("judging/augmentation.json", as: [Draw].self).map {
            DiffAugmentation.Draw(
                brightness: $0.brightness, saturation: $0.saturation, contrast: $0.contrast, shiftX: $0.shiftX, shiftY: $0.shiftY,
                cutX: $0.cutX, cutY: $0.cutY)
        }
        let images = try golden.golden("images").to(.float64)
        images.setRequiresGrad(true)
        let output = DiffAugmentation.apply(draws, to: images)
        expectClose(output, try golden.golden("output"), relative: 1e-12, "output")
        (output * (try golden.golden("weighting"))).sum().backward()
        expectClose(try #require(images.grad), try golden.golden("gradient"), relative: 1e-12, "gradient")
    }

    private static func penalised() throws -> (golden: StateDict, discriminator: PatchDiscriminator) {
        let golden = try Golden.tensors("judging/penalty.safetensors")
        let discriminator = PatchDiscriminator(inputChannels: 3, layerCount: 2, filters: 4, initialization: nil)
        discriminator.convert(to: .float64)
        try discriminator.load(golden.below("state"), source: "penalty.safetensors")
        return (golden, discriminator)
    }

    private static func points(_ kind: GradientPenalty, _ golden: StateDict) throws -> Tensor {
        let shares = try golden.golden("shares")
        return kind.points(real: try golden.golden("real"), fake: try golden.golden("fake")) { count in
            #expect(count == shares.shape[0])
            return shares
        }
    }

    /// Values and the gradients of the discriminator's parameters, which need a second differentiation.
    @Test(arguments: [GradientPenalty.wganGP, .zeroCentered, .r1])
    func gradientPenaltiesEqualPyTorchs(_ kind: GradientPenalty) throws {
        let (golden, discriminator) = try Self.penalised()
        let value = kind.value(of: { discriminator($0) }, at: try Self.points(kind, golden))
        expectClose(value, try golden.golden("\(kind.rawValue).value"), relative: 1e-10, "value")
        value.backward()
        for (name, parameter) in discriminator.namedParameters {
            let expected = try golden.golden("\(kind.rawValue).gradient.\(name)")
            expectClose(parameter.grad ?? .zeros(like: parameter), expected, relative: 1e-8, absolute: 1e-9, name)
        }
    }

    /// Central differences of the penalty itself, in the direction of a random change of all parameters.
    @Test(arguments: [GradientPenalty.wganGP, .zeroCentered, .r1])
    func theGradientOfAPenaltyIsItsSlope(_ kind: GradientPenalty) throws {
        let (golden, discriminator) = try Self.penalised()
        let random = TorchRandom(seed: 4)
        // Away from the round numbers of the file, at which activations lie exactly on their kinks.
        let noise = Tensor.empty([2, 3, 16, 24], dtype: .float64)
        noise.fillNormal(standardDeviation: 0.1, using: random)
        let points = try Self.points(kind, golden) + noise
        func value() -> Tensor { kind.value(of: { discriminator($0) }, at: points) }
        value().backward()
        let parameters = discriminator.parameters
        let directions = parameters.map { parameter in
            let direction = Tensor.empty(parameter.shape, dtype: .float64)
            direction.fillNormal(using: random)
            return direction
        }
        var slope = 0.0
        for (parameter, direction) in zip(parameters, directions) {
            if let gradient = parameter.grad { slope += (gradient * direction).sum().item() }
        }
        func moved(by step: Double) -> Double {
            withoutGradients { for (parameter, direction) in zip(parameters, directions) { parameter.add(direction, scaledBy: step) } }
            return value().item()
        }
        let step = 1e-7
        let above = moved(by: step)
        let below = moved(by: -2 * step)
        expectClose((above - below) / (2 * step), slope, relative: 1e-4, "\(kind)")
    }
}
