import Foundation
import Torch

/// Runs an ONNX graph node by node, as the standard describes its operations: what a file says, whoever wrote it.
struct ONNXInterpreter: ExportedProgram {
    private let graph: ONNXGraph
    private let constants: [String: Tensor]
    private let file: String

    /// - Throws: `ExportError.damaged` for constants that are none.
    init(_ model: ONNXModel, file: String) throws {
        graph = model.graph
        self.file = file
        constants = try Dictionary(model.graph.initializer.map { ($0.name, try $0.tensor(file: file)) }) { first, _ in first }
    }

    /// What the graph gives for some inputs.
    ///
    /// - Throws: `ExportError.damaged` for an operation that is not known, or reads what is not there.
    func callAsFunction(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        var values = constants.merging(inputs) { _, given in given }
        // The last node that reads a value lets go of it.
        var readers: [String: Int] = [:]
        for (index, node) in graph.node.enumerated() { for name in node.input { readers[name] = index } }
        let outputs = Set(graph.output.map(\.name))
        for (index, node) in graph.node.enumerated() {
            guard node.output.count == 1, node.input.allSatisfy({ $0.isEmpty || values[$0] != nil }) else {
                throw ExportError.damaged(file: file, reason: "the node \(node.name) reads what no node before it gives")
            }
            let call = ONNXCall(node: node, inputs: node.input.map { values[$0] })
            guard let value = try call.value() else {
                throw ExportError.damaged(file: file, reason: "the node \(node.name) is no known operation: \(node.opType)")
            }
            values[node.output[0]] = value
            for name in node.input where readers[name] == index && !outputs.contains(name) { values[name] = nil }
        }
        return values.filter { outputs.contains($0.key) }
    }
}

extension ONNXValues {
    /// The constant; whole numbers of 8 and 32 bits as float32.
    fileprivate func tensor(file: String) throws -> Tensor {
        let shape = dims.map { Int($0) }
        let types: [ONNXType: DType] = [
            .float32: .float32, .float16: .float16, .int64: .int64, .uint8: .uint8,
        ]
        let type = ONNXType(rawValue: Int(dataType))
        let size = type == .int8 ? 1 : type == .int32 ? 4 : type.flatMap { types[$0] }?.byteCount
        guard let size, shape.allSatisfy({ $0 >= 0 }), rawData.count == size * shape.reduce(1, *) else {
            throw ExportError.damaged(file: file, reason: "the numbers of \(name) are not those of its shape and type")
        }
        if type == .int32 {
            return rawData.withUnsafeBytes { bytes in
                Tensor(bytes.bindMemory(to: Int32.self).map { Float(Int32(littleEndian: $0)) }, shape: shape)
            }
        }
        if type == .int8 { return Tensor(rawData.map { Float(Int8(bitPattern: $0)) }, shape: shape) }
        return rawData.withUnsafeBytes { Tensor(bytes: $0, shape: shape, dtype: type.flatMap { types[$0] } ?? .float32) }
    }
}

/// A node with its inputs.
struct ONNXCall {
    let node: ONNXNode
    let inputs: [Tensor?]

    /// What it gives; `nil` for an operation that is not known.
    func value() throws -> Tensor? {
        let x = inputs.first.flatMap { $0 } ?? Tensor(0)
        func input(_ index: Int) -> Tensor { inputs.indices.contains(index) ? inputs[index] ?? Tensor(0) : Tensor(0) }
        func whole(_ index: Int) -> [Int] { input(index).to(.int64).contiguous().array(of: Int64.self).map { Int($0) } }
        switch node.opType {
        case "Conv":
            return x.padded(.zero, left: pads[1], right: pads[3], top: pads[0], bottom: pads[2])
                .conv2d(
                    weight: input(1), bias: inputs.count > 2 ? inputs[2] : nil, stride: ints("strides").first ?? 1, groups: int("group", 1))
        case "ConvTranspose":
            return x.convTranspose2d(
                weight: input(1), bias: inputs.count > 2 ? inputs[2] : nil, stride: ints("strides").first ?? 1, padding: pads[0],
                outputPadding: ints("output_padding").first ?? 0, groups: int("group", 1))
        case "InstanceNormalization":
            let mean = x.mean([2, 3], keepDimensions: true)
            let variance = (x - mean).square().mean([2, 3], keepDimensions: true)
            return (x - mean) / (variance + float("epsilon")).sqrt() * channels(input(1)) + channels(input(2))
        case "BatchNormalization":
            return (x - channels(input(3))) / (channels(input(4)) + float("epsilon")).sqrt() * channels(input(1)) + channels(input(2))
        case "Add": return x + input(1)
        case "Sub": return x - input(1)
        case "Mul": return x * input(1)
        case "MatMul": return x.matmul(input(1))
        case "Gemm":
            let product = x.matmul(int("transB", 0) == 1 ? input(1).permuted([1, 0]) : input(1))
            return inputs.count > 2 ? product + input(2) : product
        case "Relu": return x.relu()
        case "LeakyRelu": return x.leakyReLU(float("alpha"))
        case "Tanh": return x.tanh()
        case "Round": return x.rounded()
        case "Clip": return x.maximum(input(1)).minimum(input(2))
        case "Softmax":
            let powers = (x - x.max([x.rank - 1], keepDimensions: true)).exp()
            return powers / powers.sum([x.rank - 1], keepDimensions: true)
        case "ReduceSum": return x.sum(whole(1), keepDimensions: int("keepdims", 1) == 1)
        case "Reshape":
            let shape = whole(1).enumerated().map { $1 == 0 ? x.shape[$0] : $1 }
            return x.contiguous().reshaped(shape)
        case "Flatten": return x.contiguous().reshaped([x.shape[0], -1])
        case "Transpose": return x.permuted(ints("perm")).contiguous()
        case "Concat": return Tensor.concatenated(inputs.compactMap(\.self), dimension: int("axis", 0))
        case "Shape": return Tensor(x.shape.map(Int64.init), shape: [x.rank])
        case "Gather": return x.gathered(dimension: int("axis", 0), indices: whole(1))
        case "Expand":
            let shape = whole(1)
            return x.expanded(to: zip(shape, x.shape).map { max($0, $1) })
        case "Cast": return ONNXType(rawValue: int("to", 0)).map { x.to($0 == .uint8 ? .uint8 : $0 == .float16 ? .float16 : .float32) }
        case "DequantizeLinear":
            return (x.to(.float32) - scaleShaped(input(2), x).to(.float32)) * scaleShaped(input(1), x)
        case "QuantizeLinear":
            let whole = (x / scaleShaped(input(1), x)).rounded() + scaleShaped(input(2), x).to(.float32)
            return whole.clamped(to: 0...255)
        case "Slice": return slice(x, whole)
        case "Pad":
            let (mode, widths) = (string("mode"), whole(1))
            let kind: PaddingMode = mode == "reflect" ? .reflect : mode == "edge" ? .replicate : .zero
            return x.padded(kind, left: widths[3], right: widths[7], top: widths[2], bottom: widths[6])
        case "Resize": return x.interpolatedNearest(scale: Int(input(2).array(of: Float.self)[2]))
        case "DepthToSpace": return x.pixelShuffled(int("blocksize", 1))
        default: return nil
        }
    }

    /// One axis, forwards or backwards.
    private func slice(_ x: Tensor, _ whole: (Int) -> [Int]) -> Tensor {
        let (axis, step) = (whole(3)[0], whole(4)[0])
        let length = x.shape[axis]
        let (start, end) = (whole(1)[0], whole(2)[0])
        if step > 0 {
            let (first, last) = (start < 0 ? start + length : start, min(length, end < 0 ? end + length : end))
            return x.narrowed(dimension: axis, start: first, length: last - first)
        }
        let (first, last) = (start < 0 ? start + length : start, end < 0 ? end + length : end)
        return x.narrowed(dimension: axis, start: last + 1, length: first - last).flipped(axis)
    }

    /// One number for all of a value, or one for each entry of an axis.
    private func scaleShaped(_ numbers: Tensor, _ x: Tensor) -> Tensor {
        guard numbers.count > 1 || numbers.rank > 0 else { return numbers }
        var shape = Array(repeating: 1, count: x.rank)
        shape[int("axis", 1)] = numbers.count
        return numbers.reshaped(shape)
    }

    private func channels(_ values: Tensor) -> Tensor { values.reshaped([1, values.count, 1, 1]) }

    private var pads: [Int] {
        let pads = ints("pads")
        return pads.count == 4 ? pads : [0, 0, 0, 0]
    }

    private func attribute(_ name: String) -> ONNXAttribute? { node.attribute.first { $0.name == name } }
    private func int(_ name: String, _ usual: Int) -> Int { attribute(name).map { Int($0.i) } ?? usual }
    private func ints(_ name: String) -> [Int] { attribute(name)?.ints.map { Int($0) } ?? [] }
    private func float(_ name: String) -> Double { attribute(name).map { Double($0.f) } ?? 1e-5 }
    private func string(_ name: String) -> String { attribute(name).map { String(decoding: $0.s, as: UTF8.self) } ?? "" }
}
