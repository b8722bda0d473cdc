import Foundation
import Torch

/// Writes the pickle of a state dict: an OrderedDict whose tensors refer to storages named "0", "1", ... in order.
///
/// Protocol 2, as torch.save uses, restricted to what `torch.load(weights_only=True)` allows.
struct PickleWriter {
    private(set) var data = Data([0x80, 2])

    init(_ stateDict: StateDict) {
        call("collections", "OrderedDict") { _ in }
        mark()
        for (index, (name, tensor)) in stateDict.enumerated() {
            text(name)
            self.tensor(tensor, storage: "\(index)")
        }
        data.append(UInt8(ascii: "u"))
        data.append(UInt8(ascii: "."))
    }

    private mutating func tensor(_ tensor: Tensor, storage: String) {
        call("torch._utils", "_rebuild_tensor_v2") { writer in
            writer.mark()
            writer.text("storage")
            writer.global("torch", tensor.dtype.storageName)
            writer.text(storage)
            writer.text("cpu")
            writer.integer(tensor.count)
            writer.data.append(UInt8(ascii: "t"))
            writer.data.append(UInt8(ascii: "Q"))
            writer.integer(0)
            writer.tuple(tensor.shape)
            writer.tuple(StoredTensor.rowMajorStrides(tensor.shape))
            writer.data.append(0x89)
            writer.call("collections", "OrderedDict") { _ in }
        }
    }

    private mutating func call(_ module: String, _ name: String, _ arguments: (inout PickleWriter) -> Void) {
        global(module, name)
        mark()
        arguments(&self)
        data.append(UInt8(ascii: "t"))
        data.append(UInt8(ascii: "R"))
    }

    private mutating func global(_ module: String, _ name: String) {
        data.append(contentsOf: Data("c\(module)\n\(name)\n".utf8))
    }

    private mutating func mark() {
        data.append(UInt8(ascii: "("))
    }

    private mutating func text(_ text: String) {
        data.append(UInt8(ascii: "X"))
        append(UInt32(text.utf8.count))
        data.append(contentsOf: text.utf8)
    }

    private mutating func tuple(_ numbers: [Int]) {
        mark()
        for number in numbers { integer(number) }
        data.append(UInt8(ascii: "t"))
    }

    private mutating func integer(_ number: Int) {
        if let small = Int32(exactly: number) {
            data.append(UInt8(ascii: "J"))
            append(small)
        } else {
            data.append(contentsOf: [0x8A, 8])
            append(Int64(number))
        }
    }

    private mutating func append<Integer: FixedWidthInteger>(_ number: Integer) {
        withUnsafeBytes(of: number.littleEndian) { data.append(contentsOf: $0) }
    }
}

extension DType {
    /// The name of PyTorch's storage class for the type.
    fileprivate var storageName: String {
        switch self {
        case .float32: "FloatStorage"
        case .float16: "HalfStorage"
        case .bfloat16: "BFloat16Storage"
        case .float64: "DoubleStorage"
        case .int64: "LongStorage"
        case .uint8: "ByteStorage"
        case .bool: "BoolStorage"
        }
    }
}
