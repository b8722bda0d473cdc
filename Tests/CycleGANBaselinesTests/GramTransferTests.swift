import Checkpoints
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANBaselines
@testable import CycleGANMetrics

/// Gatys' method against PyTorch, with seeded weights of VGG16.
@Suite(.serialized) struct GramTransferTests {
    private static func features() throws -> GramFeatures {
        let weights = seededWeights(PerceptualNetwork.vgg.trunkTensors, seed: 5)
        return try GramFeatures(
            weights: MetricWeights(network: .vgg16, stateDict: weights, sha256: "0", source: "vgg16"), device: .cpu)
    }

    // Values of the script's division by 128, which no depth of images has.
    private let domain = DomainConfiguration(bitDepth: .eight, valueRange: ValueRange(0...256))

    private func transfer(_ features: GramFeatures, steps: Int) throws -> GramTransfer {
        var settings = GramSettings()
        (settings.styleWeight, settings.steps) = (100, steps)
        return try GramTransfer(style: picture(16, 30, 3, seed: 3), domain: domain, features: features, settings: settings, name: "style")
    }

    @Test func lossesAndGradientsAreThoseOfPyTorch() throws {
        let transfer = try transfer(Self.features(), steps: 1)
        let image = picture(21, 26, 3, seed: 1).tensor(for: domain)
        let content = transfer.content(of: picture(21, 26, 3, seed: 2).tensor(for: domain))
        image.setRequiresGrad(true)
        let losses = transfer.losses(of: image, content: content)
        let wanted = try expected("gatys.losses").array(of: Float.self).map(Double.init)
        expectClose(losses.content.item(), wanted[0], relative: 1e-5, "content")
        expectClose(losses.style.item(), wanted[1], relative: 1e-5, "style")
        (losses.content + losses.style * 100).backward()
        let gradient = try expected("gatys.gradient")
        expectClose(try #require(image.grad), gradient, relative: 1e-4, absolute: 1e-5 * gradient.abs().max().item(), "gradient")
    }

    @Test func threeStepsAreThoseOfPyTorch() throws {
        var done: [Int] = []
        var settings = GramSettings()
        (settings.styleWeight, settings.steps) = (100, 3)
        let transfer = try GramTransfer(
            style: picture(16, 30, 3, seed: 3), domain: domain, features: Self.features(), settings: settings, name: "style"
        ) { done.append($0) }
        let result = try transfer.picture(of: picture(21, 26, 3, seed: 2), in: domain, name: "image")
        #expect(done == [1, 2, 3])
        let wanted = (try expected("gatys.image") + 1) * 128
        // To the nearest level: [1, 3, H, W] against [H, W, 3].
        expectClose(result.levels, wanted.squeezed(0).permuted([1, 2, 0]).contiguous(), relative: 0, absolute: 0.51)
    }

    /// With the defaults: the style comes nearer.
    @Test func stepsLowerTheLoss() throws {
        var settings = GramSettings()
        settings.steps = 10
        let transfer = try GramTransfer(
            style: picture(16, 30, 3, seed: 3), domain: domain, features: Self.features(), settings: settings, name: "style")
        let start = picture(21, 26, 3, seed: 1)
        let content = transfer.content(of: start.tensor(for: domain))
        func loss(_ image: PixelImage) -> Double {
            let losses = transfer.losses(of: image.tensor(for: domain), content: content)
            return losses.content.item() + settings.styleWeight * losses.style.item()
        }
        #expect(try loss(transfer.picture(of: start, in: domain, name: "start")) < 0.5 * loss(start))
    }

    @Test func greyStaysGreyAndItselfStays() throws {
        let features = try Self.features()
        var settings = GramSettings()
        settings.steps = 2
        let grey = picture(20, 17, 1, .uint16, seed: 1)
        let domain = DomainConfiguration(channels: 1, bitDepth: .sixteen)
        // Its own style has nothing to change.
        let own = try GramTransfer(style: grey, domain: domain, features: features, settings: settings, name: "grey")
        #expect(try own.picture(of: grey, in: domain, name: "grey") == grey)
    }

    @Test func whatCannotBeOptimisedIsNamed() throws {
        let features = try Self.features()
        let small = picture(7, 40, 3, seed: 1)
        #expect(throws: MetricError.self) { try GramTransfer(style: small, domain: DomainConfiguration(), features: features, name: "s") }
        let many = picture(20, 20, 5, seed: 1)
        let error = #expect(throws: MetricError.self) {
            try GramTransfer(style: many, domain: DomainConfiguration(channels: 5), features: features, name: "many.tif")
        }
        #expect(error?.description == "many.tif: found 5 channels; allowed: 1 or 3 for Gatys' method")
        #expect(throws: CheckpointError.self) {
            try GramFeatures(
                weights: MetricWeights(network: .vgg16, stateDict: StateDict([]), sha256: "0", source: "none"), device: .cpu)
        }
    }
}
