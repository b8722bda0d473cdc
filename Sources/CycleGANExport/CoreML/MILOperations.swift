import CycleGANModels
import Imaging
import Torch
import TorchNN

/// Writes a network's operations as operations of an ML program, in the order in which they run.
struct MILOperations {
    var builder: MILBuilder
    /// Whether borders are mirrored by slices, which more programs know than mirrored padding.
    let isPortable: Bool
    /// The only size of images; nil where there are several.
    let size: ImageSize?
    /// Of inner maps that become whole numbers.
    var calibration = Calibration()

    /// Operations for a whole network and one image.
    ///
    /// - Parameters:
    ///   - inputs: What is known under other names than the network's input: those of its values.
    ///   - input: What the network is given.
    /// - Returns: What it gives.
    /// - Throws: `ExportError.unknownLayer`.
    mutating func append(_ network: Graph, input: MILVariable, known: [Graph.Value: MILVariable] = [:]) throws -> MILVariable {
        var values = known
        values[network.input] = input
        // Before shapes are asked for, which such a layer does not know.
        for node in network.nodes { if case .custom = node.operation { throw unknown(node, "\(node.operation)") } }
        let side = network.smallestSide(multipleOf: network.stride) ?? network.stride
        let shown = size ?? ImageSize(side)
        // Of all but the input.
        let shapes = try network.costs(forInput: [1, network.inputChannels ?? 3, shown.height, shown.width]).map(\.outputShape)
        for (index, node) in network.nodes.enumerated() where values[Graph.Value(index: index)] == nil {
            let inputs = try node.inputs.map { input in
                guard let value = values[input] else { throw unknown(node, "\(node.operation) of what nothing gives") }
                return value
            }
            let (value, shape) = (Graph.Value(index: index), index > 0 ? open(shapes[index - 1]) : input.shape)
            guard case .convolution = node.operation, let taken = calibration[node.inputs[0]], let given = calibration[value] else {
                values[value] = try append(node, inputs, shape: shape)
                continue
            }
            values[value] = builder.quantized(try append(node, [builder.quantized(inputs[0], taken)], shape: shape), given)
        }
        guard let output = values[network.outputs[0]] else { throw unknown(network.nodes[0], "a network without an output") }
        return output
    }

    /// A shape as it is known before an image comes.
    private func open(_ shape: [Int]) -> [Int?] {
        shape.enumerated().map { size == nil && shape.count == 4 && $0.offset > 1 ? nil : $0.element }
    }

    private func unknown(_ node: Graph.Node, _ operation: String) -> ExportError {
        .unknownLayer(name: node.name, operation: operation, format: "Core ML")
    }

    /// - Parameter shape: Of what the node gives.
    private mutating func append(_ node: Graph.Node, _ inputs: [MILVariable], shape: [Int?]) throws -> MILVariable {
        let name = node.name
        func tensor(_ key: String) throws -> Tensor {
            guard let found = node.tensors.first(where: { $0.name == key }) else { throw unknown(node, "\(node.operation) without \(key)") }
            return found.tensor
        }
        func weight(_ key: String, channels: Int = 0) throws -> MILInput {
            .value(builder.weight(try tensor(key), name: "\(name).\(key)", channels: channels))
        }
        let x = inputs.first.map { ["x": MILInput.value($0)] } ?? [:]
        func with(_ others: [String: MILInput?]) -> [String: MILInput] { x.merging(others.compactMapValues(\.self)) { $1 } }

        switch node.operation {
        case .input: return inputs[0]
        case .convolution(let values):
            let weights =
                try values.hasSpectralNorm
                ? .value(
                    builder.weight(
                        ONNXOperations.normalized(tensor("weight_orig"), tensor("weight_u"), tensor("weight_v")), name: "\(name).weight"))
                : weight("weight")
            let window = Self.window(values.stride, padding: values.padding, groups: values.groups)
            return builder.operation(
                "conv", with(["weight": weights, "bias": values.hasBias ? try weight("bias") : nil]).merging(window) { $1 }, shape: shape,
                name: name)
        case .transposedConvolution(let values):
            guard values.outputPadding <= values.padding else { throw unknown(node, "\(values) with a border of \(values.outputPadding)") }
            let given = with(["weight": try weight("weight", channels: 1), "bias": values.hasBias ? try weight("bias") : nil])
            guard values.outputPadding > 0 else {
                let window = Self.window(values.stride, padding: values.padding)
                return builder.operation("conv_transpose", given.merging(window) { $1 }, shape: shape, name: name)
            }
            // The format has no output padding: less is taken off at the lower and right edge.
            let cropping = [values.padding, values.padding - values.outputPadding]
            let whole = shape.prefix(2) + shape.dropFirst(2).map { $0.map { $0 + cropping[0] + cropping[1] } }
            let uncropped = given.merging(Self.window(values.stride, padding: 0)) { $1 }
            let large = builder.operation("conv_transpose", uncropped, shape: Array(whole), name: name)
            return builder.operation(
                "crop", ["x": .value(large), "crop_height": .wholes(cropping), "crop_width": .wholes(cropping)], shape: shape, name: name)
        case .instanceNorm(let epsilon):
            return builder.operation("instance_norm", with(["epsilon": .number(epsilon)]), shape: shape, name: name)
        case .batchNorm(_, let epsilon, _, let byImage):
            let scaled = with(["gamma": try weight("weight"), "beta": try weight("bias"), "epsilon": .number(epsilon)])
            guard !byImage else { return builder.operation("instance_norm", scaled, shape: shape, name: name) }
            let statistics = ["mean": try weight("running_mean"), "variance": try weight("running_var")]
            return builder.operation("batch_norm", scaled.merging(statistics) { $1 }, shape: shape, name: name)
        case .scaleAndShift(let channels):
            func part(_ key: String) throws -> MILInput {
                .value(builder.exact(try tensor(key).reshaped([1, channels, 1, 1]), name: "\(name).\(key)"))
            }
            let scaled = builder.operation("mul", with(["y": try part("weight")]), shape: shape, name: name)
            return builder.operation("add", ["x": .value(scaled), "y": try part("bias")], shape: shape, name: name)
        case .modulate(let channels, _):
            func part(_ matrix: String, _ vector: String) throws -> MILInput {
                let linear = builder.operation(
                    "linear", ["x": .value(inputs[1]), "weight": try weight(matrix), "bias": try weight(vector)], shape: [1, channels],
                    name: name)
                return .value(
                    builder.operation(
                        "reshape", ["x": .value(linear), "shape": .wholes([1, channels, 1, 1])], shape: [1, channels, 1, 1], name: name))
            }
            let scaled = builder.operation("mul", with(["y": try part("condition_weight", "weight")]), shape: shape, name: name)
            return builder.operation("add", ["x": .value(scaled), "y": try part("condition_bias", "bias")], shape: shape, name: name)
        case .blend: return blend(inputs, shape: shape, name: name)
        case .channels(let start, let count, _): return slice(inputs[0], axis: 1, from: start, to: start + count, name: name)
        case .firstPixel: throw unknown(node, "\(node.operation)")
        case .linear(_, _, let hasBias):
            let given = with(["weight": try weight("weight"), "bias": hasBias ? try weight("bias") : nil])
            return builder.operation("linear", given, shape: shape, name: name)
        case .activation(.relu): return builder.operation("relu", x, shape: shape, name: name)
        case .activation(.leakyReLU(let slope)):
            return builder.operation("leaky_relu", with(["alpha": .number(slope)]), shape: shape, name: name)
        case .activation(.tanh): return builder.operation("tanh", x, shape: shape, name: name)
        case .padding(let mode, let width): return padded(inputs[0], mode, width, shape: shape, name: name)
        case .dropout: return inputs[0]
        case .add: return builder.operation("add", with(["y": .value(inputs[1])]), shape: shape, name: name)
        case .concatenate: return concatenated(inputs, axis: 1, shape: shape, name: name)
        case .resize(let scale):
            return builder.operation(
                "upsample_nearest_neighbor", with(["scale_factor_height": .whole(scale), "scale_factor_width": .whole(scale)]),
                shape: shape,
                name: name)
        case .pixelShuffle(let factor):
            return builder.operation("pixel_shuffle", with(["upscale_factor": .whole(factor)]), shape: shape, name: name)
        case .blur(let blur):
            let window = Self.window(blur.stride, padding: blur.isTransposed ? blur.cropping : 0, groups: blur.channels)
            return builder.operation(
                blur.isTransposed ? "conv_transpose" : "conv", with(["weight": try weight("filt")]).merging(window) { $1 }, shape: shape,
                name: name)
        case .attention: return attention(inputs, gamma: try weight("gamma"), shape: shape, name: name)
        case .custom: throw unknown(node, "\(node.operation)")
        }
    }

    private static func window(_ stride: Int, padding: Int, groups: Int = 1) -> [String: MILInput] {
        [
            "strides": .wholes([stride, stride]), "pad_type": .text("custom"), "pad": .wholes(Array(repeating: padding, count: 4)),
            "dilations": .wholes([1, 1]), "groups": .whole(groups),
        ]
    }

    mutating func concatenated(_ values: [MILVariable], axis: Int, shape: [Int?], name: String = "") -> MILVariable {
        builder.operation(
            "concat", ["values": .values(values), "axis": .whole(axis), "interleave": .flag(false)], shape: shape, name: name)
    }

    /// x + t (y - x), t the sum of the condition.
    private mutating func blend(_ inputs: [MILVariable], shape: [Int?], name: String) -> MILVariable {
        let sum = builder.operation(
            "reduce_sum", ["x": .value(inputs[2]), "axes": .wholes([1]), "keep_dims": .flag(true)], shape: [1, 1], name: name)
        let share = builder.operation(
            "reshape", ["x": .value(sum), "shape": .wholes([1, 1, 1, 1])], shape: [1, 1, 1, 1], name: name)
        let change = builder.operation("sub", ["x": .value(inputs[1]), "y": .value(inputs[0])], shape: shape, name: name)
        let part = builder.operation("mul", ["x": .value(change), "y": .value(share)], shape: shape, name: name)
        return builder.operation("add", ["x": .value(inputs[0]), "y": .value(part)], shape: shape, name: name)
    }

    /// A part of one axis, the others as they are; counted from the end where negative.
    mutating func slice(_ input: MILVariable, axis: Int, from start: Int, to end: Int, name: String = "") -> MILVariable {
        var shape = input.shape
        shape[axis] = end - start
        // From the front where it is known: coremltools gets places from the end wrong where two operations share them.
        let length = input.shape[axis] ?? 0
        func place(_ value: Int) -> MILInput { .wholes(shape.indices.map { $0 == axis ? value < 0 ? value + length : value : 0 }) }
        let whole = shape.indices.map { $0 != axis }
        return builder.operation(
            "slice_by_index",
            ["x": .value(input), "begin": place(start), "end": place(end), "begin_mask": .flags(whole), "end_mask": .flags(whole)],
            shape: shape, name: name)
    }

    private mutating func padded(_ input: MILVariable, _ mode: PaddingMode, _ width: Int, shape: [Int?], name: String) -> MILVariable {
        guard mode == .reflect, isPortable else {
            let kind = mode == .reflect ? "reflect" : mode == .replicate ? "replicate" : "constant"
            return builder.operation(
                "pad",
                [
                    "x": .value(input), "pad": .wholes(Array(repeating: width, count: 4)), "mode": .text(kind), "constant_val": .number(0),
                ], shape: shape, name: name)
        }
        // The pixels from the second on in reverse, and those before the last one.
        return [2, 3].reduce(input) { value, axis in
            let sides = [(1, 1 + width), (-1 - width, -1)].map { start, end in
                let side = slice(value, axis: axis, from: start, to: end, name: name)
                return builder.operation("reverse", ["x": .value(side), "axes": .wholes([axis])], shape: side.shape, name: name)
            }
            var wider = value.shape
            wider[axis] = wider[axis].map { $0 + 2 * width }
            return concatenated([sides[0], value, sides[1]], axis: axis, shape: wider, name: name)
        }
    }

    /// γ · softmax(queries · keysᵀ) values + x over all positions.
    private mutating func attention(_ inputs: [MILVariable], gamma: MILInput, shape: [Int?], name: String) -> MILVariable {
        let positions = shape[2].flatMap { height in shape[3].map { height * $0 } }
        func flat(_ value: MILVariable) -> MILInput {
            let channels = value.shape[1]
            return .value(
                builder.operation(
                    "reshape", ["x": .value(value), "shape": .wholes([1, channels ?? -1, -1])], shape: [1, channels, positions], name: name)
            )
        }
        let (queries, keys, values) = (flat(inputs[0]), flat(inputs[1]), flat(inputs[2]))
        let square = [1, positions, positions]
        let products = builder.operation(
            "matmul", ["x": queries, "y": keys, "transpose_x": .flag(true), "transpose_y": .flag(false)], shape: square, name: name)
        let shares = builder.operation("softmax", ["x": .value(products), "axis": .whole(-1)], shape: square, name: name)
        let found = builder.operation(
            "matmul", ["x": values, "y": .value(shares), "transpose_x": .flag(false), "transpose_y": .flag(true)],
            shape: [1, shape[1], positions], name: name)
        let sides = shape.compactMap(\.self)
        let target: MILInput =
            sides.count == 4
            ? .wholes(sides) : .value(builder.operation("shape", ["x": .value(inputs[3])], shape: [4], kind: .int32, name: name))
        let turned = builder.operation("reshape", ["x": .value(found), "shape": target], shape: shape, name: name)
        let weighted = builder.operation("mul", ["x": .value(turned), "y": gamma], shape: shape, name: name)
        return builder.operation("add", ["x": .value(weighted), "y": .value(inputs[3])], shape: shape, name: name)
    }
}
