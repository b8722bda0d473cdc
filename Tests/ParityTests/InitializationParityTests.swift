import Foundation
import TestSupport
import Testing
import Torch
import TorchNN

@Suite struct InitializationParityTests {
    private struct Entry: Decodable {
        let initializer: String
        let layer: String
        let weightShape: [Int]?
        let gain: Double?
        let standardDeviation: Double
        let diagonal: Double?
        let orthogonalRows: Bool?

        func makeLayer() throws -> any WeightedLayer {
            let shape = try #require(weightShape)
            switch layer {
            case "conv": return Conv2d(inputChannels: shape[1], outputChannels: shape[0], kernelSize: shape[2])
            case "convTranspose": return ConvTranspose2d(inputChannels: shape[0], outputChannels: shape[1], kernelSize: shape[2])
            default: return Linear(inputs: shape[1], outputs: shape[0])
            }
        }
    }

    /// The deviations that torch.nn.init aims at, for every kind of layer; fan-in and fan-out are PyTorch's, also of transposed layers.
    @Test func deviationsArePyTorchs() throws {
        let entries = try Golden.json("optim/initializers.json", as: [Entry].self).filter { $0.layer != "batchNorm" }
        #expect(entries.count == 12)
        for entry in entries {
            let layer = try entry.makeLayer()
            let kind = try #require(WeightInitialization(rawValue: entry.initializer))
            kind.apply(to: layer, gain: try #require(entry.gain), using: TorchRandom(seed: 1))
            let label = "\(entry.initializer) \(entry.layer)"
            let weight = layer.weight.detached().to(.float64)
            #expect(weight.shape == entry.weightShape, "\(label)")
            // Four standard errors of a deviation estimated from this many draws.
            let tolerance = 4 / (2 * Double(weight.count)).squareRoot()
            expectClose(weight.square().mean().item().squareRoot(), entry.standardDeviation, relative: tolerance, label)
            #expect(layer.bias?.abs().max().item() == 0, "\(label)")
            guard let diagonal = entry.diagonal else { continue }
            let matrix = weight.reshaped([weight.shape[0], -1])
            let transposed = matrix.permuted([1, 0])
            let products = entry.orthogonalRows == true ? matrix.matmul(transposed) : transposed.matmul(matrix)
            let side = products.shape[0]
            let expected = Tensor((0..<side * side).map { $0 / side == $0 % side ? diagonal : 0 }, shape: [side, side])
            expectClose(products, expected, relative: 1e-5, absolute: 1e-9, label)
        }
    }
}
