import Foundation

/// The elements of a data set that are wanted, with their values read when they are asked for.
struct DataSet {
    private let bytes: DICOMBytes
    private var elements: [DICOMTag: DICOMElement] = [:]

    /// Reads the elements of a part of a file, up to the pixels; where a tag comes twice, the first counts.
    init(_ bytes: DICOMBytes, range: Range<Int>) throws(DICOMError) {
        self.bytes = bytes
        var reader = ElementReader(bytes, range: range)
        while let element = try reader.next() {
            if DICOMTag.wanted.contains(element.tag), elements[element.tag] == nil { elements[element.tag] = element }
            if element.tag == .pixels || element.tag == .itemEnd { break }
        }
    }

    subscript(tag: DICOMTag) -> DICOMElement? { elements[tag] }

    /// The text of an element without its padding; an empty one is none.
    func text(_ tag: DICOMTag) -> String? {
        guard let element = elements[tag] else { return nil }
        let text = bytes.data.withUnsafeBytes { String(decoding: $0[element.range].prefix(4096), as: UTF8.self) }
        let trimmed = text.trimmingCharacters(in: CharacterSet(charactersIn: " \0"))
        return trimmed.isEmpty ? nil : trimmed
    }

    /// The numbers of an element, written as text or in binary; empty where it has none or some are no finite numbers.
    ///
    /// - Parameter isSigned: Of 16-bit numbers whose type the file does not name.
    func numbers(_ tag: DICOMTag, isSigned: Bool = false) -> [Double] {
        guard let element = elements[tag] else { return [] }
        let isNamed = element.type != nil && element.type != "UN"
        let isText = isNamed ? ["IS", "DS", "LO", "SH", "CS"].contains(element.type) : DICOMTag.texts.contains(tag)
        if isText {
            let parts = (text(tag) ?? "").split(separator: "\\", omittingEmptySubsequences: false)
            let numbers = parts.compactMap { Double($0.trimmingCharacters(in: .whitespaces)) }
            return numbers.count == parts.count && numbers.allSatisfy(\.isFinite) ? numbers : []
        }
        switch element.type {
        case "UL": return values(element, UInt32.self).map(Double.init)
        case "SL": return values(element, Int32.self).map(Double.init)
        case "FL": return values(element, UInt32.self).map { Double(Float(bitPattern: $0)) }.filter(\.isFinite)
        case "FD": return values(element, UInt64.self).map { Double(bitPattern: $0) }.filter(\.isFinite)
        case "SS": return values(element, Int16.self).map(Double.init)
        case .some("US"): return values(element, UInt16.self).map(Double.init)
        default: return isSigned ? values(element, Int16.self).map(Double.init) : values(element, UInt16.self).map(Double.init)
        }
    }

    /// The first number, where it is a whole one.
    func integer(_ tag: DICOMTag, isSigned: Bool = false) -> Int? {
        numbers(tag, isSigned: isSigned).first.flatMap { Int(exactly: $0) }
    }

    /// The words of an element.
    func words(_ tag: DICOMTag) -> [UInt16] { elements[tag].map { values($0, UInt16.self) } ?? [] }

    /// The numbers of 64 bits of an element.
    func longs(_ tag: DICOMTag) -> [UInt64] { elements[tag].map { values($0, UInt64.self) } ?? [] }

    /// The bytes of an element.
    func content(_ tag: DICOMTag) -> [UInt8] {
        guard let element = elements[tag] else { return [] }
        return bytes.data.withUnsafeBytes { Array($0[element.range]) }
    }

    private func values<Field: FixedWidthInteger>(_ element: DICOMElement, _ type: Field.Type) -> [Field] {
        let size = MemoryLayout<Field>.size
        return (0..<element.range.count / size).map { bytes.number(at: element.range.lowerBound + $0 * size) }
    }

    /// The data sets of the items of a sequence, at most `limit`.
    func items(_ tag: DICOMTag, limit: Int = 1 << 16) throws(DICOMError) -> [DataSet] {
        guard let element = elements[tag] else { return [] }
        var inner = bytes
        if element.type == "UN" { (inner.isExplicit, inner.isBigEndian) = (false, false) }
        var items: [DataSet] = []
        var position = element.range.lowerBound
        while element.range.upperBound - position >= 8, items.count < limit {
            let (next, length) = (inner.tag(at: position), inner.number(at: position + 4, UInt32.self))
            guard next == .item else { break }
            let start = position + 8
            if length == .max {
                // Walked over once more, up to the item's own end.
                var reader = ElementReader(inner, range: start..<element.range.upperBound)
                while let element = try reader.next(), element.tag != .itemEnd {}
                position = reader.position
            } else {
                guard Int(length) <= element.range.upperBound - start else {
                    throw bytes.damaged("an item of the element \(tag) says \(length) bytes and the sequence ends before")
                }
                position = start + Int(length)
            }
            items.append(try DataSet(inner, range: start..<position))
        }
        return items
    }

    /// The elements with those of the first items of some sequences laid over them.
    func flattened(_ sequences: [DICOMTag]) throws(DICOMError) -> DataSet {
        var result = self
        for sequence in sequences {
            guard let item = try items(sequence, limit: 1).first else { continue }
            result.elements.merge(item.elements) { _, new in new }
        }
        return result
    }
}
