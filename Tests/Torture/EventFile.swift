import Foundation

/// What TensorBoard would read of an event file: records of the messages `Event`, `Summary` and `SessionLog`.
struct EventFile {
    /// A value or a picture of a step.
    struct Value {
        let tag: String
        let step: Int
        /// The bytes of the number, the picture or the text.
        let content: Data
    }

    enum Record {
        case value(Value)
        /// What earlier files hold from this step on does not count.
        case start(step: Int)
    }

    private(set) var records: [Record] = []
    /// What is wrong before the last record; `nil` when nothing is.
    private(set) var problem: String?

    /// Reads a file, whose last record may be cut off.
    init(_ data: Data) {
        let bytes = [UInt8](data)
        func number(_ count: Int, at offset: Int) -> UInt64 { bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | UInt64($1) } }
        var offset = 0
        while bytes.count - offset >= 12 {
            guard number(4, at: offset + 8) == Self.maskedCheck(bytes[offset..<offset + 8]) else {
                problem = "the length at \(offset) has a wrong check value"
                return
            }
            let length = number(8, at: offset)
            guard length <= UInt64(max(0, bytes.count - offset - 16)) else { return }
            let end = offset + 12 + Int(length)
            guard number(4, at: end) == Self.maskedCheck(bytes[offset + 12..<end]) else {
                problem = "the record at \(offset) has a wrong check value"
                return
            }
            guard let event = ProtobufFields(bytes[offset + 12..<end]), read(event) else {
                problem = "the record at \(offset) is no event"
                return
            }
            offset = end + 4
        }
    }

    /// The values that count: later files override earlier ones from their first step on.
    ///
    /// - Parameter files: In the order of their names.
    static func values(of files: [EventFile]) -> [String: [Int: Data]] {
        var values: [String: [Int: Data]] = [:]
        for record in files.flatMap(\.records) {
            switch record {
            case .value(let value): values[value.tag, default: [:]][value.step] = value.content
            case .start(let step): values = values.mapValues { $0.filter { $0.key < step } }
            }
        }
        return values.filter { !$0.value.isEmpty }
    }

    private mutating func read(_ event: ProtobufFields) -> Bool {
        let step = Int(truncatingIfNeeded: event.integer(2) ?? 0)
        if let session = event.message(7), session.integer(1) == 1 { records.append(.start(step: step)) }
        guard let summary = event.message(5) else { return event.bytes(5) == nil }
        for bytes in summary.all(1) {
            guard let value = ProtobufFields(bytes), let tag = value.bytes(1) else { return false }
            let content = value.bytes(2) ?? value.message(4)?.bytes(4) ?? value.bytes(8) ?? []
            records.append(.value(Value(tag: String(decoding: tag, as: UTF8.self), step: step, content: Data(content))))
        }
        return true
    }

    private static let checkTable: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
    }

    private static func maskedCheck(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        let check = ~bytes.reduce(UInt32.max) { $0 >> 8 ^ checkTable[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] }
        return UInt64((check >> 15 | check << 17) &+ 0xA282_EAD8)
    }
}

/// The fields of one protobuf message, by number.
struct ProtobufFields {
    private var fields: [(number: UInt64, integer: UInt64, bytes: ArraySlice<UInt8>)] = []

    /// `nil` where the bytes are no message.
    init?(_ message: ArraySlice<UInt8>) {
        var rest = message
        func varint() -> UInt64? {
            var (value, shift): (UInt64, UInt64) = (0, 0)
            while let byte = rest.popFirst(), shift < 64 {
                value |= UInt64(byte & 0x7F) << shift
                if byte < 0x80 { return value }
                shift += 7
            }
            return nil
        }
        while !rest.isEmpty {
            guard let key = varint() else { return nil }
            switch key & 7 {
            case 0:
                guard let value = varint() else { return nil }
                fields.append((key >> 3, value, []))
            case 1, 2, 5:
                guard let length = key & 7 == 1 ? 8 : key & 7 == 5 ? 4 : varint(), length <= UInt64(rest.count) else { return nil }
                fields.append((key >> 3, 0, rest.prefix(Int(length))))
                rest = rest.dropFirst(Int(length))
            default: return nil
            }
        }
    }

    func integer(_ number: UInt64) -> UInt64? { fields.last { $0.number == number }?.integer }

    func bytes(_ number: UInt64) -> ArraySlice<UInt8>? { fields.last { $0.number == number }?.bytes }

    func all(_ number: UInt64) -> [ArraySlice<UInt8>] { fields.filter { $0.number == number }.map(\.bytes) }

    func message(_ number: UInt64) -> ProtobufFields? { bytes(number).flatMap(ProtobufFields.init) }
}
