import Torch

/// The order in which a network is run strip by strip: in stages, each of which makes one value for the whole image.
///
/// A norm looks at all pixels before the first of them can go on, so that what goes into a norm is made as a whole. Elsewhere strips of rows
/// pass through the network, and convolutions see a few rows beyond them.
struct StripStages {
    /// The value that each stage makes; the network's output is the last.
    let targets: [Int]
    /// For each node the first stage that needs it.
    let stageOfNode: [Int]
    /// For each node the stages in which others read it.
    private let readingStages: [Set<Int>]
    /// For each node, whether it makes numbers of an image as a whole, such as a condition, which have no rows.
    let isWhole: [Bool]
    private let graph: Graph

    /// Convolutions in a row, without a norm, after which a value is made as a whole: what strips see beyond themselves grows with each.
    private static let mostConvolutions = 2

    /// - Throws: `GraphError.needsWholeImage` for a network with an operation that no strip can do.
    init(_ graph: Graph) throws(GraphError) {
        self.graph = graph
        if let reason = graph.reasonAgainstStrips { throw reason }
        var isWhole: [Bool] = []
        var convolutions: [Int] = []
        var targets = Set(graph.outputs.map(\.index))
        for (index, node) in graph.nodes.enumerated() {
            let wholeInputs = node.inputs.map { isWhole[$0.index] }
            isWhole.append(node.operation == .firstPixel || (!wholeInputs.isEmpty && wholeInputs.allSatisfy(\.self)))
            var count = node.inputs.map { convolutions[$0.index] }.max() ?? 0
            if node.normEpsilon != nil {
                targets.insert(node.inputs[0].index)
                count = 0
            } else if node.operation.seesNeighbours {
                count += 1
                if count == Self.mostConvolutions {
                    targets.insert(index)
                    count = 0
                }
            }
            convolutions.append(count)
        }
        self.isWhole = isWhole
        self.targets = targets.sorted()
        var stageOfNode = [Int](repeating: Int.max, count: graph.nodes.count)
        for (stage, target) in self.targets.enumerated() { Self.mark(target, stage, graph, &stageOfNode) }
        self.stageOfNode = stageOfNode
        var readingStages = [Set<Int>](repeating: [], count: graph.nodes.count)
        for (index, node) in graph.nodes.enumerated() where stageOfNode[index] < Int.max {
            for input in node.inputs { readingStages[input.index].insert(stageOfNode[index]) }
        }
        self.readingStages = readingStages
    }

    /// The nodes whose values later stages read as well.
    var kept: [Int] {
        graph.nodes.indices.filter { index in
            index != graph.input.index && !isWhole[index] && readingStages[index].contains { $0 > stageOfNode[index] }
        }
    }

    /// The nodes that a stage runs, given those whose values are kept: those of earlier stages it reads.
    ///
    /// - Returns: The nodes to run in order, and the kept ones among what they read; the input counts as kept.
    func nodes(of stage: Int, kept: Set<Int>) -> (run: [Int], read: [Int]) {
        var isNeeded = [Bool](repeating: false, count: graph.nodes.count)
        var (run, read) = ([Int](), [Int]())
        isNeeded[targets[stage]] = true
        for index in (0...targets[stage]).reversed() where isNeeded[index] && !isWhole[index] {
            if index == graph.input.index || (kept.contains(index) && stageOfNode[index] < stage) {
                read.append(index)
                continue
            }
            run.append(index)
            for input in graph.nodes[index].inputs { isNeeded[input.index] = true }
        }
        return (run.reversed(), read.reversed())
    }

    private static func mark(_ target: Int, _ stage: Int, _ graph: Graph, _ stageOfNode: inout [Int]) {
        var waiting = [target]
        while let index = waiting.popLast() {
            guard stageOfNode[index] == Int.max else { continue }
            stageOfNode[index] = stage
            waiting += graph.nodes[index].inputs.map(\.index)
        }
    }
}

extension Graph {
    /// Why the network cannot be run strip by strip; nil where it can.
    public var reasonAgainstStrips: GraphError? {
        for node in nodes {
            if let reason = node.reasonForWholeImages { return .needsWholeImage(layer: node.name, reason: reason) }
        }
        return nil
    }
}

extension Graph {
    /// Whether a norm wants to have seen the whole image before the first of its pixels goes on.
    public var hasImageNorms: Bool { nodes.contains { $0.normEpsilon != nil } }
}

extension Operation {
    /// Whether a pixel of the output sees pixels beside its own.
    fileprivate var seesNeighbours: Bool {
        switch self {
        case .convolution(let values): values.kernelSize > 1
        case .transposedConvolution, .blur: true
        default: false
        }
    }
}

extension Graph.Node {
    /// ε of a norm by the statistics of each image, which wants to have seen all of it.
    var normEpsilon: Double? {
        switch operation {
        case .instanceNorm(let epsilon), .batchNorm(_, let epsilon, _, evaluatesByImage: true): epsilon
        default: nil
        }
    }

    /// Why no strip of rows will do, in words that follow the layer's name.
    fileprivate var reasonForWholeImages: String? {
        switch operation {
        case .attention: "looks from each pixel at all others"
        case .linear: "is fully connected"
        case .custom: "does what only its own code knows"
        case .dropout where (layer as? Dropout)?.isTraining == true: "drops numbers at random"
        case .convolution where !(layer is any FusibleConvolution): "is a convolution of its own kind"
        default: nil
        }
    }
}
