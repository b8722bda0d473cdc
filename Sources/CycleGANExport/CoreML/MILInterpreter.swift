import Foundation
import Torch

/// Runs an ML program operation by operation, as Core ML describes them: what a package says, whoever wrote it.
///
/// Operations compute in float32 and round to the type that the program gives them; of every output the type and shape must be what the program says.
struct MILInterpreter: ExportedProgram {
    private let function: MILFunction
    private let block: MILBlock
    private let constants: [String: MILDatum]
    private let file: String

    /// - Throws: `ExportError.damaged` for a program without a main function, or constants that are none.
    init(_ package: CoreMLPackage, file: String) throws {
        guard let function = package.model.program.functions["main"], let block = function.blockSpecializations[function.opset] else {
            throw ExportError.damaged(file: file, reason: "its program has no main function")
        }
        (self.function, self.block, self.file) = (function, block, file)
        let reader = MILConstants(weights: try MILBlobReader(package.weights, file: file), file: file)
        var constants: [String: MILDatum] = [:]
        for operation in block.operations where operation.isConstant {
            guard operation.outputs.count == 1 else { throw ExportError.damaged(file: file, reason: "a constant has no name") }
            constants[operation.outputs[0].name] = try reader.datum(of: operation)
        }
        self.constants = constants
    }

    func callAsFunction(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        var values = constants
        for port in function.inputs {
            guard let given = inputs[port.name] else { throw damaged("it has an input \(port.name), which the model has not") }
            values[port.name] = .tensor(given)
            try check(.tensor(given), port)
        }
        // The last operation that reads a value lets go of it.
        var readers: [String: Int] = [:]
        for (index, operation) in block.operations.enumerated() { for name in operation.read { readers[name] = index } }
        for (index, operation) in block.operations.enumerated() where !operation.isConstant {
            guard operation.outputs.count == 1 else { throw damaged("\(operation.type) has not one output") }
            let output = operation.outputs[0]
            let arguments = try operation.inputs.mapValues { argument in
                try argument.arguments.map { binding in
                    guard let value = values[binding.name] else {
                        throw damaged("the operation of \(output.name) reads \(binding.name), which none before it gives")
                    }
                    return value
                }
            }
            guard let value = try MILCall(type: operation.type, arguments: arguments).value() else {
                throw damaged("the operation of \(output.name) is not known or not given what it needs: \(operation.type)")
            }
            try check(value, output)
            values[output.name] = value
            for name in operation.read where readers[name] == index && !block.outputs.contains(name) { values[name] = nil }
        }
        var outputs: [String: Tensor] = [:]
        for name in block.outputs { if case .tensor(let value) = values[name] { outputs[name] = value } }
        return outputs
    }

    /// Checks that a value is what the program says of it.
    private func check(_ value: MILDatum, _ port: MILPort) throws {
        let type = port.type.tensorType
        let (kind, shape): (MILKind, [Int]) =
            switch value {
            case .tensor(let tensor): (tensor.dtype == .float16 ? .float16 : tensor.dtype == .uint8 ? .uint8 : .float32, tensor.shape)
            case .wholes(let numbers): (.int32, [numbers.count])
            case .flags(let flags): (.bool, [flags.count])
            case .text: (.string, [])
            }
        let fits = zip(type.dimensions, shape).allSatisfy { side, length in
            if case .constant(let known) = side.dimension { known.size == UInt64(length) } else { true }
        }
        guard kind == type.kind, shape.count == type.dimensions.count, fits else {
            throw damaged("\(port.name) is \(kind) of shape \(shape), and the program says something else")
        }
    }

    private func damaged(_ reason: String) -> ExportError { .damaged(file: file, reason: reason) }
}

extension MILOperation {
    /// Whether its output is known when the program is loaded.
    fileprivate var isConstant: Bool { type == "const" || type.hasPrefix("constexpr_") }

    /// The values that it reads.
    fileprivate var read: [String] { inputs.values.flatMap { $0.arguments.map(\.name) } }
}

/// What a value of an ML program holds.
enum MILDatum {
    case tensor(Tensor)
    case wholes([Int])
    case flags([Bool])
    case text(String)
}
