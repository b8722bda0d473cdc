import Checkpoints
import CycleGANTraining
import Datasets
import TestSupport
import Testing
import Torch
import TorchNN

/// The tensors of an objective under the names of the golden files.
struct ObjectiveTensors {
    typealias Named = (name: String, tensor: Tensor)

    private let networks: [(name: String, network: Module)]

    /// - Parameter names: The golden files' names of the networks.
    init(_ objective: any TrainingObjective, names: [String: String]) {
        networks = objective.networks.map { (names[$0.name] ?? $0.name, $0.network) }
    }

    var weights: [Named] {
        networks.flatMap { name, network in network.namedTensors.map { ("\(name).\($0.name)", $0.tensor.detached()) } }
    }

    var gradients: [Named] {
        networks.flatMap { name, network in
            network.namedParameters.compactMap { named in named.tensor.grad.map { ("\(name).\(named.name)", $0) } }
        }
    }

    /// - Parameter expected: The sum and the sum of squares by name.
    func expectSums(_ tensors: [Named], _ expected: [String: [Double]]) throws {
        #expect(Set(tensors.map(\.name)) == Set(expected.keys))
        for (key, tensor) in tensors {
            let sums = try #require(expected[key])
            // Sums of numbers of either sign: the error is relative to the root of the sum of squares. The gradient of a bias that a norm
            // cancels is rounding noise, far below 1e-9.
            let size = max(sums[1].squareRoot(), 1e-6)
            expectClose(tensor.to(.float64).sum().item(), sums[0], absolute: 1e-6 * size, key)
            expectClose(tensor.to(.float64).square().sum().item(), sums[1], absolute: 1e-6 * size * size, key)
        }
    }

    /// - Parameter isComplete: Whether the file has all of the tensors.
    func expect(_ tensors: [Named], areThoseOf file: String, isComplete: Bool) throws {
        let golden = try Golden.tensors(file)
        for (key, tensor) in tensors where isComplete || golden[key] != nil {
            expectClose(tensor, try golden.golden(key).to(.float64), relative: 1e-6, absolute: 1e-8, key)
        }
    }
}

/// What PyTorch got of some steps.
protocol GoldenSteps {
    /// Those of every step.
    var losses: [[String: Double]] { get }
    /// Of what the first step left.
    var gradientSums: [String: [Double]] { get }
    /// Of the weights after the last one.
    var finalSums: [String: [Double]] { get }
}

extension ObjectiveTensors {
    /// Takes the steps and compares their losses, the gradients of the first, some of them in full, and the last weights.
    func expect(_ golden: some GoldenSteps, gradients file: String, losses names: [String], step: (Int) throws -> StepLosses) throws {
        for (index, expected) in golden.losses.enumerated() {
            let losses = try step(index)
            #expect(losses.names == names)
            let read = losses.read()
            for (loss, value) in expected { expectClose(try #require(read[loss]), value, relative: 1e-6, "\(loss), step \(index + 1)") }
            guard index == 0 else { continue }
            // What took no part has no gradient.
            try expectSums(gradients, golden.gradientSums)
            try expect(gradients, areThoseOf: file, isComplete: false)
        }
        try expectSums(weights, golden.finalSums)
    }
}

extension Golden {
    /// The images of the next `size` samples, which the steps of all objectives are taken on.
    ///
    /// - Parameter areAligned: Whether equally numbered images of both domains make pairs.
    static func batch(_ index: Int, size: Int, dtype: DType, areAligned: Bool = false) throws -> ImageBatch {
        let images = try tensors("step/images.safetensors")
        func slice(_ name: String) throws -> DomainImages {
            DomainImages(images: try images.golden(name).narrowed(dimension: 0, start: index * size, length: size).to(dtype))
        }
        return ImageBatch([(.a, try slice("imagesA")), (.b, try slice("imagesB"))], areAligned: Array(repeating: areAligned, count: size))
    }
}
