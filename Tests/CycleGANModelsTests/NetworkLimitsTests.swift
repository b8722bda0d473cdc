import Imaging
import Testing

@testable import CycleGANModels

@Suite struct NetworkLimitsTests {
    private func unet(levels: Int, input: Int = 3, filters: Int = 4) -> [(name: String, shape: [Int])] {
        var tensors: [(String, [Int])] = [
            ("model.model.0.weight", [filters, input, 4, 4]), ("model.model.3.weight", [2 * filters, 3, 4, 4]),
        ]
        for level in 0..<levels - 1 {
            tensors.append(("model.model.1" + String(repeating: ".model.3", count: level) + ".model.1.weight", [4, 4, 4, 4]))
        }
        return tensors
    }

    @Test func possibleNetworksAreInferred() throws {
        guard case .generator(let configuration) = try InferredNetwork(tensors: unet(levels: 5)) else {
            Issue.record("a U-Net should be a generator")
            return
        }
        #expect(configuration.architecture == .unet(downsamplings: 5))
    }

    @Test(arguments: [1, 4, 13, 70]) func unetsOfOtherDepthsAreErrors(_ levels: Int) {
        let error = #expect(throws: NetworkConfigurationError.self) { try InferredNetwork(tensors: unet(levels: levels)) }
        #expect(error == NetworkConfigurationError(name: "levels of the U-Net", found: levels, allowed: 5...12))
        #expect(error?.description == "levels of the U-Net: found \(levels); allowed: 5 to 12")
    }

    @Test func emptyTensorsAreErrors() {
        #expect(throws: NetworkConfigurationError(name: "input channels", found: 0, allowed: 1...4096)) {
            try InferredNetwork(tensors: unet(levels: 5, input: 0))
        }
        #expect(throws: NetworkConfigurationError(name: "filters", found: 0, allowed: 1...2048)) {
            try InferredNetwork(tensors: unet(levels: 5, filters: 0))
        }
        #expect(throws: NetworkConfigurationError(name: "layers of the discriminator", found: -1, allowed: 1...8)) {
            try InferredNetwork(tensors: [("model.0.weight", [64, 3, 4, 4])])
        }
        #expect(throws: NetworkConfigurationError(name: "filters", found: 0, allowed: 1...2048)) {
            try InferredNetwork(tensors: [("net.0.weight", [0, 3, 1, 1])])
        }
    }

    @Test func domainsMustHaveTheNetworksChannels() {
        let description = GeneratorDescription(
            .aToB, configuration: GeneratorConfiguration(), input: DomainConfiguration(), output: DomainConfiguration(channels: 1))
        let error = #expect(throws: NetworkConfigurationError.self) { try description.validate() }
        #expect(error?.description == "channels of domain B: found 1; allowed: 3")
    }
}
