import CycleGANModels
import Torch
import TorchNN

/// Writes a network's operations as nodes of an ONNX graph, in the order in which they run.
struct ONNXOperations {
    var builder: ONNXBuilder
    /// Whether borders are mirrored by slices, which more programs know than mirrored padding.
    let isPortable: Bool
    /// Where activations become whole numbers.
    var calibration = Calibration()

    /// Nodes for a whole network.
    ///
    /// - Parameters:
    ///   - inputs: What is known under other names than the network's input: those of its values.
    ///   - input: What the network is given.
    /// - Returns: What it gives, in the order of its outputs.
    /// - Throws: `ExportError.unknownLayer`.
    mutating func append(_ network: Graph, input: String, known: [Graph.Value: String] = [:]) throws -> [String] {
        var names = known
        names[network.input] = input
        // What only its own code can run has no shapes either.
        for node in network.nodes {
            if case .custom = node.operation {
                throw ExportError.unknownLayer(name: node.name, operation: "\(node.operation)", format: "ONNX")
            }
        }
        let side = network.smallestSide(multipleOf: network.stride) ?? network.stride
        // Of all but the input.
        let shapes = try network.costs(forInput: [1, network.inputChannels ?? 3, side, side]).map(\.outputShape)
        for (index, node) in network.nodes.enumerated() where names[Graph.Value(index: index)] == nil {
            let (value, channels) = (Graph.Value(index: index), index > 0 ? shapes[index - 1].dropFirst().first ?? 0 : 0)
            let inputs = node.inputs.map { names[$0] ?? "" }
            guard case .convolution(let values) = node.operation, let taken = calibration[node.inputs[0]], let given = calibration[value]
            else {
                names[value] = try append(node, inputs, channels: channels)
                continue
            }
            names[value] = builder.quantized(
                try convolution(node, values, builder.quantized(inputs[0], taken), scale: ActivationScale(taken).scale), given)
        }
        return network.outputs.map { names[$0] ?? "" }
    }

    /// - Parameter channels: Of what the node gives.
    private mutating func append(_ node: Graph.Node, _ inputs: [String], channels: Int) throws(ExportError) -> String {
        let name = node.name
        func tensor(_ key: String) throws(ExportError) -> Tensor { try Self.tensor(key, of: node) }
        func bias(_ hasBias: Bool) throws(ExportError) -> [Tensor] { hasBias ? [try tensor("bias")] : [] }
        switch node.operation {
        case .input: return inputs.first ?? ""
        case .convolution(let values): return try convolution(node, values, inputs[0])
        case .transposedConvolution(let values):
            let parameters =
                [builder.weight(try tensor("weight"), name: "\(name).weight", channels: 1)]
                + (try bias(values.hasBias)).map { builder.weight($0, name: "\(name).bias") }
            let attributes =
                Self.convolution(values.kernelSize, values.stride, values.padding)
                + [.ints("output_padding", [values.outputPadding, values.outputPadding])]
            return builder.node("ConvTranspose", inputs + parameters, attributes, name: name)
        case .instanceNorm(let epsilon): return instanceNorm(inputs[0], epsilon, channels: channels, name: name)
        case .batchNorm(_, let epsilon, _, let byImage):
            let (scale, shift) = (
                builder.weight(try tensor("weight"), name: "\(name).weight"), builder.weight(try tensor("bias"), name: "\(name).bias")
            )
            guard !byImage else {
                return builder.node("InstanceNormalization", [inputs[0], scale, shift], [.float("epsilon", epsilon)], name: name)
            }
            let mean = builder.weight(try tensor("running_mean"), name: "\(name).running_mean")
            let variance = builder.weight(try tensor("running_var"), name: "\(name).running_var")
            return builder.node("BatchNormalization", [inputs[0], scale, shift, mean, variance], [.float("epsilon", epsilon)], name: name)
        case .scaleAndShift(let channels):
            let scale = builder.weight(try tensor("weight").reshaped([1, channels, 1, 1]), name: "\(name).weight", isExact: true)
            let shift = builder.weight(try tensor("bias").reshaped([1, channels, 1, 1]), name: "\(name).bias", isExact: true)
            return builder.node("Add", [builder.node("Mul", [inputs[0], scale], name: name), shift], name: name)
        case .modulate(let channels, _):
            func part(_ matrix: String, _ vector: String) throws(ExportError) -> String {
                let weights = builder.weight(try tensor(matrix), name: "\(name).\(matrix)")
                let constant = builder.weight(try tensor(vector), name: "\(name).\(vector)")
                let linear = builder.node("Gemm", [inputs[1], weights, constant], [.int("transB", 1)], name: name)
                return builder.node("Reshape", [linear, builder.constant([-1, channels, 1, 1])], name: name)
            }
            let scale = try part("condition_weight", "weight")
            let shift = try part("condition_bias", "bias")
            return builder.node("Add", [builder.node("Mul", [inputs[0], scale], name: name), shift], name: name)
        case .blend:
            let sum = builder.node("ReduceSum", [inputs[2], builder.constant([1])], [.int("keepdims", 1)], name: name)
            let share = builder.node("Reshape", [sum, builder.constant([-1, 1, 1, 1])], name: name)
            let change = builder.node("Sub", [inputs[1], inputs[0]], name: name)
            return builder.node("Add", [inputs[0], builder.node("Mul", [change, share], name: name)], name: name)
        case .channels(let start, let count, _):
            return slice(inputs[0], axis: 1, from: start, to: start + count, name: name)
        case .firstPixel: throw .unknownLayer(name: name, operation: "\(node.operation)", format: "ONNX")
        case .linear(_, _, let hasBias):
            let parameters =
                [builder.weight(try tensor("weight"), name: "\(name).weight")]
                + (try bias(hasBias)).map { builder.weight($0, name: "\(name).bias") }
            return builder.node("Gemm", inputs + parameters, [.int("transB", 1)], name: name)
        case .activation(.relu): return builder.node("Relu", inputs, name: name)
        case .activation(.leakyReLU(let slope)): return builder.node("LeakyRelu", inputs, [.float("alpha", slope)], name: name)
        case .activation(.tanh): return builder.node("Tanh", inputs, name: name)
        case .padding(let mode, let width): return padded(inputs[0], mode, width, name: name)
        case .dropout: return inputs[0]
        case .add: return builder.node("Add", inputs, name: name)
        case .concatenate: return builder.node("Concat", inputs, [.int("axis", 1)], name: name)
        case .resize(let scale):
            let scales = builder.constant([1, 1, Float(scale), Float(scale)], shape: [4])
            return builder.node(
                "Resize", [inputs[0], "", scales],
                [.string("mode", "nearest"), .string("coordinate_transformation_mode", "asymmetric"), .string("nearest_mode", "floor")],
                name: name)
        case .pixelShuffle(let factor):
            return builder.node("DepthToSpace", inputs, [.int("blocksize", factor), .string("mode", "CRD")], name: name)
        case .blur(let blur):
            let filter = builder.weight(try tensor("filt"), name: "\(name).filt")
            let attributes =
                Self.convolution(blur.kernelSize, blur.stride, blur.isTransposed ? blur.cropping : 0) + [.int("group", blur.channels)]
            return builder.node(blur.isTransposed ? "ConvTranspose" : "Conv", [inputs[0], filter], attributes, name: name)
        case .attention: return attention(inputs, gamma: builder.weight(try tensor("gamma"), name: "\(name).gamma"), name: name)
        case .custom: throw .unknownLayer(name: name, operation: "\(node.operation)", format: "ONNX")
        }
    }

    private static func tensor(_ key: String, of node: Graph.Node) throws(ExportError) -> Tensor {
        guard let found = node.tensors.first(where: { $0.name == key }) else {
            throw .unknownLayer(name: node.name, operation: "\(node.operation) without \(key)", format: "ONNX")
        }
        return found.tensor
    }

    /// - Parameter scale: That of the whole numbers that the input stands for, where it does.
    private mutating func convolution(
        _ node: Graph.Node, _ values: Convolution, _ input: String, scale: Float? = nil
    ) throws(ExportError) -> String {
        let (name, original) = (node.name, values.hasSpectralNorm ? "weight_orig" : "weight")
        var weight = try Self.tensor(original, of: node)
        if values.hasSpectralNorm {
            weight = Self.normalized(weight, try Self.tensor("weight_u", of: node), try Self.tensor("weight_v", of: node))
        }
        var inputs = [input, builder.weight(weight, name: "\(name).weight")]
        if values.hasBias {
            let bias = try Self.tensor("bias", of: node)
            inputs.append(
                scale.map { builder.bias(bias, name: "\(name).bias", of: weight, inputScale: $0) }
                    ?? builder.weight(bias, name: "\(name).bias"))
        }
        let attributes = Self.convolution(values.kernelSize, values.stride, values.padding)
        let group: [ONNXAttribute] = values.groups == 1 ? [] : [.int("group", values.groups)]
        return builder.node("Conv", inputs, attributes + group, name: name)
    }

    /// W / uᵀ W v.
    static func normalized(_ weight: Tensor, _ left: Tensor, _ right: Tensor) -> Tensor {
        withoutGradients { weight / (left * weight.reshaped([weight.shape[0], -1]).matmul(right)).sum() }
    }

    private static func convolution(_ kernel: Int, _ stride: Int, _ padding: Int) -> [ONNXAttribute] {
        [.ints("kernel_shape", [kernel, kernel]), .ints("strides", [stride, stride]), .ints("pads", Array(repeating: padding, count: 4))]
    }

    /// The standard's norm has a scale and a shift for each channel.
    private mutating func instanceNorm(_ input: String, _ epsilon: Double, channels: Int, name: String) -> String {
        let parameters = [Float(1), 0].map { builder.constant(repeating: $0, count: channels) }
        return builder.node("InstanceNormalization", [input] + parameters, [.float("epsilon", epsilon)], name: name)
    }

    private mutating func slice(_ input: String, axis: Int, from start: Int, to end: Int, step: Int = 1, name: String) -> String {
        let bounds = [[start], [end], [axis], [step]].map { builder.constant($0) }
        return builder.node("Slice", [input] + bounds, name: name)
    }

    private mutating func padded(_ input: String, _ mode: PaddingMode, _ width: Int, name: String) -> String {
        guard mode == .reflect, isPortable else {
            let kind = mode == .reflect ? "reflect" : mode == .replicate ? "edge" : "constant"
            let pads = builder.constant([0, 0, width, width, 0, 0, width, width])
            return builder.node("Pad", [input, pads], [.string("mode", kind)], name: name)
        }
        // The pixels from the second on in reverse, and those before the last one.
        return [2, 3].reduce(input) { value, axis in
            let before = slice(value, axis: axis, from: width, to: 0, step: -1, name: name)
            let after = slice(value, axis: axis, from: -2, to: -2 - width, step: -1, name: name)
            return builder.node("Concat", [before, value, after], [.int("axis", axis)], name: name)
        }
    }

    /// γ · softmax(queries · keysᵀ) values + x over all positions.
    private mutating func attention(_ inputs: [String], gamma: String, name: String) -> String {
        let flat = builder.constant([0, 0, -1])
        let parts = inputs.prefix(3).map { builder.node("Reshape", [$0, flat], name: name) }
        let queries = builder.node("Transpose", [parts[0]], [.ints("perm", [0, 2, 1])], name: name)
        let shares = builder.node("Softmax", [builder.node("MatMul", [queries, parts[1]], name: name)], [.int("axis", -1)], name: name)
        // [N, C, positions] · [N, positions, positions]ᵀ.
        let turned = builder.node("Transpose", [shares], [.ints("perm", [0, 2, 1])], name: name)
        let found = builder.node("MatMul", [parts[2], turned], name: name)
        let shape = builder.node("Shape", [inputs[3]], name: name)
        let weighted = builder.node("Mul", [builder.node("Reshape", [found, shape], name: name), gamma], name: name)
        return builder.node("Add", [weighted, inputs[3]], name: name)
    }
}
