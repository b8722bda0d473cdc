/// What one operation of a graph costs for an input of some shape.
public struct LayerCost: Hashable, Sendable {
    /// The name of the layer.
    public let name: String
    /// What it does.
    public let operation: Operation
    /// The shape of the output, [N, C, H, W] for images.
    public let outputShape: [Int]
    /// Trained numbers.
    public let parameterCount: Int
    /// Multiplications that are added up, as PyTorch's `FlopCounterMode` counts them, of which two operations are one: those of
    /// convolutions, products of matrices and attention. All else counts nothing.
    public let multiplyAdds: Int
    /// What one number of the output sees.
    public let receptiveField: ReceptiveField
}

extension Graph {
    /// What each operation costs for an input of a shape, in the order of the nodes and without the input.
    ///
    /// - Parameter input: [N, C, H, W] of a network for images.
    /// - Throws: `GraphError` where the shape does not fit the network.
    public func costs(forInput input: [Int]) throws(GraphError) -> [LayerCost] {
        let shapes = try shapes(forInput: input)
        let fields = receptiveFields
        return nodes.indices.filter { nodes[$0].operation != .input }.map { index in
            let node = nodes[index]
            return LayerCost(
                name: node.name, operation: node.operation, outputShape: shapes[index], parameterCount: node.parameterCount,
                multiplyAdds: node.operation.multiplyAdds(inputs: node.inputs.map { shapes[$0.index] }, output: shapes[index]),
                receptiveField: fields[index])
        }
    }
}

extension Operation {
    /// - Parameters:
    ///   - inputs: Their shapes.
    ///   - output: Its shape.
    fileprivate func multiplyAdds(inputs: [[Int]], output: [Int]) -> Int {
        guard let input = inputs.first else { return 0 }
        /// Positions of a map, over the batch.
        func positions(_ shape: [Int]) -> Int { shape[0] * shape[2] * shape[3] }
        switch self {
        case .convolution(let values):
            return positions(output) * values.outputChannels * values.inputChannels / values.groups * values.kernelSize * values.kernelSize
        case .transposedConvolution(let values):
            return positions(input) * values.outputChannels * values.inputChannels * values.kernelSize * values.kernelSize
        case .blur(let blur):
            return positions(blur.isTransposed ? input : output) * blur.channels * blur.kernelSize * blur.kernelSize
        case .linear(let inputCount, _, _): return output.reduce(1, *) * inputCount
        case .attention:
            // Queries times keys, and the weights times values.
            let places = input[2] * input[3]
            return input[0] * places * places * (input[1] + inputs[2][1])
        default: return 0
        }
    }
}
