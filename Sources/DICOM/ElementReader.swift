import Foundation

/// One element of a data set: where its value lies.
struct DICOMElement {
    let tag: DICOMTag
    /// The type of the value as its two letters; `nil` where the encoding does not name it.
    let type: String?
    let range: Range<Int>
    /// Whether the value ends with a delimiter instead of having a length.
    let isDelimited: Bool
}

/// The bytes of a data set and how numbers are stored in them.
struct DICOMBytes {
    let name: String
    let data: Data
    var isExplicit = true
    var isBigEndian = false

    /// The number at an offset; 0 where the bytes end before it does.
    func number<Field: FixedWidthInteger>(at offset: Int, _ type: Field.Type = Field.self) -> Field {
        guard offset >= 0, offset + MemoryLayout<Field>.size <= data.count else { return 0 }
        let field = data.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: offset, as: Field.self) }
        return isBigEndian ? Field(bigEndian: field) : Field(littleEndian: field)
    }

    func tag(at offset: Int) -> DICOMTag {
        DICOMTag(group: number(at: offset), element: number(at: offset + 2))
    }

    /// The two letters of a type, if that is what stands there.
    func type(at offset: Int) -> String? {
        guard offset + 2 <= data.count else { return nil }
        let letters = [data[data.startIndex + offset], data[data.startIndex + offset + 1]]
        return letters.allSatisfy({ (0x41...0x5A).contains($0) }) ? String(decoding: letters, as: UTF8.self) : nil
    }

    func damaged(_ reason: String) -> DICOMError { .damaged(file: name, reason: reason) }
}

/// Reads elements one after the other, never beyond the end; sequences are walked over without recursion deeper than a limit.
///
/// The encoding: DICOM PS3.5, section 7.
struct ElementReader {
    private var bytes: DICOMBytes
    private(set) var position: Int
    private let end: Int
    private var depth = 0

    private static let mostNested = 64
    private static let undefined = UInt32.max
    private static let longTypes: Set<String> = ["OB", "OD", "OF", "OL", "OV", "OW", "SQ", "SV", "UC", "UN", "UR", "UT", "UV"]

    init(_ bytes: DICOMBytes, range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = range.upperBound
    }

    /// The tag of the next element, which stays unread.
    var nextTag: DICOMTag? { end - position >= 8 ? bytes.tag(at: position) : nil }

    /// The next element; `nil` at the end. A few bytes that are no element are padding.
    mutating func next() throws(DICOMError) -> DICOMElement? {
        guard let tag = nextTag else { return nil }
        var type: String?
        var length: UInt32
        let start = position
        if bytes.isExplicit, tag.group != 0xFFFE {
            guard let letters = bytes.type(at: position + 4) else {
                throw bytes.damaged("the element \(tag) at byte \(position) has no type")
            }
            type = letters
            if Self.longTypes.contains(letters) {
                guard end - position >= 12 else { throw bytes.damaged("it ends within the element \(tag)") }
                length = bytes.number(at: position + 8)
                position += 12
            } else {
                length = UInt32(bytes.number(at: position + 6, UInt16.self))
                position += 8
            }
        } else {
            length = bytes.number(at: position + 4)
            position += 8
        }
        let value = position
        if length == Self.undefined, tag != .itemEnd, tag != .sequenceEnd {
            let content = try skipItems(of: tag, isUnknown: type == "UN")
            return DICOMElement(tag: tag, type: type, range: value..<content, isDelimited: true)
        }
        guard Int(length) <= end - position else {
            let left = end - position
            throw bytes.damaged("it is cut off: the element \(tag) at byte \(start) says \(length) bytes and \(left) are left")
        }
        position += Int(length)
        return DICOMElement(tag: tag, type: type, range: value..<position, isDelimited: false)
    }

    /// Goes behind the delimiter of a sequence and returns where its items end.
    private mutating func skipItems(of tag: DICOMTag, isUnknown: Bool) throws(DICOMError) -> Int {
        depth += 1
        guard depth <= Self.mostNested else { throw bytes.damaged("sequences lie in one another, more than \(Self.mostNested) deep") }
        let outer = bytes.isExplicit
        // What was unknown to the writer keeps the encoding it came in.
        if isUnknown { bytes.isExplicit = false }
        defer {
            depth -= 1
            bytes.isExplicit = outer
        }
        while let next = nextTag {
            let length: UInt32 = bytes.number(at: position + 4)
            position += 8
            switch next {
            case .sequenceEnd: return position - 8
            case .item where length == Self.undefined:
                while true {
                    guard let inner = try self.next() else { throw bytes.damaged("an item of the element \(tag) does not end") }
                    if inner.tag == .itemEnd { break }
                }
            case .item:
                guard Int(length) <= end - position else {
                    throw bytes.damaged(
                        "it is cut off: an item of the element \(tag) says \(length) bytes and \(end - position) are left")
                }
                position += Int(length)
            default: throw bytes.damaged("the element \(tag) holds \(next) where an item was expected")
            }
        }
        throw bytes.damaged("it is cut off: the element \(tag) does not end")
    }
}
