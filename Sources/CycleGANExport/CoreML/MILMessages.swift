import Foundation

extension MILPort {
    /// A value with its type, as messages of ML programs have it.
    init(_ value: MILVariable) {
        self.init()
        name = value.name
        type = MILValueType(value.kind, value.shape)
    }
}

extension MILValueType {
    /// - Parameter shape: Sides that are not known are nil.
    init(_ kind: MILKind, _ shape: [Int?]) {
        self.init()
        tensorType.kind = kind
        tensorType.rank = Int64(shape.count)
        tensorType.dimensions = shape.map { side in
            var dimension = MILDimension()
            if let side { dimension.constant.size = UInt64(side) } else { dimension.unknown = MILDimension.Unknown() }
            return dimension
        }
    }
}

extension MILArgument {
    init(_ values: [MILVariable]) {
        self.init()
        arguments = values.map { value in
            var binding = Binding()
            binding.name = value.name
            return binding
        }
    }
}

extension MILValue {
    init(wholes: [Int], shape: [Int]) {
        self.init(.int32, shape) { $0.ints.values = wholes.map(Int32.init) }
    }

    init(flags: [Bool], shape: [Int]) {
        self.init(.bool, shape) { $0.bools.values = flags }
    }

    init(text: String) {
        self.init(.string, []) { $0.strings.values = [text] }
    }

    /// Numbers as they lie in memory.
    init(bytes: Data, _ kind: MILKind, shape: [Int]) {
        self.init(kind, shape) { tensor in
            // These alone have a list of numbers of their own.
            guard kind == .float32 else {
                tensor.bytes.values = bytes
                return
            }
            tensor.floats.values = bytes.withUnsafeBytes { bytes in
                (0..<bytes.count / 4).map { bytes.loadUnaligned(fromByteOffset: 4 * $0, as: Float.self) }
            }
        }
    }

    /// Numbers in a file, whose record is at `offset`.
    init(blobAt offset: Int, of file: String, _ kind: MILKind, shape: [Int]) {
        self.init()
        type = MILValueType(kind, shape)
        (blob.fileName, blob.offset) = (file, UInt64(offset))
    }

    private init(_ kind: MILKind, _ shape: [Int], _ fill: (inout MILTensorValue) -> Void) {
        self.init()
        type = MILValueType(kind, shape)
        fill(&immediate.tensor)
    }
}
