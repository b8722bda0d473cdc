import Foundation
import Torch

/// Takes down nodes, constants and ports of an ONNX graph.
struct ONNXBuilder {
    private(set) var graph = ONNXGraph()
    let precision: ExportPrecision
    private var constants: [String: String] = [:]
    private var count = 0

    init(name: String, precision: ExportPrecision) {
        graph.name = name
        self.precision = precision
    }

    /// Adds a node.
    ///
    /// - Returns: What its output is called.
    mutating func node(_ type: String, _ inputs: [String], _ attributes: [ONNXAttribute] = [], name: String = "") -> String {
        count += 1
        var node = ONNXNode()
        node.opType = type
        node.name = name.isEmpty ? "\(type)_\(count)" : "\(name)/\(type)_\(count)"
        node.input = inputs
        let output = "value_\(count)"
        node.output = [output]
        node.attribute = attributes
        graph.node.append(node)
        return output
    }

    /// A constant of whole numbers, each kept once.
    mutating func constant(_ values: [Int]) -> String {
        let key = "shape_" + (values.isEmpty ? "none" : values.map { $0 < 0 ? "m\(-$0)" : "\($0)" }.joined(separator: "_"))
        if let known = constants[key] { return known }
        constants[key] = key
        let bytes = values.reduce(into: Data()) { data, value in
            withUnsafeBytes(of: Int64(value).littleEndian) { data.append(contentsOf: $0) }
        }
        add(key, shape: [values.count], .int64, bytes)
        return key
    }

    /// A constant of numbers as they are.
    mutating func constant(_ values: [Float], shape: [Int]) -> String {
        count += 1
        let name = "constant_\(count)"
        add(name, Tensor(values, shape: shape))
        return name
    }

    /// A trained tensor; in lower precision those of more than one dimension, whose numbers are converted back when the graph runs.
    ///
    /// - Parameters:
    ///   - channels: Along which dimension each entry has a scale of its own, where numbers become whole.
    ///   - isExact: Whether it keeps its precision.
    mutating func weight(_ tensor: Tensor, name: String, channels: Int = 0, isExact: Bool = false) -> String {
        let tensor = tensor.detached().to(.cpu).to(.float32).contiguous()
        guard tensor.rank > 1, !isExact else {
            add(name, tensor)
            return name
        }
        switch precision {
        case .f32:
            add(name, tensor)
            return name
        case .f16:
            add("\(name).f16", tensor.to(.float16))
            return node("Cast", ["\(name).f16"], [.int("to", ONNXType.float32.rawValue)], name: name)
        case .int8:
            return quantized(tensor, name: name, channels: channels)
        case .palette6, .palette4: preconditionFailure("ONNX knows no palettes")
        }
    }

    private static func scales(of tensor: Tensor, channels: Int) -> Tensor {
        let others = tensor.shape.indices.filter { $0 != channels }
        return tensor.abs().max(others, keepDimensions: true).clamped(to: 1e-12...Double.infinity) * (1 / 127)
    }

    /// A bias as whole numbers of 32 bits in units of its convolution's products, for programs that add it to these.
    ///
    /// - Parameter weight: That of the convolution.
    mutating func bias(_ bias: Tensor, name: String, of weight: Tensor, inputScale: Float) -> String {
        let weight = weight.detached().to(.cpu).to(.float32).contiguous()
        let scales = Self.scales(of: weight, channels: 0).reshaped([weight.shape[0]]) * Double(inputScale)
        let whole = (bias.detached().to(.cpu).to(.float32) / scales).rounded().clamped(to: -2e9...2e9)
        let bytes = whole.contiguous().array(of: Float.self).reduce(into: Data()) { data, value in
            withUnsafeBytes(of: Int32(value).littleEndian) { data.append(contentsOf: $0) }
        }
        add("\(name).int32", shape: [bias.count], .int32, bytes)
        add("\(name).scales", scales)
        add("\(name).zeros", shape: [bias.count], .int32, Data(count: 4 * bias.count))
        return node("DequantizeLinear", ["\(name).int32", "\(name).scales", "\(name).zeros"], [.int("axis", 0)], name: name)
    }

    /// A value as whole numbers from 0 to 255 and back, once for each value.
    mutating func quantized(_ value: String, _ range: ClosedRange<Float>) -> String {
        let key = "\(value).uint8"
        if let known = constants[key] { return known }
        let scale = ActivationScale(range)
        add("\(key).scale", Tensor([scale.scale], shape: []))
        add("\(key).zero", shape: [], .uint8, Data([scale.zero]))
        let parameters = ["\(key).scale", "\(key).zero"]
        let whole = node("QuantizeLinear", [value] + parameters, name: value)
        let back = node("DequantizeLinear", [whole] + parameters, name: value)
        constants[key] = back
        return back
    }

    /// Whole numbers from -127 to 127, times a scale for each channel.
    private mutating func quantized(_ tensor: Tensor, name: String, channels: Int) -> String {
        let scales = Self.scales(of: tensor, channels: channels)
        let whole = (tensor / scales).rounded().clamped(to: -127...127).contiguous().array(of: Float.self).map { Int8($0) }
        add("\(name).int8", shape: tensor.shape, .int8, Data(whole.map { UInt8(bitPattern: $0) }))
        add("\(name).scales", scales.reshaped([tensor.shape[channels]]))
        add("\(name).zeros", shape: [tensor.shape[channels]], .int8, Data(count: tensor.shape[channels]))
        return node(
            "DequantizeLinear", ["\(name).int8", "\(name).scales", "\(name).zeros"], [.int("axis", channels)], name: name)
    }

    /// A constant of one number, kept once for each number and length.
    mutating func constant(repeating value: Float, count: Int) -> String {
        let key = "all_\(value)_\(count)"
        if let known = constants[key] { return known }
        constants[key] = key
        add(key, Tensor.full([count], Double(value)))
        return key
    }

    private mutating func add(_ name: String, _ tensor: Tensor) {
        let type: ONNXType = tensor.dtype == .float16 ? .float16 : .float32
        add(name, shape: tensor.shape, type, tensor.contiguous().withUnsafeBytes { Data($0) })
    }

    private mutating func add(_ name: String, shape: [Int], _ type: ONNXType, _ bytes: Data) {
        var values = ONNXValues()
        values.name = name
        values.dims = shape.map(Int64.init)
        values.dataType = Int32(type.rawValue)
        values.rawData = bytes
        graph.initializer.append(values)
    }

    /// Adds an input of the graph; sides that are names may have any length.
    mutating func input(_ name: String, _ type: ONNXType, _ shape: [ONNXSide]) -> String {
        graph.input.append(ONNXPort(name: name, type: type, shape: shape))
        return name
    }

    /// Gives a value to whoever runs the graph.
    mutating func output(_ value: String, as name: String, _ type: ONNXType, _ shape: [ONNXSide]) {
        for index in graph.node.indices {
            if graph.node[index].output == [value] { graph.node[index].output = [name] }
            graph.node[index].input = graph.node[index].input.map { $0 == value ? name : $0 }
        }
        graph.output.append(ONNXPort(name: name, type: type, shape: shape))
    }
}

/// The length of a side of a value.
enum ONNXSide: ExpressibleByIntegerLiteral, ExpressibleByStringLiteral {
    case fixed(Int)
    case any(String)

    init(integerLiteral value: Int) { self = .fixed(value) }
    init(stringLiteral value: String) { self = .any(value) }
}

/// The standard's numbers of the types that are used.
enum ONNXType: Int {
    case float32 = 1
    case uint8 = 2
    case int8 = 3
    case int32 = 6
    case int64 = 7
    case float16 = 10
}

extension ONNXPort {
    init(name: String, type: ONNXType, shape: [ONNXSide]) {
        self.init()
        self.name = name
        self.type.tensorType.elemType = Int32(type.rawValue)
        self.type.tensorType.shape.dim = shape.map { side in
            var dimension = ONNXShape.Dimension()
            switch side {
            case .fixed(let length): dimension.dimValue = Int64(length)
            case .any(let name): dimension.dimParam = name
            }
            return dimension
        }
    }
}

extension ONNXAttribute {
    static func int(_ name: String, _ value: Int) -> ONNXAttribute {
        var attribute = ONNXAttribute()
        (attribute.name, attribute.type, attribute.i) = (name, .int, Int64(value))
        return attribute
    }

    static func ints(_ name: String, _ values: [Int]) -> ONNXAttribute {
        var attribute = ONNXAttribute()
        (attribute.name, attribute.type, attribute.ints) = (name, .ints, values.map(Int64.init))
        return attribute
    }

    static func float(_ name: String, _ value: Double) -> ONNXAttribute {
        var attribute = ONNXAttribute()
        (attribute.name, attribute.type, attribute.f) = (name, .float, Float(value))
        return attribute
    }

    static func string(_ name: String, _ value: String) -> ONNXAttribute {
        var attribute = ONNXAttribute()
        (attribute.name, attribute.type, attribute.s) = (name, .string, Data(value.utf8))
        return attribute
    }
}
