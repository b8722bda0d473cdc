import Foundation

/// A value built by a pickle.
///
/// Containers are indices into the reader's `PickleHeap`: pickles can nest a million levels deep or contain themselves,
/// and indices need neither recursion nor reference counting.
enum PickleValue {
    case none
    case bool(Bool)
    case integer(Int)
    /// A number too large for Int, as its little-endian two's complement bytes.
    case bigInteger(Data)
    case double(Double)
    case string(String)
    case bytes(Data)
    /// A tuple or a list: an index into `PickleHeap.sequences`.
    case sequence(Int)
    /// An index into `PickleHeap.dictionaries`.
    case dictionary(Int)
    case global(PickleGlobal)
    /// An index into `PickleHeap.storages`.
    case storage(Int)
    /// An index into `PickleHeap.tensors`.
    case tensor(Int)
    /// Something that says nothing about weights and is left out, such as a date or the options of a program.
    case inert

    /// What the value is, in messages.
    var kind: String {
        switch self {
        case .none: "None"
        case .bool: "a bool"
        case .integer, .bigInteger: "an integer"
        case .double: "a float"
        case .string: "a string"
        case .bytes: "bytes"
        case .sequence: "a list or tuple"
        case .dictionary: "a dictionary"
        case .global(let global): "\(global)"
        case .storage: "a storage"
        case .tensor: "a tensor"
        case .inert: "something other than tensors"
        }
    }
}

/// The only names that a pickle may refer to. Nothing of them is ever run: each stands for a few lines of the reader.
enum PickleGlobal: Equatable {
    case orderedDictionary
    case size
    case rebuildTensor
    case rebuildParameter
    case storage(StoredType)
    /// A class whose objects people keep beside weights. What is made of it is left out.
    case inert

    /// Finds the global that a pickle calls `module.name`, if it is allowed.
    init?(module: String, name: String) {
        switch (module, name) {
        case ("collections", "OrderedDict"): self = .orderedDictionary
        case ("torch", "Size"): self = .size
        case ("torch._utils", "_rebuild_tensor"), ("torch._utils", "_rebuild_tensor_v2"): self = .rebuildTensor
        case ("torch._utils", "_rebuild_parameter"): self = .rebuildParameter
        case ("torch", _), ("torch.cuda", _), ("torch.storage", _):
            if let type = Self.storageTypes[name] {
                self = .storage(type)
                return
            }
            fallthrough
        default:
            guard Self.inertNames.contains("\(module).\(name)") else { return nil }
            self = .inert
        }
    }

    private static let inertNames: Set<String> = [
        "argparse.Namespace", "datetime.datetime", "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib._local.PosixPath", "builtins.set",
        "__builtin__.set", "numpy.dtype", "numpy.core.multiarray.scalar", "numpy._core.multiarray.scalar", "_codecs.encode", "torch.device",
        "torch.float32", "torch.float64", "torch.float16", "torch.bfloat16", "torch.int64",
    ]

    private static let storageTypes: [String: StoredType] = [
        "FloatStorage": .tensor(.float32), "HalfStorage": .tensor(.float16), "BFloat16Storage": .tensor(.bfloat16),
        "DoubleStorage": .tensor(.float64), "LongStorage": .tensor(.int64), "ByteStorage": .tensor(.uint8),
        "UntypedStorage": .tensor(.uint8), "BoolStorage": .tensor(.bool), "CharStorage": .int8, "ShortStorage": .int16,
        "IntStorage": .int32,
    ]
}

/// A reference to the numbers of one or more tensors, which lie outside the pickle.
struct PickleStorage {
    let type: StoredType
    let key: String
    /// The number of elements that the pickle says there are.
    let count: Int
    /// The element of the file's storage that this one begins with; not 0 only in files of PyTorch before 0.4.
    let start: Int
}

/// A tensor as a view into a storage, offset and strides in elements.
struct PickleTensor {
    let storage: Int
    let offset: Int
    let shape: [Int]
    let strides: [Int]
}

/// The containers that a pickle has built.
struct PickleHeap {
    /// The bytes that the pickle may take. What is copied out of containers, and what is found in them, is bounded by it: a few bytes can
    /// refer to one list again and again.
    let byteCount: Int
    private var copiesLeft: Int

    var sequences: [[PickleValue]] = []
    var dictionaries: [[(key: PickleValue, value: PickleValue)]] = []
    var storages: [PickleStorage] = []
    var tensors: [PickleTensor] = []

    init(byteCount: Int) {
        self.byteCount = byteCount
        copiesLeft = byteCount
    }

    /// Accounts for items that are copied out of a container; each of them took a byte at least when it was put there.
    ///
    /// - Throws: `CheckpointError.damaged` once more were copied than a pickle of this size can mean.
    mutating func copy(_ count: Int, file: String) throws(CheckpointError) {
        copiesLeft -= count
        guard copiesLeft >= 0 else { throw repeatsTooMuch(file: file) }
    }

    func repeatsTooMuch(file: String) -> CheckpointError {
        .damaged(file: file, reason: "the pickle repeats its lists until they hold more than its \(byteCount) bytes can")
    }

    mutating func sequence(_ items: [PickleValue] = []) -> PickleValue {
        sequences.append(items)
        return .sequence(sequences.count - 1)
    }

    mutating func dictionary() -> PickleValue {
        dictionaries.append([])
        return .dictionary(dictionaries.count - 1)
    }

    mutating func storage(_ storage: PickleStorage) -> PickleValue {
        storages.append(storage)
        return .storage(storages.count - 1)
    }

    mutating func tensor(_ tensor: PickleTensor) -> PickleValue {
        tensors.append(tensor)
        return .tensor(tensors.count - 1)
    }
}
