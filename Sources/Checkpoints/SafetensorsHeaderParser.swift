import Foundation

/// A parser for the part of JSON that safetensors headers use: objects, strings and arrays of whole numbers.
struct SafetensorsHeaderParser {
    private var cursor: ByteCursor

    init(_ cursor: ByteCursor) {
        self.cursor = cursor
    }

    /// Reads `{"key": value, ...}`; `value` reads each value.
    mutating func object(
        _ value: (inout SafetensorsHeaderParser, _ key: String) throws(CheckpointError) -> Void
    ) throws(CheckpointError) {
        var keys: Set<String> = []
        try expect("{")
        if try take("}") { return }
        repeat {
            let key = try string()
            guard keys.insert(key).inserted else { throw damaged("'\(key)' occurs twice") }
            try expect(":")
            try value(&self, key)
        } while try take(",")
        try expect("}")
    }

    /// Reads a tensor's description; `data` is where the offsets count from.
    mutating func tensor(name: String, data: Range<Int>) throws(CheckpointError) -> StoredTensor {
        var type: String?
        var shape: [Int]?
        var offsets: [Int] = []
        try object { parser, key throws(CheckpointError) in
            switch key {
            case "dtype": type = try parser.string()
            case "shape": shape = try parser.integers()
            case "data_offsets": offsets = try parser.integers()
            default: throw parser.damaged("tensor '\(name)' has an unknown field '\(key)'")
            }
        }
        guard let type, let shape, offsets.count == 2 else { throw damaged("tensor '\(name)' lacks dtype, shape or data_offsets") }
        guard let storedType = StoredType.safetensorsNames[type] else {
            throw .unsupported(file: cursor.file.name, what: "elements of type \(type) (tensor '\(name)')")
        }
        guard offsets[0] <= offsets[1], offsets[1] <= data.count else {
            throw damaged("tensor '\(name)' lies at \(offsets) in data of \(data.count) bytes")
        }
        let storage = data.lowerBound + offsets[0]..<data.lowerBound + offsets[1]
        return StoredTensor(name: name, type: storedType, storage: storage, rowMajor: shape)
    }

    /// Reads a string with its escapes.
    mutating func string() throws(CheckpointError) -> String {
        try expect("\"")
        var literal = Data()
        while true {
            let byte = try cursor.integer(UInt8.self)
            if byte == UInt8(ascii: "\"") { break }
            literal.append(byte)
            if byte == UInt8(ascii: "\\") { literal.append(try cursor.integer(UInt8.self)) }
        }
        let isPlain = !literal.contains { $0 == UInt8(ascii: "\\") || $0 < 0x20 }
        if isPlain, let text = String(bytes: literal, encoding: .utf8) { return text }
        let quote = Data("\"".utf8)
        guard let text = try? JSONDecoder().decode(String.self, from: quote + literal + quote) else {
            throw damaged("a name is not valid JSON text")
        }
        return text
    }

    /// Checks that only spaces are left.
    mutating func end() throws(CheckpointError) {
        if try next() != nil { throw damaged("the header goes on after its last brace") }
    }

    private mutating func integers() throws(CheckpointError) -> [Int] {
        var values: [Int] = []
        try expect("[")
        if try take("]") { return [] }
        repeat {
            guard values.count < StoredTensor.mostDimensions else {
                throw damaged("a list of over \(StoredTensor.mostDimensions) sizes")
            }
            values.append(try integer())
        } while try take(",")
        try expect("]")
        return values
    }

    private mutating func integer() throws(CheckpointError) -> Int {
        var digits = ""
        while let byte = try next(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), digits.utf8.count < 20 {
            digits.unicodeScalars.append(Unicode.Scalar(byte))
            _ = try cursor.skip(1)
        }
        guard let value = Int(digits) else { throw damaged("a size is not a whole number") }
        return value
    }

    /// The next byte that is not white space, which stays unread.
    private mutating func next() throws(CheckpointError) -> UInt8? {
        while let byte = cursor.peek() {
            guard [0x20, 0x0A, 0x0D, 0x09].contains(byte) else { return byte }
            _ = try cursor.skip(1)
        }
        return nil
    }

    private mutating func take(_ character: Unicode.Scalar) throws(CheckpointError) -> Bool {
        guard try next() == UInt8(ascii: character) else { return false }
        _ = try cursor.skip(1)
        return true
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(CheckpointError) {
        guard try take(character) else { throw damaged("'\(character)' is expected") }
    }

    private func damaged(_ reason: String) -> CheckpointError {
        .damaged(file: cursor.file.name, reason: "header, byte \(cursor.position): \(reason)")
    }
}
