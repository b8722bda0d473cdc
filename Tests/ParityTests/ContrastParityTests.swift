import Checkpoints
import CycleGANModels
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANObjectives
@testable import CycleGANTraining

/// The parts of contrastive training by themselves, in float64: loss, projection and compared features.
@Suite struct ContrastParityTests {
    @Test(arguments: ContrastiveNegatives.allCases)
    func theLossAndItsGradientEqualPyTorchs(_ negatives: ContrastiveNegatives) throws {
        let golden = try Golden.tensors("cut/loss.safetensors")
        // Two images of seven positions each.
        let queries = try golden.golden("queries").reshaped([2, 7, 5]).leaf
        let keys = try golden.golden("keys").reshaped([2, 7, 5])
        let loss = PatchContrast.crossEntropy(queries, keys, temperature: 0.07, negatives: negatives)
        expectClose(loss.item(), try golden.golden("\(negatives.rawValue).losses").mean().item(), relative: 1e-12)
        loss.backward()
        expectClose(
            try #require(queries.grad).reshaped([14, 5]), try golden.golden("\(negatives.rawValue).gradient"), relative: 1e-10,
            absolute: 1e-12)
    }

    @Test(arguments: ["all", "some"]) func projectedVectorsAndTheirGradientsEqualPyTorchs(_ name: String) throws {
        let golden = try Golden.tensors("cut/projection.safetensors")
        let projection = PatchProjection(channels: [3, 4], width: 8)
        projection.convert(to: .float64)
        try projection.load(golden.below("state"), source: "projection")
        let features = try (0..<2).map { try golden.golden("feature.\($0)").to(.float64).leaf }
        var total = Tensor(0, dtype: .float64)
        for (place, feature) in features.enumerated() {
            let positions = try name == "all" ? nil : golden.golden("positions.\(place)").array(of: Int64.self).map(Int.init)
            let vectors = projection.vectors(of: feature, place: place, at: positions)
            let expected = try golden.golden("\(name).vectors.\(place)")
            let flat = vectors.reshaped(expected.shape)
            expectClose(flat, expected, relative: 1e-10, absolute: 1e-12)
            total = total + (flat * (try golden.golden("\(name).weighting.\(place)").to(.float64))).mean()
        }
        total.backward()
        for (place, feature) in features.enumerated() {
            expectClose(
                try #require(feature.grad), try golden.golden("\(name).featureGradient.\(place)"), relative: 1e-9, absolute: 1e-12)
        }
        for (key, parameter) in projection.namedParameters {
            expectClose(try #require(parameter.grad), try golden.golden("\(name).gradient.\(key)"), relative: 1e-9, absolute: 1e-12, key)
        }
    }

    /// The weighting stands on [N, H·W, C], as positions are compared: libtorch's own norms give wrong gradients for such ones.
    @Test(arguments: [
        ("antialias", [0, 4, 8, 12, 13], Normalization.instance, true), ("plain", [0, 4, 8, 10, 12], .instance, false),
        ("antialias-none", [0, 4, 8, 12, 13], .none, true),
    ])
    func comparedFeaturesAndTheirGradientsEqualPyTorchs(
        _ name: String, _ layers: [Int], _ normalization: Normalization, _ antialias: Bool
    ) throws {
        let golden = try Golden.tensors("cut/features-\(name).safetensors")
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 1, normalization: normalization)
        configuration.antialias = antialias
        configuration.antialiasUpsampling = antialias
        let generator = try #require(configuration.makeGenerator(initialization: nil) as? ResnetGenerator)
        generator.convert(to: .float64)
        try generator.load(golden.below("state"), source: name)
        let image = try golden.golden("image").to(.float64).leaf
        let features = try generator.features(at: layers.map(generator.place(ofLayer:)), of: image)
        var total = Tensor(0, dtype: .float64)
        for (index, feature) in features.enumerated() {
            expectClose(feature, try golden.golden("feature.\(index)").to(.float64), relative: 1e-6, absolute: 1e-7)
            func rows(_ tensor: Tensor) -> Tensor { tensor.permuted([0, 2, 3, 1]).reshaped([tensor.shape[0], -1, tensor.shape[1]]) }
            total = total + (rows(feature) * rows(try golden.golden("weighting.\(index)").to(.float64))).mean()
        }
        total.backward()
        expectClose(try #require(image.grad), try golden.golden("imageGradient").to(.float64), relative: 1e-5, absolute: 1e-7)
        for (key, expected) in try golden.below("gradient").map({ ($0.name, $0.tensor.to(.float64)) }) {
            let parameter = try #require(generator.namedParameters.first { $0.name == key })
            expectClose(try #require(parameter.tensor.grad), expected, relative: 1e-5, absolute: 1e-6, key)
        }
    }
}

extension Tensor {
    /// The same values, whose gradient is kept.
    fileprivate var leaf: Tensor {
        let leaf = detached()
        leaf.setRequiresGrad(true)
        return leaf
    }
}
