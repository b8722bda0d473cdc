import Foundation

/// Reads pickles without running anything in them.
///
/// A pickle is a program for a stack machine that may call any Python function. This reader knows the opcodes that torch.save
/// has used (protocols 2 to 5, Python 2 and 3) and the few names of `PickleGlobal`; everything else is an error.
///
/// Opcodes: https://github.com/python/cpython/blob/main/Lib/pickletools.py
struct PickleReader {
    private(set) var heap: PickleHeap
    private var cursor: ByteCursor
    private var stack: [PickleValue] = []
    private var marks: [Int] = []
    private var memo: [Int: PickleValue] = [:]

    init(_ cursor: ByteCursor) {
        self.cursor = cursor
        heap = PickleHeap(byteCount: cursor.remaining)
    }

    /// The byte after the last pickle that was read.
    var position: Int { cursor.position }

    /// Runs one pickle and gives its result; the containers in it are in `heap`.
    ///
    /// - Throws: `CheckpointError.damaged`, `.refused` for a name that is not allowed, `.unsupported`.
    mutating func read() throws(CheckpointError) -> PickleValue {
        stack = []
        marks = []
        memo = [:]
        while true {
            let opcode = try cursor.integer(UInt8.self)
            if opcode == UInt8(ascii: ".") { return try pop() }
            if try !pushNumber(opcode), try !pushText(opcode), try !changeStack(opcode), try !build(opcode) {
                throw damaged("unknown pickle opcode \(opcode)")
            }
        }
    }

    private mutating func pushNumber(_ opcode: UInt8) throws(CheckpointError) -> Bool {
        switch opcode {
        case UInt8(ascii: "N"): stack.append(.none)
        case 0x88: stack.append(.bool(true))
        case 0x89: stack.append(.bool(false))
        case UInt8(ascii: "K"): stack.append(.integer(Int(try cursor.integer(UInt8.self))))
        case UInt8(ascii: "M"): stack.append(.integer(Int(try cursor.integer(UInt16.self))))
        case UInt8(ascii: "J"): stack.append(.integer(Int(try cursor.integer(Int32.self))))
        case 0x8A: stack.append(long(try cursor.read(Int(try cursor.integer(UInt8.self)))))
        case 0x8B: stack.append(long(try cursor.read(Int(try cursor.integer(Int32.self)))))
        case UInt8(ascii: "G"): stack.append(.double(Double(bitPattern: try cursor.integer(UInt64.self).byteSwapped)))
        default: return false
        }
        return true
    }

    private mutating func pushText(_ opcode: UInt8) throws(CheckpointError) -> Bool {
        switch opcode {
        case UInt8(ascii: "X"): stack.append(try text(try cursor.read(Int(try cursor.integer(UInt32.self)))))
        case 0x8C: stack.append(try text(try cursor.read(Int(try cursor.integer(UInt8.self)))))
        case 0x8D: stack.append(try text(try cursor.read(try length(UInt64.self))))
        // Python 2 wrote its str, which is text more often than not, with these two.
        case UInt8(ascii: "U"): stack.append(textOrBytes(try cursor.read(Int(try cursor.integer(UInt8.self)))))
        case UInt8(ascii: "T"): stack.append(textOrBytes(try cursor.read(Int(try cursor.integer(Int32.self)))))
        case UInt8(ascii: "C"): stack.append(.bytes(try cursor.read(Int(try cursor.integer(UInt8.self)))))
        case UInt8(ascii: "B"): stack.append(.bytes(try cursor.read(Int(try cursor.integer(UInt32.self)))))
        case 0x8E: stack.append(.bytes(try cursor.read(try length(UInt64.self))))
        case UInt8(ascii: "c"):
            let module = String(decoding: try cursor.line(), as: UTF8.self)
            stack.append(try global(module, String(decoding: try cursor.line(), as: UTF8.self)))
        case 0x93:
            guard case .string(let name) = try pop(), case .string(let module) = try pop() else { throw damaged("a name is not text") }
            stack.append(try global(module, name))
        default: return false
        }
        return true
    }

    private mutating func changeStack(_ opcode: UInt8) throws(CheckpointError) -> Bool {
        switch opcode {
        case 0x80:
            let version = try cursor.integer(UInt8.self)
            guard (2...5).contains(version) else { throw damaged("pickle protocol \(version), where 2 to 5 are known") }
        case 0x95: _ = try cursor.integer(UInt64.self)
        case UInt8(ascii: "("): marks.append(stack.count)
        case UInt8(ascii: "0"): _ = try pop()
        case UInt8(ascii: "1"): _ = try popToMark()
        case UInt8(ascii: "2"): stack.append(try top())
        case UInt8(ascii: "q"): memo[Int(try cursor.integer(UInt8.self))] = try top()
        case UInt8(ascii: "r"): memo[Int(try cursor.integer(UInt32.self))] = try top()
        case 0x94: memo[memo.count] = try top()
        case UInt8(ascii: "h"): stack.append(try recall(Int(try cursor.integer(UInt8.self))))
        case UInt8(ascii: "j"): stack.append(try recall(Int(try cursor.integer(UInt32.self))))
        default: return false
        }
        return true
    }

    private mutating func build(_ opcode: UInt8) throws(CheckpointError) -> Bool {
        switch opcode {
        case UInt8(ascii: ")"), UInt8(ascii: "]"): stack.append(heap.sequence())
        case UInt8(ascii: "t"): stack.append(heap.sequence(try popToMark()))
        case 0x85...0x87:
            let count = Int(opcode) - 0x84
            guard stack.count - (marks.last ?? 0) >= count else { throw damaged("the pickle's stack runs empty") }
            let items = Array(stack.suffix(count))
            stack.removeLast(count)
            stack.append(heap.sequence(items))
        case UInt8(ascii: "}"): stack.append(heap.dictionary())
        case UInt8(ascii: "a"):
            let item = try pop()
            try appendToList([item])
        case UInt8(ascii: "e"): try appendToList(try popToMark())
        case UInt8(ascii: "s"):
            let value = try pop()
            try setItems([try pop(), value])
        case UInt8(ascii: "u"): try setItems(try popToMark())
        case UInt8(ascii: "Q"): stack.append(heap.storage(try PickleCalls.storage(try pop(), heap, file: cursor.file.name)))
        case 0x81:
            // An object that is made without its initialiser: of the allowed names, only of those that are left out.
            _ = try pop()
            guard case .global(.inert) = try pop() else { throw damaged("an object of something that is no class") }
            stack.append(.inert)
        case UInt8(ascii: "R"):
            let arguments = try pop()
            stack.append(try PickleCalls.call(try pop(), arguments, &heap, file: cursor.file.name))
        case UInt8(ascii: "b"):
            // Attributes of dictionaries and tensors, such as the state dict's `_metadata`, are versions and flags.
            _ = try pop()
            switch try top() {
            case .dictionary, .tensor, .inert: break
            case let other: throw damaged("attributes for \(other.kind)")
            }
        default: return false
        }
        return true
    }

    private mutating func appendToList(_ items: [PickleValue]) throws(CheckpointError) {
        guard case .sequence(let list) = try top() else { throw damaged("an item for something that is no list") }
        heap.sequences[list] += items
    }

    private mutating func setItems(_ items: [PickleValue]) throws(CheckpointError) {
        guard case .dictionary(let dictionary) = try top(), items.count.isMultiple(of: 2) else {
            throw damaged("an entry for something that is no dictionary")
        }
        for index in stride(from: 0, to: items.count, by: 2) {
            heap.dictionaries[dictionary].append((items[index], items[index + 1]))
        }
    }

    private func top() throws(CheckpointError) -> PickleValue {
        guard stack.count > marks.last ?? 0, let value = stack.last else { throw damaged("the pickle's stack runs empty") }
        return value
    }

    private mutating func pop() throws(CheckpointError) -> PickleValue {
        let value = try top()
        stack.removeLast()
        return value
    }

    private mutating func popToMark() throws(CheckpointError) -> [PickleValue] {
        guard let mark = marks.popLast() else { throw damaged("the pickle lacks a mark") }
        let items = Array(stack[mark...])
        stack.removeSubrange(mark...)
        return items
    }

    private func recall(_ index: Int) throws(CheckpointError) -> PickleValue {
        guard let value = memo[index] else { throw damaged("the pickle recalls entry \(index), which was never stored") }
        return value
    }

    private func global(_ module: String, _ name: String) throws(CheckpointError) -> PickleValue {
        if let global = PickleGlobal(module: module, name: name) { return .global(global) }
        if module.hasPrefix("torch"), name.hasSuffix("Storage") {
            throw .unsupported(file: cursor.file.name, what: "tensors in a \(module).\(name)")
        }
        throw .refused(file: cursor.file.name, global: "\(module).\(name)")
    }

    private func long(_ bytes: Data) -> PickleValue {
        guard bytes.count <= 8 else { return .bigInteger(bytes) }
        let sign: UInt64 = (bytes.last ?? 0) & 0x80 == 0 ? 0 : .max
        let pattern = bytes.reversed().reduce(sign) { $0 << 8 | UInt64($1) }
        return .integer(Int(Int64(bitPattern: pattern)))
    }

    private mutating func length<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(CheckpointError) -> Int {
        let length = try cursor.integer(type)
        guard let length = Int(exactly: length) else { throw damaged("a text of \(length) bytes") }
        return length
    }

    private func text(_ bytes: Data) throws(CheckpointError) -> PickleValue {
        guard let text = String(bytes: bytes, encoding: .utf8) else { throw damaged("a text is not UTF-8") }
        return .string(text)
    }

    private func textOrBytes(_ bytes: Data) -> PickleValue {
        String(bytes: bytes, encoding: .utf8).map { .string($0) } ?? .bytes(bytes)
    }

    private func damaged(_ reason: String) -> CheckpointError {
        .damaged(file: cursor.file.name, reason: "\(reason) (before byte \(cursor.position))")
    }
}
