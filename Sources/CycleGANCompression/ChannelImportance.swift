import CycleGANModels
import Torch
import TorchNN

/// How channels are judged before some are left out.
public enum ImportanceCriterion: String, CaseIterable, Codable, Sendable {
    /// By what they give to the next layers on sample pictures: the mean square of a channel behind its norm, times the squared weights that
    /// read it.
    case energy
    /// By the weights that make them: the mean absolute value of a filter (Li et al., "Pruning Filters for Efficient ConvNets",
    /// arXiv 1608.08710).
    case l1
}

/// How much each channel of a network counts, and its maps on some pictures.
struct ChannelImportance {
    /// One number for each channel of each group, on average 1 over a group.
    let scores: [[Double]]

    /// - Parameters:
    ///   - inputs: What the network is given, each [1, C, H, W]; at least one.
    ///   - graph: Of the network.
    init(_ network: any Layer, _ graph: Graph, _ groups: ChannelGroups, _ criterion: ImportanceCriterion, inputs: [Tensor]) {
        switch criterion {
        case .l1:
            scores = groups.groups.map { group in
                Self.sum(group.makers.map { Self.filterSizes(graph.nodes[$0], count: group.count) }, count: group.count)
            }
        case .energy:
            let squares = Self.meanSquares(network, graph, at: groups.groups.flatMap(\.readers), inputs)
            scores = groups.groups.map { group in
                let given = group.readers.map { reader in
                    zip(squares[reader] ?? [], Self.readingWeights(graph.nodes[reader])).map { $0 * $1 }
                }
                return Self.sum(given, count: group.count)
            }
        }
    }

    /// The sum of several judgements of the same channels, each of which counts alike.
    private static func sum(_ parts: [[Double]], count: Int) -> [Double] {
        var total = [Double](repeating: 0, count: count)
        for part in parts where part.count == count {
            let mean = part.reduce(0, +) / Double(count)
            guard mean > 0 else { continue }
            for index in total.indices { total[index] += part[index] / mean / Double(parts.count) }
        }
        return total
    }

    /// The mean absolute weight of each filter; filters before a pixel shuffle belong to one channel together.
    private static func filterSizes(_ node: Graph.Node, count: Int) -> [Double] {
        guard let weight = node.tensors.first(where: { $0.name == "weight" })?.tensor else { return [] }
        let own = if case .transposedConvolution = node.operation { weight.permuted([1, 0, 2, 3]) } else { weight }
        return numbers(own.detached().abs().reshaped([count, -1]).mean([1]))
    }

    /// The squares of the weights that read each channel, added up.
    private static func readingWeights(_ node: Graph.Node) -> [Double] {
        guard let weight = node.tensors.first(where: { $0.name == "weight" })?.tensor.detached() else { return [] }
        if case .transposedConvolution = node.operation { return numbers(weight.square().sum([1, 2, 3])) }
        return numbers(weight.square().sum([0, 2, 3]))
    }

    /// The mean square of each channel that some convolutions read, over all inputs, by the index of the convolution.
    static func meanSquares(_ network: any Layer, _ graph: Graph, at readers: [Int], _ inputs: [Tensor]) -> [Int: [Double]] {
        let maps = MapsReader(network, graph, before: readers)
        var sums: [Int: [Double]] = [:]
        for input in inputs {
            for (reader, map) in maps.maps(of: input) {
                let squares = numbers(map.square().mean([0, 2, 3]))
                sums[reader] = sums[reader].map { zip($0, squares).map(+) } ?? squares
            }
        }
        return sums.mapValues { $0.map { $0 / Double(inputs.count) } }
    }

    private static func numbers(_ tensor: Tensor) -> [Double] {
        tensor.to(.cpu).to(.float32).contiguous().array(of: Float.self).map(Double.init)
    }
}

/// Gives what some convolutions of a network are given.
struct MapsReader {
    private let encoder: FeatureEncoder
    private let readers: [Int]

    /// - Parameter readers: Indices of nodes.
    init(_ network: any Layer, _ graph: Graph, before readers: [Int]) {
        self.readers = readers
        encoder = FeatureEncoder(network, values: readers.map { graph.nodes[$0].inputs[0] })
    }

    func maps(of input: Tensor) -> [(reader: Int, map: Tensor)] {
        withoutGradients { Array(zip(readers, encoder(input))) }
    }
}
