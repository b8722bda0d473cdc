/// What the allowed calls and storage references of a pickle mean.
enum PickleCalls {
    /// Interprets a call of one of the allowed names.
    static func call(
        _ function: PickleValue, _ arguments: PickleValue, _ heap: inout PickleHeap, file: String
    ) throws(CheckpointError) -> PickleValue {
        guard case .global(let global) = function, case .sequence(let index) = arguments else {
            throw .damaged(file: file, reason: "the pickle calls \(function.kind)")
        }
        let arguments = heap.sequences[index]
        switch global {
        case .inert: return .inert
        case .orderedDictionary:
            return try dictionary(arguments, &heap, file: file)
        case .size:
            guard let first = arguments.first, case .sequence = first else {
                throw .damaged(file: file, reason: "torch.Size without sizes")
            }
            return first
        case .rebuildTensor:
            return heap.tensor(try tensor(arguments, heap, file: file))
        case .rebuildParameter:
            guard let first = arguments.first, case .tensor = first else {
                throw .damaged(file: file, reason: "a parameter without a tensor")
            }
            return first
        case .storage:
            throw .unsupported(file: file, what: "a storage that is made by the pickle")
        }
    }

    /// `OrderedDict()`, or `OrderedDict([[key, value], ...])` as Python 2 wrote it.
    private static func dictionary(
        _ arguments: [PickleValue], _ heap: inout PickleHeap, file: String
    ) throws(CheckpointError) -> PickleValue {
        var entries: [(key: PickleValue, value: PickleValue)] = []
        if case .sequence(let list) = arguments.first {
            try heap.copy(heap.sequences[list].count, file: file)
            for item in heap.sequences[list] {
                guard case .sequence(let pair) = item, heap.sequences[pair].count == 2 else {
                    throw .damaged(file: file, reason: "an OrderedDict of something other than pairs")
                }
                entries.append((heap.sequences[pair][0], heap.sequences[pair][1]))
            }
        }
        heap.dictionaries.append(entries)
        return .dictionary(heap.dictionaries.count - 1)
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks, metadata)`; older files stop earlier.
    private static func tensor(_ arguments: [PickleValue], _ heap: PickleHeap, file: String) throws(CheckpointError) -> PickleTensor {
        guard arguments.count >= 4, case .storage(let storage) = arguments[0], case .integer(let offset) = arguments[1],
            let shape = sizes(arguments[2], heap), let strides = sizes(arguments[3], heap)
        else {
            throw .damaged(
                file: file,
                reason: "a tensor lacks its storage, offset, size or stride, or has over \(StoredTensor.mostDimensions) dimensions")
        }
        if arguments.count > 6, case .dictionary(let flags) = arguments[6], !heap.dictionaries[flags].isEmpty {
            throw .unsupported(file: file, what: "a conjugated or negated view; save the tensor with .resolve_conj().resolve_neg()")
        }
        return PickleTensor(storage: storage, offset: offset, shape: shape, strides: strides)
    }

    /// `('storage', type, key, device, count)`, in the older format followed by None or `(key, first element, count)` of a view.
    static func storage(_ identifier: PickleValue, _ heap: PickleHeap, file: String) throws(CheckpointError) -> PickleStorage {
        guard case .sequence(let index) = identifier else {
            throw .damaged(file: file, reason: "a reference to something outside the pickle is no tuple")
        }
        let items = heap.sequences[index]
        guard items.count >= 5, case .string("storage") = items[0], case .global(.storage(let type)) = items[1],
            case .string(let key) = items[2], case .integer(let count) = items[4]
        else { throw .damaged(file: file, reason: "a storage lacks its type, key or size") }
        guard items.count > 5, case .sequence(let view) = items[5] else {
            return PickleStorage(type: type, key: key, count: count, start: 0)
        }
        let parts = heap.sequences[view]
        guard parts.count == 3, case .integer(let start) = parts[1], case .integer(let length) = parts[2] else {
            throw .damaged(file: file, reason: "the view of storage \(key) lacks its start or size")
        }
        return PickleStorage(type: type, key: key, count: length, start: start)
    }

    /// Whole numbers, as many as a tensor can have dimensions.
    private static func sizes(_ value: PickleValue, _ heap: PickleHeap) -> [Int]? {
        guard case .sequence(let index) = value, heap.sequences[index].count <= StoredTensor.mostDimensions else { return nil }
        let numbers = heap.sequences[index].compactMap { if case .integer(let number) = $0 { number } else { nil } }
        return numbers.count == heap.sequences[index].count ? numbers : nil
    }
}
