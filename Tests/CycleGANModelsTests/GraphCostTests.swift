import CycleGANModels
import Foundation
import Testing
import Torch
import TorchNN

/// Costs against PyTorch's counter, and receptive fields against gradients.
@Suite struct GraphCostTests {
    private struct Costs: Decodable {
        let parameters: Int
        let macs: Int
    }

    private func graph(_ name: String) throws -> Graph {
        if name == "pixel" { return DiscriminatorConfiguration(architecture: .pixel).graph }
        if name == "patch3" { return DiscriminatorConfiguration().graph }
        let parts = name.split(separator: "-").map(String.init)
        var generator = GeneratorConfiguration(architecture: try #require(GeneratorArchitecture(rawValue: parts[0])))
        switch parts.dropFirst().first {
        case nil: break
        case "antialias": (generator.antialias, generator.antialiasUpsampling) = (true, true)
        case "attention": generator.attentionScales = [4]
        case let upsampling?: generator.upsampling = try #require(Upsampling(rawValue: upsampling))
        }
        return generator.graph
    }

    @Test func parametersAndMultiplyAddsEqualPyTorchs() throws {
        let file = try #require(Bundle.module.resourceURL).appending(path: "Fixtures/costs.json")
        let golden = try JSONDecoder().decode([String: Costs].self, from: Data(contentsOf: file))
        #expect(golden.count == 10)
        for (name, expected) in golden {
            let costs = try graph(name).costs(forInput: [1, 3, 256, 256])
            #expect(costs.reduce(0) { $0 + $1.parameterCount } == expected.parameters, "\(name)")
            #expect(costs.reduce(0) { $0 + $1.multiplyAdds } == expected.macs, "\(name)")
        }
    }

    /// The sides that the paper and the documentation give.
    @Test(arguments: zip(1...5, [16, 34, 70, 142, 286])) func patchesHaveTheirSize(_ layers: Int, _ side: Int) {
        let graph = DiscriminatorConfiguration(filters: 1, layerCount: layers).graph
        #expect(graph.outputs.map { graph.receptiveFields[$0.index].size } == [side])
    }

    @Test func attentionSeesAll() {
        var configuration = GeneratorConfiguration(filters: 8)
        #expect(configuration.graph.halo != nil)
        configuration.attentionScales = [4]
        #expect(configuration.graph.halo == nil && configuration.graph.receptiveFields.last?.size == nil)
    }

    /// The pixels of an image that have a gradient from one pixel of the output, in the middle of it.
    @Test(arguments: [
        (1, Upsampling.deconv, false), (2, .deconv, false), (2, .resize, false), (1, .pixelshuffle, false), (1, .deconv, true),
    ])
    func noPixelSeesMoreThanItsField(_ downsamplings: Int, _ upsampling: Upsampling, _ antialias: Bool) throws {
        var configuration = GeneratorConfiguration(
            architecture: .resnet(blocks: 1), inputChannels: 1, outputChannels: 1, filters: 2, normalization: .none)
        (configuration.downsamplings, configuration.upsampling, configuration.antialias) = (downsamplings, upsampling, antialias)
        configuration.antialiasUpsampling = antialias
        let (reach, widest) = try seen(by: configuration, side: 96)
        let graph = configuration.graph
        let (halo, size) = (try #require(graph.halo), try #require(graph.receptiveFields[graph.outputs[0].index].size))
        #expect(reach <= halo && halo <= reach + configuration.stride, "\(reach) \(halo)")
        #expect(widest <= size && size <= widest + configuration.stride, "\(widest) \(size)")
    }

    @Test func noPixelOfAUnetSeesMoreThanItsField() throws {
        let configuration = GeneratorConfiguration(
            architecture: .unet(downsamplings: 5), inputChannels: 1, outputChannels: 1, filters: 1, normalization: .none)
        let (reach, _) = try seen(by: configuration, side: 320)
        let halo = try #require(configuration.graph.halo)
        #expect(reach <= halo && halo <= reach + configuration.stride, "\(reach) \(halo)")
    }

    /// How far from its place, and how widely, a pixel of the output sees at most.
    private func seen(by configuration: GeneratorConfiguration, side: Int) throws -> (reach: Int, widest: Int) {
        let network = configuration.makeGenerator(initialization: nil)
        network.convert(to: .float64)
        // All activations let pass what is positive.
        withoutGradients { for parameter in network.parameters { parameter.fill(0.01) } }
        let image = Tensor.ones([1, 1, side, side], dtype: .float64)
        image.setRequiresGrad(true)
        var (reach, widest) = (0, 0)
        // Pixels at all places between two of the smallest map see differently far.
        for place in side / 2..<side / 2 + configuration.stride {
            let pixel = network(image).selected(dimension: 2, index: place).selected(dimension: 2, index: place).sum()
            let gradient = pixel.gradients(withRespectTo: [image])[0].abs().sum([0, 1, 3]).array(of: Double.self)
            let seen = gradient.indices.filter { gradient[$0] > 0 }
            let (first, last) = (try #require(seen.first), try #require(seen.last))
            #expect(first > 0 && last < side - 1)
            reach = max(reach, place - first, last - place)
            widest = max(widest, last - first + 1)
        }
        return (reach, widest)
    }
}
