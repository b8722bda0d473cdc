import Checkpoints
import CycleGANModels
import TestSupport
import Testing
import Torch
import TorchNN

@Suite struct ForwardParityTests {
    struct Entry: Decodable, Sendable {
        let file: String
        let width: Int
        let channels: Int
    }

    static let names =
        ["resnet9", "resnet6", "unet128", "patch3", "patch5", "pixel"].flatMap { name in
            ["instance", "batch", "none"].map { "\(name)-\($0)" }
        } + ["unet256-instance"]

    /// In float64, output and all gradients equal PyTorch's.
    @Test(arguments: names) func outputsAndGradientsEqualPyTorchs(_ name: String) throws {
        let golden = try Golden.tensors("forward/\(name).safetensors")
        let index = try #require(try Golden.json("forward.json", as: [Entry].self).firstIndex { $0.file == name })
        let entry = try Golden.json("forward.json", as: [Entry].self)[index]
        let network = try Golden.json("forward.json", as: [GoldenNetwork].self)[index].make(width: entry.width, channels: entry.channels)
        network.convert(to: .float64)
        try network.load(golden.below("state"), source: name)

        let input = try golden.golden("input").to(.float64).cloned()
        input.setRequiresGrad(true)
        let output = network(input)
        let loss = (output * (try golden.golden("weighting").to(.float64))).mean()
        loss.backward()
        expectClose(loss, try golden.golden("loss"), relative: 1e-9, "loss")
        try expectEqual(output, "output", in: golden)
        try expectEqual(try #require(input.grad), "inputGradient", in: golden)
        for (key, parameter) in network.namedParameters {
            try expectEqual(try #require(parameter.grad, "\(key)"), "gradient.\(key)", in: golden)
        }
        for (key, tensor) in golden.below("stateAfter") {
            expectClose(try #require(network.stateDict()[key]).to(.float64), tensor.to(.float64), relative: 1e-9, key)
        }
        if let evaluation = golden["evaluationOutput"] {
            network.setTraining(false)
            expectClose(withoutGradients { network(input) }, evaluation.to(.float64), relative: 1e-7, absolute: 1e-9, "evaluation")
        }
    }

    /// Large results are stored as their means over rows and columns.
    private func expectEqual(_ tensor: Tensor, _ name: String, in golden: StateDict) throws {
        let actual = tensor.detached()
        if let expected = golden[name] {
            expectClose(actual, expected.to(.float64), relative: 1e-6, absolute: 1e-10, name)
        } else {
            expectClose(actual.mean([3]), try golden.golden("\(name).rowMeans").to(.float64), relative: 1e-6, absolute: 1e-10, name)
            expectClose(actual.mean([2]), try golden.golden("\(name).columnMeans").to(.float64), relative: 1e-6, absolute: 1e-10, name)
        }
    }
}
