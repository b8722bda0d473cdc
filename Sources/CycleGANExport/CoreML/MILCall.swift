import Torch

/// An operation of an ML program with what it is given.
struct MILCall {
    let type: String
    let arguments: [String: [MILDatum]]

    /// What it gives; nil for an operation that is not known, or is not given what it needs.
    func value() throws -> MILDatum? {
        switch type {
        case "cast":
            guard let x = tensor("x"), let kind = text("dtype"), ["fp16", "fp32"].contains(kind) else { return nil }
            return .tensor(x.to(kind == "fp16" ? .float16 : .float32))
        case "quantize":
            guard let steps = steps, let zero = single("zero_point"), text("output_dtype") == "uint8" else { return nil }
            return .tensor((steps.rounded() + zero).clamped(to: 0...255).to(.uint8))
        case "dequantize":
            guard let x = single("input"), let scale = tensor("scale"), let zero = single("zero_point") else { return nil }
            return .tensor(((x - zero) * scale.to(.float32)).to(scale.dtype))
        case "shape": return tensor("x").map { .wholes($0.shape) }
        default:
            // All of one type, which is also that of the output.
            let given = arguments.values.joined().compactMap { if case .tensor(let tensor) = $0 { tensor.dtype } else { nil } }
            guard let kind = given.first, given.allSatisfy({ $0 == kind }) else { return nil }
            return try number().map { .tensor($0.to(kind)) }
        }
    }

    /// What an operation on numbers gives, in float32.
    private func number() throws -> Tensor? {
        if type == "concat" {
            let parts = (arguments["values"] ?? []).compactMap { if case .tensor(let part) = $0 { part.to(.float32) } else { nil } }
            guard let axis = whole("axis"), !flag("interleave") else { return nil }
            return Tensor.concatenated(parts, dimension: axis)
        }
        guard let x = tensor("x")?.to(.float32) else { return nil }
        switch type {
        case "add": return second.map { x + $0 }
        case "sub": return second.map { x - $0 }
        case "mul": return second.map { x * $0 }
        case "relu": return x.relu()
        case "leaky_relu": return single("alpha").map { x.leakyReLU($0.item()) }
        case "tanh": return x.tanh()
        case "round": return x.rounded()
        case "clip":
            guard let least = single("alpha"), let most = single("beta") else { return nil }
            return x.maximum(least).minimum(most)
        case "softmax":
            let powers = (x - x.max([x.rank - 1], keepDimensions: true)).exp()
            return whole("axis") == -1 ? powers / powers.sum([x.rank - 1], keepDimensions: true) : nil
        case "reduce_sum": return wholes("axes").map { x.sum($0, keepDimensions: flag("keep_dims")) }
        case "reshape": return wholes("shape").map { x.contiguous().reshaped($0) }
        case "reverse": return wholes("axes").map { $0.reduce(x) { $0.flipped($1) } }
        case "slice_by_index": return slice(x)
        case "matmul":
            func turned(_ value: Tensor, _ isTurned: Bool) -> Tensor { isTurned ? value.permuted([0, 2, 1]).contiguous() : value }
            return second.map { turned(x, flag("transpose_x")).matmul(turned($0, flag("transpose_y"))) }
        case "linear":
            guard let weight = single("weight") else { return nil }
            let product = x.matmul(weight.permuted([1, 0]))
            return single("bias").map { product + $0 } ?? product
        case "upsample_nearest_neighbor":
            guard let scale = whole("scale_factor_height"), scale == whole("scale_factor_width") else { return nil }
            return x.interpolatedNearest(scale: scale)
        case "pixel_shuffle": return whole("upscale_factor").map { x.pixelShuffled($0) }
        case "pad":
            let modes: [String: PaddingMode] = ["reflect": .reflect, "replicate": .replicate, "constant": .zero]
            guard let mode = text("mode").flatMap({ modes[$0] }), let widths = wholes("pad"), widths.count == 4 else { return nil }
            return x.padded(mode, left: widths[2], right: widths[3], top: widths[0], bottom: widths[1])
        case "crop":
            guard let rows = wholes("crop_height"), let columns = wholes("crop_width"), rows.count == 2, columns.count == 2 else {
                return nil
            }
            return cropped(x, [rows, columns])
        case "conv", "conv_transpose": return convolved(x)
        case "instance_norm", "batch_norm": return normalized(x)
        default: return nil
        }
    }

    private func convolved(_ x: Tensor) -> Tensor? {
        guard let weight = single("weight"), let strides = wholes("strides"), let pads = wholes("pad"), let groups = whole("groups"),
            text("pad_type") == "custom", wholes("dilations") == [1, 1], Set(strides).count == 1, pads.count == 4
        else { return nil }
        guard type == "conv_transpose" else {
            return x.padded(.zero, left: pads[2], right: pads[3], top: pads[0], bottom: pads[1])
                .conv2d(weight: weight, bias: single("bias"), stride: strides[0], groups: groups)
        }
        // What pads say is taken off the whole output.
        let whole = x.convTranspose2d(
            weight: weight, bias: single("bias"), stride: strides[0], padding: 0, outputPadding: 0, groups: groups)
        return cropped(whole, [Array(pads[0..<2]), Array(pads[2..<4])])
    }

    /// (x - μ) / √(σ² + ε) · γ + β, with the mean and variance that are given, or those of each channel of the image.
    private func normalized(_ x: Tensor) -> Tensor? {
        func channels(_ key: String) -> Tensor? { single(key).map { $0.reshaped([1, $0.count, 1, 1]) } }
        guard let epsilon = single("epsilon") else { return nil }
        let mean = type == "batch_norm" ? channels("mean") : x.mean([2, 3], keepDimensions: true)
        guard let mean else { return nil }
        let variance = type == "batch_norm" ? channels("variance") : (x - mean).square().mean([2, 3], keepDimensions: true)
        guard let variance else { return nil }
        let shown = (x - mean) / (variance + epsilon).sqrt()
        let scaled = channels("gamma").map { shown * $0 } ?? shown
        return channels("beta").map { scaled + $0 } ?? scaled
    }

    /// The last two axes without so many rows and columns before and behind.
    private func cropped(_ x: Tensor, _ widths: [[Int]]) -> Tensor {
        zip([x.rank - 2, x.rank - 1], widths).reduce(x) { value, part in
            value.narrowed(dimension: part.0, start: part.1[0], length: value.shape[part.0] - part.1[0] - part.1[1])
        }
    }

    private func slice(_ x: Tensor) -> Tensor? {
        guard let begin = wholes("begin"), let end = wholes("end"), let isFirst = flags("begin_mask"), let isLast = flags("end_mask"),
            [begin.count, end.count, isFirst.count, isLast.count].allSatisfy({ $0 == x.rank })
        else { return nil }
        return x.shape.indices.reduce(x) { value, axis in
            let length = x.shape[axis]
            func place(_ index: Int) -> Int { index < 0 ? index + length : index }
            let (first, last) = (isFirst[axis] ? 0 : place(begin[axis]), isLast[axis] ? length : place(end[axis]))
            return value.narrowed(dimension: axis, start: first, length: last - first)
        }
    }

    private var second: Tensor? { single("y") }
    /// A value in steps of its scale.
    private var steps: Tensor? { single("input").flatMap { input in single("scale").map { input / $0 } } }
    private func datum(_ key: String) -> MILDatum? { arguments[key]?.first }
    private func tensor(_ key: String) -> Tensor? { if case .tensor(let value) = datum(key) { value } else { nil } }
    private func single(_ key: String) -> Tensor? { tensor(key)?.to(.float32) }
    private func wholes(_ key: String) -> [Int]? { if case .wholes(let value) = datum(key) { value } else { nil } }
    private func whole(_ key: String) -> Int? { wholes(key)?.first }
    private func flags(_ key: String) -> [Bool]? { if case .flags(let value) = datum(key) { value } else { nil } }
    private func flag(_ key: String) -> Bool { flags(key)?.first ?? false }
    private func text(_ key: String) -> String? { if case .text(let value) = datum(key) { value } else { nil } }
}
