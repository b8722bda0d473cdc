extension Graph {
    /// The shapes of all values, for an input of a shape.
    ///
    /// - Parameter input: [N, C, H, W] of a network for images.
    /// - Returns: One shape for each node.
    /// - Throws: `GraphError.misfit` naming the first operation that cannot work on its inputs, or `GraphError.unknownOperation`.
    public func shapes(forInput input: [Int]) throws(GraphError) -> [[Int]] {
        var shapes: [[Int]] = []
        for node in nodes {
            if node.operation == .input {
                shapes.append(input)
            } else {
                shapes.append(try node.shape(of: node.inputs.map { shapes[$0.index] }))
            }
        }
        return shapes
    }

    /// The channels of the input, as the first layers with weights ask for them; nil where none does.
    public var inputChannels: Int? {
        // Operations before a layer with weights keep the channels.
        for node in nodes {
            switch node.operation {
            case .convolution(let convolution): return convolution.inputChannels
            case .transposedConvolution(let convolution): return convolution.inputChannels
            case .batchNorm(let channels, _, _, _), .scaleAndShift(let channels): return channels
            case .channels(_, _, let total): return total
            case .blur(let blur): return blur.channels
            default: continue
            }
        }
        return nil
    }

    /// The smallest side, a multiple of `step`, of square images on which every operation can work; nil where none up to 65536 will do.
    public func smallestSide(multipleOf step: Int = 1) -> Int? {
        Swift.stride(from: step, through: 1 << 16, by: step).first { side in
            (try? shapes(forInput: [1, inputChannels ?? 1, side, side])) != nil
        }
    }
}

extension Graph.Node {
    /// The shape of the output for inputs of some shapes.
    fileprivate func shape(of inputs: [[Int]]) throws(GraphError) -> [Int] {
        func require(_ condition: Bool, _ needed: String) throws(GraphError) {
            if !condition { throw GraphError.misfit(layer: name, operation: operation.description, found: inputs, needed: needed) }
        }
        guard let first = inputs.first else { return [] }
        switch operation {
        case .input, .instanceNorm, .activation, .dropout: return first
        case .batchNorm(let channels, _, _, _), .scaleAndShift(let channels):
            try require(first.count == 4 && first[1] == channels, "[N, \(channels), H, W]")
            return first
        case .modulate(let channels, let conditions):
            try require(first.count == 4 && first[1] == channels, "[N, \(channels), H, W]")
            try require(inputs.count == 2 && inputs[1] == [first[0], conditions], "a condition [N, \(conditions)]")
            return first
        case .blend:
            let isCondition = inputs.count == 3 && inputs[2].count == 2 && inputs[2][0] == first[0]
            try require(first.count == 4 && isCondition && inputs[1] == first, "two inputs of one shape and a condition [N, conditions]")
            return first
        case .channels(_, let count, let total):
            try require(first.count == 4 && first[1] == total, "\(total) channels")
            return [first[0], count, first[2], first[3]]
        case .firstPixel:
            try require(first.count == 4, "images [N, C, H, W]")
            return [first[0], first[1]]
        case .add:
            try require(inputs.count == 2 && inputs[1] == first, "two inputs of one shape")
            return first
        case .concatenate:
            let sizes = inputs.map { $0.count == 4 ? [$0[0], $0[2], $0[3]] : [] }
            try require(Set(sizes).count == 1 && first.count == 4, "inputs that differ in their channels only")
            return [first[0], inputs.reduce(0) { $0 + $1[1] }, first[2], first[3]]
        case .attention:
            let isLikeFirst = inputs.allSatisfy { $0.count == 4 && $0[0] == first[0] && $0.suffix(2) == first.suffix(2) }
            try require(inputs.count == 4 && isLikeFirst && inputs[1][1] == first[1], "queries, keys, values and maps of one size")
            return inputs[3]
        case .linear(let inputCount, let outputCount, _):
            try require(first.last == inputCount, "[..., \(inputCount)]")
            return first.dropLast() + [outputCount]
        case .custom(let type): throw .unknownOperation(layer: name, type: type)
        default: break
        }
        try require(first.count == 4, "images [N, C, H, W]")
        if let channels = operation.inputChannels { try require(first[1] == channels, "\(channels) channels") }
        if case .padding(.reflect, let padding) = operation {
            try require(min(first[2], first[3]) > padding, "more than \(padding) pixels a side, which are mirrored")
        }
        if case .pixelShuffle(let factor) = operation {
            try require(first[1].isMultiple(of: factor * factor), "a multiple of \(factor * factor) channels")
        }
        let (height, width) = (operation.side(first[2]), operation.side(first[3]))
        try require(height > 0 && width > 0, "larger images, of which something is left")
        return [first[0], operation.outputChannels(first[1]), height, width]
    }
}

extension Operation {
    /// The channels that go in, where the operation has weights for each.
    fileprivate var inputChannels: Int? {
        switch self {
        case .convolution(let convolution): convolution.inputChannels
        case .transposedConvolution(let convolution): convolution.inputChannels
        case .blur(let blur): blur.channels
        default: nil
        }
    }

    fileprivate func outputChannels(_ input: Int) -> Int {
        switch self {
        case .convolution(let convolution): convolution.outputChannels
        case .transposedConvolution(let convolution): convolution.outputChannels
        case .pixelShuffle(let factor): input / (factor * factor)
        default: input
        }
    }

    /// The height or width of the output for that of the input; below 1 where nothing is left.
    fileprivate func side(_ side: Int) -> Int {
        func convolved(_ side: Int, _ kernelSize: Int, _ stride: Int) -> Int {
            // Rounded down also below zero, where a plain quotient would be zero.
            side < kernelSize ? 0 : (side - kernelSize) / stride + 1
        }
        return switch self {
        case .convolution(let values): convolved(side + 2 * values.padding, values.kernelSize, values.stride)
        case .transposedConvolution(let values):
            (side - 1) * values.stride - 2 * values.padding + values.kernelSize + values.outputPadding
        case .blur(let blur) where blur.isTransposed: (side - 1) * blur.stride - 2 * blur.cropping + blur.kernelSize
        case .blur(let blur): convolved(side, blur.kernelSize, blur.stride)
        case .padding(_, let padding): side + 2 * padding
        case .resize(let scale): side * scale
        case .pixelShuffle(let factor): side * factor
        default: side
        }
    }
}
