import CycleGANCompression
import CycleGANModels
import Testing
import TorchNN

@Suite struct ChannelGroupTests {
    private func groups(_ change: (inout GeneratorConfiguration) -> Void = { _ in }) throws -> (Graph, ChannelGroups) {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 2), filters: 8)
        change(&configuration)
        let graph = configuration.graph
        return (graph, try ChannelGroups(graph))
    }

    private func names(_ nodes: [Int], _ graph: Graph) -> [String] { nodes.map { graph.nodes[$0].name } }

    /// The sums of the residual blocks belong to what goes into the first one.
    @Test func aTrunkIsOneGroup() throws {
        let (graph, groups) = try groups()
        let trunk = try #require(groups.groups.first { $0.makers.count > 1 })
        #expect(trunk.count == 32 && !trunk.isFixed)
        #expect(names(trunk.makers, graph) == ["model.7", "model.10.conv_block.5", "model.11.conv_block.5"])
        #expect(names(trunk.readers, graph) == ["model.10.conv_block.1", "model.11.conv_block.1", "model.12"])
        // Image, first convolution, halving, trunk, inside both blocks, two doublings, image.
        #expect(groups.groups.map(\.count) == [3, 8, 16, 32, 32, 32, 16, 8, 3])
        #expect(groups.groups.map(\.isFixed) == [true, false, false, false, false, false, false, false, true])
    }

    @Test func lightBlocksFollowTheChannelsTheyConvolveAlone() throws {
        let (graph, groups) = try groups { $0.architecture = .mobile(blocks: 2) }
        #expect(groups.groups.map(\.count) == [3, 8, 16, 32, 32, 32, 16, 8, 3])
        let inside = groups.groups[4]
        #expect(names(inside.makers, graph) == ["model.10.conv_block.1.conv.2"])
        #expect(names(inside.readers, graph) == ["model.10.conv_block.6.conv.2"])
    }

    @Test func aShuffleMakesOneChannelOfFour() throws {
        let (_, groups) = try groups { $0.upsampling = .pixelshuffle }
        #expect(groups.groups.map(\.count) == [3, 8, 16, 32, 32, 32, 16, 8, 3])
    }

    @Test func whatCannotBeFollowedIsNamed() throws {
        let unet = GeneratorConfiguration(architecture: .unet(downsamplings: 5), filters: 8).graph
        #expect {
            try ChannelGroups(unet)
        } throws: { error in
            "\(error)".contains("(concatenate)") && "\(error)".contains("model.model.1.")
        }
    }
}
