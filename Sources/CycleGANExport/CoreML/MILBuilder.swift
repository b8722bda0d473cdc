import Foundation
import Torch

/// Takes down the operations, constants and inputs of an ML program.
struct MILBuilder {
    /// From so many numbers on a weight is kept in lower precision.
    static let leastCompressed = 256
    /// Fewer numbers than these are written into the program itself.
    private static let leastInFile = 10
    /// Where programs say that the weights are.
    static let weightFile = "@model_path/weights/weight.bin"

    private var inputs: [MILPort] = []
    private var operations: [MILOperation] = []
    private(set) var weights = MILBlobWriter()
    private let precision: ExportPrecision
    private var constants: [String: MILVariable] = [:]
    private var names: Set<String> = []

    init(precision: ExportPrecision) {
        self.precision = precision
    }

    /// The type in which the program computes.
    var kind: MILKind { precision == .f32 ? .float32 : .float16 }

    /// Adds an input of the program, in float32.
    mutating func input(_ name: String, _ shape: [Int?]) -> MILVariable {
        names.insert(name)
        let value = MILVariable(name: name, kind: .float32, shape: shape)
        inputs.append(MILPort(value))
        return value
    }

    /// Adds an operation.
    ///
    /// - Parameters:
    ///   - kind: What it gives; the type of its input `x` by default.
    ///   - name: The layer that it belongs to.
    mutating func operation(
        _ type: String, _ given: [String: MILInput], shape: [Int?], kind: MILKind? = nil, name: String = ""
    ) -> MILVariable {
        let own = if case .value(let x) = given["x"] ?? given["input"] { x.kind } else { self.kind }
        var operation = MILOperation()
        operation.type = type
        for (key, input) in given.sorted(by: { $0.key < $1.key }) {
            operation.inputs[key] = MILArgument(variables(of: input, kind: own))
        }
        return append(operation, MILVariable(name: unique(name.isEmpty ? type : "\(name)_\(type)"), kind: kind ?? own, shape: shape))
    }

    /// A value as whole numbers from 0 to 255 and back, once for each value.
    mutating func quantized(_ value: MILVariable, _ range: ClosedRange<Float>) -> MILVariable {
        let key = "\(value.name)_uint8"
        if let known = constants[key] { return known }
        let numbers = ActivationScale(range)
        let scale = MILInput.value(constant(Tensor([numbers.scale], shape: []), name: "\(key)_scale", kind: value.kind))
        let zero = constexpr(
            "const", ["val": MILValue(bytes: Data([numbers.zero]), .uint8, shape: [])],
            MILVariable(name: unique("\(key)_zero"), kind: .uint8, shape: []))
        let whole = operation(
            "quantize", ["input": .value(value), "scale": scale, "zero_point": .value(zero), "output_dtype": .text("uint8")],
            shape: value.shape, kind: .uint8, name: value.name)
        let back = operation(
            "dequantize", ["input": .value(whole), "scale": scale, "zero_point": .value(zero)], shape: value.shape, kind: value.kind,
            name: value.name)
        constants[key] = back
        return back
    }

    /// A value in another type.
    mutating func cast(_ value: MILVariable, to kind: MILKind) -> MILVariable {
        guard value.kind != kind else { return value }
        let type = kind == .float16 ? "fp16" : "fp32"
        return operation("cast", ["x": .value(value), "dtype": .text(type)], shape: value.shape, kind: kind, name: value.name)
    }

    /// A trained tensor, in lower precision where it is large; as the numbers are used, of the type in which the program computes.
    ///
    /// - Parameter channels: Along which dimension each entry has a scale of its own, where numbers become whole.
    mutating func weight(_ tensor: Tensor, name: String, channels: Int = 0) -> MILVariable {
        let tensor = tensor.detached().to(.cpu).to(.float32).contiguous()
        if tensor.rank > 1, tensor.count >= Self.leastCompressed {
            switch precision {
            case .f32, .f16: break
            case .int8: return quantized(tensor, name: name, channels: channels)
            case .palette6: return palettized(tensor, bits: 6, name: name)
            case .palette4: return palettized(tensor, bits: 4, name: name)
            }
        }
        return constant(tensor, name: name)
    }

    /// A trained tensor that keeps its precision.
    mutating func exact(_ tensor: Tensor, name: String) -> MILVariable {
        constant(tensor.detached().to(.cpu).to(.float32).contiguous(), name: name)
    }

    /// The program that gives a value under a name.
    func program(giving value: MILVariable, as name: String, opset: String) -> MILProgram {
        var block = MILBlock()
        block.outputs = [name]
        block.operations = operations
        for index in block.operations.indices where block.operations[index].outputs[0].name == value.name {
            block.operations[index].outputs[0].name = name
        }
        var function = MILFunction()
        (function.inputs, function.opset, function.blockSpecializations) = (inputs, opset, [opset: block])
        var program = MILProgram()
        (program.version, program.functions) = (1, ["main": function])
        return program
    }

    /// Whole numbers from -127 to 127, times a scale for each channel.
    private mutating func quantized(_ tensor: Tensor, name: String, channels: Int) -> MILVariable {
        let others = tensor.shape.indices.filter { $0 != channels }
        let count = tensor.shape[channels]
        let largest = tensor.abs().max(others, keepDimensions: true)
        // As they will be read; the least number of 16 bits that is not 0.
        let scales = (largest * (1 / 127)).clamped(to: 6e-8...65504).to(.float16)
        let whole = (tensor / scales.to(.float32)).rounded().clamped(to: -127...127).contiguous().array(of: Float.self).map { Int8($0) }
        return constexpr(
            "constexpr_affine_dequantize",
            [
                "quantized_data": numbers(Data(whole.map { UInt8(bitPattern: $0) }), .int8, tensor.shape),
                "scale": numbers(scales.contiguous().withUnsafeBytes { Data($0) }, .float16, [count]),
                "zero_point": numbers(Data(count: count), .int8, [count]), "axis": MILValue(wholes: [channels], shape: []),
            ], MILVariable(name: unique(name), kind: .float16, shape: tensor.shape))
    }

    /// The places of the numbers in a palette.
    private mutating func palettized(_ tensor: Tensor, bits: Int, name: String) -> MILVariable {
        let palette = Palette(of: tensor.array(of: Float.self), bits: bits)
        let colors = Tensor(palette.values, shape: [palette.values.count]).to(.float16)
        let sides = tensor.shape.reduce(into: Data()) { data, side in
            withUnsafeBytes(of: UInt32(side).littleEndian) { data.append(contentsOf: $0) }
        }
        return constexpr(
            "constexpr_lut_to_dense",
            [
                "indices": numbers(palette.indices, .uint8, [palette.indices.count]),
                "lut": numbers(colors.withUnsafeBytes { Data($0) }, .float16, [palette.values.count]),
                "shape": MILValue(bytes: sides, .uint32, shape: [tensor.rank]),
            ], MILVariable(name: unique(name), kind: .float16, shape: tensor.shape))
    }

    /// A constant tensor, of the type in which the program computes.
    private mutating func constant(_ tensor: Tensor, name: String, kind: MILKind? = nil) -> MILVariable {
        let kind = kind ?? self.kind
        let converted = kind == .float16 ? tensor.to(.float16) : tensor
        let value = numbers(converted.contiguous().withUnsafeBytes { Data($0) }, kind, tensor.shape)
        return constexpr("const", ["val": value], MILVariable(name: unique(name), kind: kind, shape: tensor.shape))
    }

    /// Numbers in the file of weights; a few of them in the program itself.
    private mutating func numbers(_ bytes: Data, _ kind: MILKind, _ shape: [Int]) -> MILValue {
        guard shape.reduce(1, *) >= Self.leastInFile else { return MILValue(bytes: bytes, kind, shape: shape) }
        return MILValue(blobAt: weights.append(bytes, kind), of: Self.weightFile, kind, shape: shape)
    }

    /// Adds an operation whose output is known when the program is loaded.
    private mutating func constexpr(_ type: String, _ attributes: [String: MILValue], _ output: MILVariable) -> MILVariable {
        var operation = MILOperation()
        (operation.type, operation.attributes) = (type, attributes)
        return append(operation, output)
    }

    private mutating func append(_ operation: MILOperation, _ output: MILVariable) -> MILVariable {
        var operation = operation
        operation.attributes["name"] = MILValue(text: output.name)
        operation.outputs = [MILPort(output)]
        operations.append(operation)
        return output
    }

    /// The values of an input, constants kept once.
    private mutating func variables(of input: MILInput, kind: MILKind) -> [MILVariable] {
        let (key, value): (String, MILValue)
        switch input {
        case .value(let value): return [value]
        case .values(let values): return values
        case .number(let number):
            let key = "number_\(number)_\(kind)"
            let known = constants[key] ?? constant(Tensor(number), name: key, kind: kind)
            constants[key] = known
            return [known]
        case .whole(let number): (key, value) = ("whole_\(number)", MILValue(wholes: [number], shape: []))
        case .wholes(let numbers):
            (key, value) = ("wholes_" + numbers.map(String.init).joined(separator: "_"), MILValue(wholes: numbers, shape: [numbers.count]))
        case .text(let text): (key, value) = ("text_\(text)", MILValue(text: text))
        case .flag(let flag): (key, value) = ("flag_\(flag)", MILValue(flags: [flag], shape: []))
        case .flags(let flags):
            let letters = String(flags.map { $0 ? "t" : "f" })
            (key, value) = ("flags_\(letters)", MILValue(flags: flags, shape: [flags.count]))
        }
        let type = value.type.tensorType
        let shape = type.dimensions.map { Optional(Int($0.constant.size)) }
        let known = constants[key] ?? constexpr("const", ["val": value], MILVariable(name: unique(key), kind: type.kind, shape: shape))
        constants[key] = known
        return [known]
    }

    /// A name that the format allows and that nothing else has.
    private mutating func unique(_ wanted: String) -> String {
        let letters = wanted.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : $0 == "-" ? "m" : "_" }
        let base = letters.first?.isLetter == true ? String(letters) : "_" + String(letters)
        var (name, count) = (base, 1)
        while !names.insert(name).inserted {
            count += 1
            name = "\(base)_\(count)"
        }
        return name
    }
}
