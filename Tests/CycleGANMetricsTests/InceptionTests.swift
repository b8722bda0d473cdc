import Checkpoints
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANMetrics

struct InceptionTests {
    private let weights = MetricWeights(
        network: .inception, stateDict: seededWeights(InceptionLayout().tensors, seed: 11), sha256: "0", source: "seeded")

    private static let images = ["grey", "opacity", "small", "wide"]

    @Test(arguments: FeatureProtocol.allCases) func featuresEqualTheTools(_ featureProtocol: FeatureProtocol) throws {
        let folder = try golden("inception")
        let expected = try SafetensorsFile.read(golden("inception.safetensors"))
        let extractor = try FeatureExtractor(
            weights: weights, featureProtocol: featureProtocol, features: Set(InceptionFeature.allCases), device: .cpu, batchSize: 3)
        var progress: [Int] = []
        let features = try extractor.features(of: Self.images.map { folder.appending(path: $0 + ".png") }) { progress.append($0) }
        #expect(progress == [3, 4])
        var compared = 0
        for (index, image) in Self.images.enumerated() {
            for feature in InceptionFeature.allCases {
                guard let wanted = expected["\(image).\(featureProtocol.rawValue).\(feature.rawValue)"],
                    let found = features[feature]?.selected(dimension: 0, index: index)
                else { continue }
                let every = (found.count + 2) / 3
                let third = Tensor((0..<every).map { found.array(of: Float.self)[$0 * 3] }, shape: [every])
                let largest = wanted.abs().max().item()
                expectClose(third, wanted, relative: 0, absolute: 1e-4 * largest, "\(image) \(feature)")
                compared += 1
            }
        }
        #expect(compared == [.pytorchFID: 16, .torchFidelity: 24, .clean: 4][featureProtocol])
    }

    @Test func imagesInMemoryEqualTheirFiles() throws {
        let file = try golden("inception").appending(path: "small.png")
        let extractor = try FeatureExtractor(
            weights: weights, featureProtocol: .pytorchFID, features: [.pool3], device: .cpu)
        let (image, files) = (try PixelImage(contentsOf: file), try extractor.features(of: [file]))
        let memory = try extractor.features(of: [image], name: "small")
        expectClose(try #require(memory[.pool3]), try #require(files[.pool3]), relative: 0, absolute: 0)
    }

    @Test func damagedWeightsAndFilesAreNamed() throws {
        var broken = weights.stateDict
        broken["fc.bias"] = nil
        #expect(throws: CheckpointError.self) { try InceptionV3(broken, source: "x", device: .cpu) }
        let nan = MetricWeights(
            network: .inception,
            stateDict: StateDict(weights.stateDict.map { ($0.name, $0.name == "Mixed_7c.branch1x1.bn.bias" ? $0.tensor / 0 : $0.tensor) }),
            sha256: "0", source: "nan")
        let extractor = try FeatureExtractor(weights: nan, featureProtocol: .clean, features: [.pool3], device: .cpu)
        let file = try golden("inception").appending(path: "small.png")
        #expect(throws: MetricError.notFinite(path: file.path, what: "its Inception feature 2048")) {
            try extractor.features(of: [file])
        }
        #expect(throws: ImageError.self) { try extractor.features(of: [file, golden("inception.safetensors")]) }
        let multispectral = PixelImage(width: 2, height: 2, bands: 5, bytes: [UInt8](repeating: 0, count: 20))
        #expect(throws: MetricError.self) { try extractor.features(of: [multispectral], name: "five bands") }
    }
}
