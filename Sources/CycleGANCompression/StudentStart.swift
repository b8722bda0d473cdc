import Checkpoints
import CycleGANModels
import Support
import Torch
import TorchNN

/// The weights with which a small generator starts to learn from a large one: those of the channels that count most.
///
/// Whole channels are left out, with all filters that make them and all weights that read them, also through the sums of residual blocks. A
/// 3×3 convolution becomes a separable one by the best product of a filter for each channel and weights between channels; since a norm
/// stands between the two, the weights take over the scale that the channel has on sample pictures.
public struct StudentStart {
    private let teacher: Graph
    private let network: any Layer
    private let groups: ChannelGroups
    private let importance: ChannelImportance
    private let inputs: [Tensor]

    /// Judges the channels of a generator.
    ///
    /// - Parameters:
    ///   - inputs: What it is given, each [1, C, H, W]; a few are enough.
    /// - Throws: `CompressionError.unknownLayer`, and errors of libtorch.
    public init(_ network: any Layer, criterion: ImportanceCriterion = .energy, inputs: [Tensor]) throws {
        self.network = network
        let graph = Graph(of: network)
        let groups = try ChannelGroups(graph)
        importance = try withTorchErrors { ChannelImportance(network, graph, groups, criterion, inputs: inputs) }
        (teacher, self.groups, self.inputs) = (graph, groups, inputs)
    }

    /// Fills a smaller generator, of as many residual blocks.
    ///
    /// - Parameter student: May be light where the large one is not.
    /// - Throws: `CompressionError` where the two do not fit.
    public func fill(_ student: any Layer) throws {
        let graph = Graph(of: student)
        let pairs = try pairs(with: graph)
        var kept: [Int: [Int]] = [:]
        // Planes of a condition lie behind the image's channels.
        if let images = graph.inputChannels, let group = groups.group(ofOutput: 0) { kept[group] = Array(0..<images) }
        for (own, other) in pairs {
            guard let group = groups.group(ofOutput: other), !groups.groups[group].isFixed, let count = graph.nodes[own].channelsMade else {
                continue
            }
            kept[group] = try best(count, of: group)
        }
        var state = StateDict()
        let separable = separablePairs(graph, pairs)
        withoutGradients {
            let products = Dictionary(
                uniqueKeysWithValues: pairs.filter { separable[$0.own] != nil }.map {
                    ($0.other, Self.separated(weight(of: $0.other, kept)))
                })
            let scales = scales(of: products.mapValues(\.depthwise), kept: kept)
            for (own, other) in pairs {
                let (node, source) = (graph.nodes[own], teacher.nodes[other])
                if let depthwise = separable[own], let parts = products[other], let scale = scales[other] {
                    // Behind the norm a channel has the variance 1.
                    state["\(graph.nodes[depthwise].name).weight"] = parts.depthwise
                    state["\(graph.nodes[depthwise].name).bias"] = Tensor.zeros([parts.depthwise.shape[0]])
                    state["\(node.name).weight"] = parts.pointwise * scale.reshaped([1, -1, 1, 1])
                    state["\(node.name).bias"] = self.tensor("bias", of: other, kept) ?? Tensor.zeros([parts.pointwise.shape[0]])
                    continue
                }
                for (name, _) in source.tensors {
                    if let tensor = tensor(name, of: other, kept) { state["\(node.name).\(name)"] = tensor.cloned() }
                }
            }
        }
        try student.load(state, source: "the teacher")
    }

    /// The channels of a group that count most, in rising order.
    private func best(_ count: Int, of group: Int) throws(CompressionError) -> [Int] {
        let scores = importance.scores[group]
        guard count <= scores.count else {
            throw .unfit(file: "widths", found: "\(count) channels", allowed: "at most \(scores.count), as the teacher has there")
        }
        // Of equal ones the first.
        return scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }.prefix(count).sorted()
    }

    /// The nodes with tensors of the small network and those of the large one that they stand for.
    private func pairs(with graph: Graph) throws(CompressionError) -> [(own: Int, other: Int)] {
        func filled(_ graph: Graph) -> [Int] { graph.nodes.indices.filter { !graph.nodes[$0].tensors.isEmpty } }
        // Of a separable convolution the second half stands for the whole.
        let isLight = graph.nodes.contains { $0.isDepthwise } && !teacher.nodes.contains { $0.isDepthwise }
        let own = isLight ? filled(graph).filter { !graph.nodes[$0].isDepthwise } : filled(graph)
        // A student of one translation is not told which.
        let others = filled(teacher).filter { !teacher.nodes[$0].isModulation }
        guard own.count == others.count else {
            throw .unfit(file: "the small generator", found: "\(own.count) layers", allowed: "\(others.count), as many as its teacher has")
        }
        return zip(own, others).map { (own: $0, other: $1) }
    }

    /// For each second half of a separable convolution that stands for an ordinary one, its first half.
    private func separablePairs(_ graph: Graph, _ pairs: [(own: Int, other: Int)]) -> [Int: Int] {
        var found: [Int: Int] = [:]
        for (own, other) in pairs {
            guard case .convolution(let values) = graph.nodes[own].operation, values.kernelSize == 1,
                case .convolution(let whole) = teacher.nodes[other].operation, whole.kernelSize == 3
            else { continue }
            found[own] = graph.nodes[..<own].indices.last { graph.nodes[$0].isDepthwise }
        }
        return found
    }

    /// A tensor of the large network without the channels that are left out.
    private func tensor(_ name: String, of index: Int, _ kept: [Int: [Int]]) -> Tensor? {
        let node = teacher.nodes[index]
        guard let tensor = node.tensors.first(where: { $0.name == name })?.tensor.detached() else { return nil }
        func chosen(_ tensor: Tensor, _ dimension: Int, _ node: Int) -> Tensor {
            guard let group = groups.group(ofOutput: node), let kept = kept[group] else { return tensor }
            return tensor.gathered(dimension: dimension, indices: groups.indices(of: kept, inOutputOf: node))
        }
        let input = node.inputs[0].index
        switch node.operation {
        case .convolution(let values) where name == "weight" && values.groups == 1:
            return chosen(chosen(tensor, 0, index), 1, input).contiguous()
        case .transposedConvolution where name == "weight": return chosen(chosen(tensor, 1, index), 0, input).contiguous()
        case .attention: return tensor
        default: return tensor.rank > 0 ? chosen(tensor, 0, index).contiguous() : tensor
        }
    }

    private func weight(of index: Int, _ kept: [Int: [Int]]) -> Tensor { tensor("weight", of: index, kept) ?? Tensor(0) }

    /// The best product P[o, i] · D[i, k] for the weights W[o, i, k] of each channel i that goes in: the first singular vectors.
    static func separated(_ weight: Tensor) -> (depthwise: Tensor, pointwise: Tensor) {
        let (outputs, inputs) = (weight.shape[0], weight.shape[1])
        // [Cin, Cout, 9]
        let matrices = weight.reshaped([outputs, inputs, -1]).permuted([1, 0, 2]).contiguous()
        let products = matrices.permuted([0, 2, 1]).matmul(matrices)
        var vector = products.sum([2], keepDimensions: true) + 1e-6
        for _ in 0..<50 {
            vector = products.matmul(vector)
            vector = vector / (vector.square().sum([1], keepDimensions: true).sqrt() + 1e-20)
        }
        let kernel = weight.shape[2]
        let pointwise = matrices.matmul(vector).reshaped([inputs, outputs]).permuted([1, 0]).contiguous()
        return (vector.reshaped([inputs, 1, kernel, kernel]), pointwise.reshaped([outputs, inputs, 1, 1]))
    }

    /// The standard deviation, on the sample inputs, of what the first halves of separable convolutions give.
    ///
    /// - Parameter filters: Those of the first halves, by the convolutions that they stand for.
    private func scales(of filters: [Int: Tensor], kept: [Int: [Int]]) -> [Int: Tensor] {
        guard !filters.isEmpty else { return [:] }
        let reader = MapsReader(network, teacher, before: filters.keys.sorted())
        var sums: [Int: Tensor] = [:]
        for input in inputs {
            for (index, map) in reader.maps(of: input) {
                let group = groups.group(ofOutput: teacher.nodes[index].inputs[0].index)
                let read = group.flatMap { kept[$0] }.map { map.gathered(dimension: 1, indices: $0) } ?? map
                guard let filter = filters[index] else { continue }
                let made = read.conv2d(weight: filter, bias: nil, groups: read.shape[1])
                let centred = made - made.mean([2, 3], keepDimensions: true)
                let variance = centred.square().mean([0, 2, 3])
                sums[index] = sums[index].map { $0 + variance } ?? variance
            }
        }
        return sums.mapValues { ($0 / Double(inputs.count)).sqrt() }
    }
}

extension Graph.Node {
    /// The channels that a convolution gives, those of a pixel shuffle behind it not put together; `nil` for anything else.
    fileprivate var channelsMade: Int? {
        switch operation {
        case .convolution(let values): values.outputChannels
        case .transposedConvolution(let values): values.outputChannels
        default: nil
        }
    }

    /// Whether it scales and shifts by a condition.
    fileprivate var isModulation: Bool { if case .modulate = operation { true } else { false } }

    /// Whether it convolves each channel alone.
    var isDepthwise: Bool { if case .convolution(let values) = operation { values.groups > 1 } else { false } }
}
