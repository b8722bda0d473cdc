import Checkpoints
import Testing
import Torch
import TorchNN

@Suite struct StateDictTests {
    private func network(filters: Int = 3) -> Sequential {
        Sequential([
            Conv2d(inputChannels: 2, outputChannels: filters, kernelSize: 3), BatchNorm2d(channels: filters),
            ConvTranspose2d(inputChannels: filters, outputChannels: 1, kernelSize: 2),
        ])
    }

    @Test func namesKeepTheirOrder() {
        var contents = StateDict([("b", Tensor(1)), ("a", Tensor(2))], metadata: ["x": "y"])
        contents["c"] = Tensor(3)
        contents["b"] = Tensor(4)
        #expect(contents.map(\.name) == ["b", "a", "c"])
        contents["a"] = nil
        #expect(contents.map { $0.tensor.item() } == [4, 3])
        #expect(contents.below("ne").isEmpty)
    }

    @Test func wrapperPrefixesGoOnlyWhenAllNamesHaveThem() {
        func stripped(_ names: String...) -> [String] { StateDict(names.map { ($0, Tensor(1)) }).withoutWrapperPrefixes().names }
        #expect(stripped("module._orig_mod.a", "module._orig_mod.b") == ["a", "b"])
        #expect(stripped("module.a", "b") == ["module.a", "b"])
        #expect(StateDict().withoutWrapperPrefixes().isEmpty)
    }

    @Test func runningStatisticsCanBeDropped() throws {
        let weights = try StateDict.read(from: Fixture.url("network.pth"))
        let names = weights.withoutLeftoverStatistics(.instance).names
        #expect(names == ["0.weight", "0.bias", "1.weight", "1.bias", "2.weight", "2.bias"])
        #expect(weights.withoutLeftoverStatistics(.batch).names == weights.names)
    }

    @Test func aNetworkTakesPyTorchsWeights() throws {
        let weights = try StateDict.read(from: Fixture.url("network.pth"))
        let network = network()
        let before = network.namedTensors.map(\.tensor)
        try network.load(weights, source: "network.pth")
        expectSame(network.stateDict(), weights)
        // The tensors are the same objects, so that an optimiser made before sees the weights.
        #expect(before.map { bytes(of: $0) } == weights.map { bytes(of: $0.tensor) })
        #expect(network.parameters.allSatisfy { $0.requiresGrad })
    }

    @Test func dataParallelNamesLoadWithoutTheirPrefix() throws {
        let network = network()
        try network.load(try StateDict.read(from: Fixture.url("parallel.pth")), source: "parallel.pth", strict: false)
        let expected = try StateDict.read(from: Fixture.url("network.pth"))["2.weight"]
        #expect(network.stateDict()["2.weight"].map { bytes(of: $0) } == expected.map { bytes(of: $0) })
    }

    @Test func spectralNormLoadsFromBothOfPyTorchsLayouts() throws {
        let network = Sequential([SpectralNormConv2d(inputChannels: 2, outputChannels: 3, kernelSize: 1)])
        #expect(network.stateDict().names == ["0.bias", "0.weight_orig", "0.weight_u", "0.weight_v"])
        let weights = StateDict([
            ("0.bias", .ones([3])), ("0.parametrizations.weight.original", .full([3, 2, 1, 1], 2)),
            ("0.parametrizations.weight.0._u", .full([3], 3)), ("0.parametrizations.weight.0._v", .full([2], 4)),
        ])
        try network.load(weights, source: "parametrized")
        #expect(network.stateDict().map { $0.tensor.max().item() } == [1, 2, 3, 4])
        #expect(throws: CheckpointError.self) {
            try network.load(StateDict([("0.parametrizations.weight.other", Tensor(1))]), source: "foreign")
        }
    }

    @Test func everyDifferenceIsReportedBeforeAnythingChanges() throws {
        var weights = try StateDict.read(from: Fixture.url("network.pth"))
        weights["1.running_mean"] = nil
        weights["3.weight"] = Tensor(1)
        let network = network(filters: 4)
        let before = network.stateDict().map { bytes(of: $0.tensor) }
        #expect(throws: CheckpointError.self) { try network.load(weights, source: "network.pth") }
        #expect(network.stateDict().map { bytes(of: $0.tensor) } == before)
        do throws(CheckpointError) {
            try network.load(weights, source: "network.pth")
        } catch {
            let text = "\(error)"
            for part in ["network.pth", "missing 1.running_mean", "unexpected 3.weight", "0.weight is [3, 2, 3, 3]", "[4, 2, 3, 3]"] {
                #expect(text.contains(part), "\(text)")
            }
        }
    }

    @Test func otherPrecisionsAreConverted() throws {
        let network = network()
        network.convert(to: .float64)
        let weights = try StateDict.read(from: Fixture.url("network.pth"))
        try network.load(weights, source: "network.pth")
        #expect(network.stateDict()["0.bias"]?.dtype == .float64)
        #expect(network.stateDict()["0.bias"]?.to(.float32).array(of: Float.self) == weights["0.bias"]?.array(of: Float.self))
    }
}
