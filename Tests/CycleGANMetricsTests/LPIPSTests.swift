import Checkpoints
import Foundation
import Imaging
import TestSupport
import Testing
import Torch

@testable import CycleGANMetrics

struct LPIPSTests {
    /// Trunk and linear layers as `scripts/make_lpips.py` makes them.
    private static func seeded(_ network: PerceptualNetwork) throws -> LPIPS {
        let heads = seededWeights(network.headTensors, seed: 6).map { ($0.name, $0.tensor.abs()) }
        return try LPIPS(
            network, trunk: weights(network.trunk, seededWeights(network.trunkTensors, seed: 5)),
            heads: weights(network.heads, StateDict(heads)), device: .cpu)
    }

    private static func weights(_ network: MetricNetwork, _ stateDict: StateDict) -> MetricWeights {
        MetricWeights(network: network, stateDict: stateDict, sha256: "0", source: network.rawValue)
    }

    private static func images(_ height: Int, _ width: Int) -> (Tensor, Tensor) {
        let values = (0..<2 * 3 * height * width).map { (index: Int) -> Float in
            let level = (index * index % 8191 + 7 * index) % 129
            return Float(level - 64) / 64
        }
        let both = Tensor(values, shape: [2, 3, height, width])
        return (both.narrowed(dimension: 0, start: 0, length: 1), both.narrowed(dimension: 0, start: 1, length: 1))
    }

    @Test(arguments: PerceptualNetwork.allCases) func equalsTheLPIPSPackage(_ network: PerceptualNetwork) throws {
        let expected = try SafetensorsFile.read(golden("lpips.safetensors"))
        let lpips = try Self.seeded(network)
        for (height, width) in [(64, 64), (45, 70)] {
            let (first, second) = Self.images(height, width)
            let name = "\(network.rawValue).\(height)x\(width)"
            expectClose(try lpips.distances(first, second), try #require(expected["\(name).distance"]), relative: 1e-5, name)
            let map = try lpips.spatialMap(first, second)
            #expect(map.shape == [1, 1, height, width])
            let wanted = try #require(expected["\(name).map"])
            let values = map.array(of: Float.self)
            let thinned = stride(from: 0, to: height, by: 3).flatMap { row in
                stride(from: 0, to: width, by: 3).map { values[row * width + $0] }
            }
            expectClose(Tensor(thinned, shape: wanted.shape), wanted, relative: 1e-5, absolute: 1e-5 * wanted.max().item(), name)
            #expect(try lpips.distances(first, first).item() == 0)
            expectClose(try lpips.distances(second, first), try lpips.distances(first, second), relative: 1e-6)
        }
    }

    @Test(arguments: PerceptualNetwork.allCases) func takesImagesDownToTheSmallestSide(_ network: PerceptualNetwork) throws {
        let lpips = try Self.seeded(network)
        let (first, second) = Self.images(network.smallestSide, network.smallestSide)
        #expect(try lpips.distances(first, second).item() > 0)
        let (small, other) = Self.images(network.smallestSide - 1, 64)
        #expect(throws: MetricError.self) { try lpips.distances(small, other) }
    }

    @Test func readsTheNamesOfTheLPIPSPackage() throws {
        let own = seededWeights(PerceptualNetwork.alex.trunkTensors, seed: 5)
        let renamed = StateDict(own.map { ("net.slice3." + $0.name.dropFirst("features.".count), $0.tensor) })
        #expect(renamed.withTorchvisionNames().names == own.names)
    }

    @Test func imagesOfAnyDepthBecomeItsInput() throws {
        let grey = PixelImage(
            width: 2, height: 1, bands: 2, format: .uint16, hasAlpha: true, bytes: [UInt16]([0, 9, 65535, 9]).withUnsafeBytes { Array($0) })
        #expect(try grey.perceptualInput(name: "grey").array(of: Float.self) == [-1, 1, -1, 1, -1, 1])
        let five = PixelImage(width: 1, height: 1, bands: 5, bytes: [0, 0, 0, 0, 0])
        #expect(throws: MetricError.channels(path: "five", found: 5, allowed: "1 or 3, with or without opacity, for LPIPS")) {
            try five.perceptualInput(name: "five")
        }
    }
}
