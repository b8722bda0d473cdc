/// Turns the nested dictionaries and lists of a pickle into names with dots.
///
/// Tensors keep their place: `{"generator": {"model.1.weight": ...}}` gives `generator.model.1.weight`. Numbers and strings become
/// metadata under the same kind of name.
struct PickleFlattening {
    private(set) var tensors: [(name: String, tensor: PickleTensor)] = []
    private(set) var metadata: [String: String] = [:]

    private let heap: PickleHeap
    private let file: String
    // A few bytes of pickle can refer to one list twice, that one to another twice, and so on. Without repetitions there are no more items
    // than bytes, and names repeat the keys above them at most as often as these are nested.
    private var itemsLeft: Int
    private var nameBytesLeft: Int
    private static let mostItems = 1 << 20, mostNameBytes = 1 << 26, deepest = 32

    init(_ root: PickleValue, _ heap: PickleHeap, file: String) throws(CheckpointError) {
        self.heap = heap
        self.file = file
        itemsLeft = min(heap.byteCount, Self.mostItems)
        nameBytesLeft = min(heap.byteCount * Self.deepest, Self.mostNameBytes)
        switch root {
        case .dictionary: try visit(root, name: "", depth: 0)
        case .tensor: throw .unsupported(file: file, what: "a single tensor without a name; save a dictionary of tensors")
        default: throw .unsupported(file: file, what: "\(root.kind) where a dictionary of tensors is needed")
        }
    }

    private mutating func visit(_ value: PickleValue, name: String, depth: Int) throws(CheckpointError) {
        itemsLeft -= 1
        nameBytesLeft -= name.utf8.count
        guard depth <= Self.deepest else {
            throw .unsupported(file: file, what: "dictionaries nested over \(Self.deepest) deep ('\(name.prefix(80))')")
        }
        guard itemsLeft >= 0, nameBytesLeft >= 0 else { throw heap.repeatsTooMuch(file: file) }
        switch value {
        case .dictionary(let index):
            for (key, value) in heap.dictionaries[index] { try visit(value, name: join(name, try text(key)), depth: depth + 1) }
        case .sequence(let index):
            for (position, item) in heap.sequences[index].enumerated() {
                try visit(item, name: join(name, "\(position)"), depth: depth + 1)
            }
        case .tensor(let index): tensors.append((name, heap.tensors[index]))
        case .bool(let value): metadata[name] = "\(value)"
        case .integer(let value): metadata[name] = "\(value)"
        case .double(let value): metadata[name] = "\(value)"
        case .string(let value): metadata[name] = value
        case .none, .bigInteger, .bytes, .global, .storage, .inert: break
        }
    }

    private func join(_ prefix: String, _ name: String) -> String {
        prefix.isEmpty ? name : "\(prefix).\(name)"
    }

    private func text(_ key: PickleValue) throws(CheckpointError) -> String {
        switch key {
        case .string(let text): return text
        case .integer(let number): return "\(number)"
        default: throw .unsupported(file: file, what: "a dictionary with \(key.kind) as a key")
        }
    }
}
