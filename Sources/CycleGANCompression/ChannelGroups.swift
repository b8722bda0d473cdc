import CycleGANModels
import Torch
import TorchNN

/// Which channels of a network's maps have to be kept or left out together, read off its graph.
///
/// Channels that are added to each other or go through a norm, an activation or a border stay what they are; a convolution makes new ones.
/// So the sums of all residual blocks, and the convolution before them, share one group.
public struct ChannelGroups {
    /// Channels that are kept or left out together.
    public struct Group {
        /// How many there are.
        public let count: Int
        /// The nodes that make them anew: convolutions.
        public fileprivate(set) var makers: [Int] = []
        /// The convolutions that read them.
        public fileprivate(set) var readers: [Int] = []
        /// Whether all are kept: those of images and conditions.
        public fileprivate(set) var isFixed = false
    }

    /// The groups.
    public let groups: [Group]
    /// The group of what each node gives; `nil` where that has no channels.
    private let places: [Int?]
    /// How many neighbours of what a node gives are one channel of its group: 4 before a pixel shuffle of factor 2.
    private let repeats: [Int]

    /// - Throws: `CompressionError.unknownLayer` for a layer whose channels cannot be followed.
    public init(_ graph: Graph) throws(CompressionError) {
        var sets = Array(graph.nodes.indices)
        func root(_ index: Int) -> Int {
            var index = index
            while sets[index] != index { index = sets[index] }
            return index
        }
        func join(_ first: Int, _ second: Int) { sets[root(second)] = root(first) }

        var (counts, repeats) = ([Int: Int](), [Int](repeating: 1, count: graph.nodes.count))
        var fixed = Set(graph.outputs.map(\.index) + [0])
        for (index, node) in graph.nodes.enumerated() {
            let input = node.inputs.first?.index ?? 0
            switch node.operation {
            case .input: counts[index] = graph.inputChannels ?? 0
            case .convolution(let values) where values.groups == 1:
                let shuffle = graph.nodes.lazy.compactMap { reader -> Int? in
                    if case .pixelShuffle(let factor) = reader.operation, reader.inputs == [Graph.Value(index: index)] {
                        factor
                    } else {
                        nil
                    }
                }.first
                repeats[index] = shuffle.map { $0 * $0 } ?? 1
                counts[index] = values.outputChannels / repeats[index]
            case .transposedConvolution(let values): counts[index] = values.outputChannels
            case .channels(_, let count, _):
                counts[index] = count
                fixed.insert(index)
            case .firstPixel: fixed.insert(index)
            case .pixelShuffle: join(input, index)
            case .convolution, .instanceNorm, .batchNorm, .scaleAndShift, .modulate, .activation, .padding, .dropout, .resize, .blur:
                join(input, index)
                repeats[index] = repeats[input]
            case .add, .blend:
                join(input, node.inputs[1].index)
                join(input, index)
            case .attention:
                // Queries and keys are compared with each other, values are added to the maps.
                join(input, node.inputs[1].index)
                join(node.inputs[3].index, node.inputs[2].index)
                join(node.inputs[3].index, index)
            case .concatenate, .linear, .custom: throw .unknownLayer(name: node.name, operation: "\(node.operation)")
            }
        }
        var (groups, numbers) = ([Group](), [Int: Int]())
        for index in graph.nodes.indices {
            guard let count = counts[index] else { continue }
            let number = numbers[root(index)] ?? groups.count
            if number == groups.count {
                groups.append(Group(count: count))
                numbers[root(index)] = number
            }
            if case .input = graph.nodes[index].operation { continue }
            groups[number].makers.append(index)
        }
        places = graph.nodes.indices.map { numbers[root($0)] }
        self.repeats = repeats
        for index in fixed { places[index].map { groups[$0].isFixed = true } }
        for (index, node) in graph.nodes.enumerated() {
            switch node.operation {
            case .convolution(let values) where values.groups == 1: places[node.inputs[0].index].map { groups[$0].readers.append(index) }
            case .transposedConvolution: places[node.inputs[0].index].map { groups[$0].readers.append(index) }
            default: break
            }
        }
        self.groups = groups
    }

    /// The group of what a node gives.
    public func group(ofOutput node: Int) -> Int? { places[node] }

    /// The places of some channels of a group in what a node gives.
    func indices(of kept: [Int], inOutputOf node: Int) -> [Int] {
        let count = repeats[node]
        return count == 1 ? kept : kept.flatMap { channel in (0..<count).map { channel * count + $0 } }
    }
}
