import Foundation

/// Where the packed bytes of each frame lie: fragments of one element, told apart by the offset tables or by where codestreams begin
/// (PS3.5, annex A.4).
struct PixelFragments {
    /// The fragments of each frame, in order.
    let frames: [[Range<Int>]]

    /// - Parameters:
    ///   - element: The delimited pixel data.
    ///   - count: How many frames there have to be.
    /// - Throws: `DICOMError.damaged`.
    init(_ element: DICOMElement, in bytes: DICOMBytes, root: DataSet, count: Int) throws(DICOMError) {
        var fragments: [Range<Int>] = []
        var position = element.range.lowerBound
        while element.range.upperBound - position >= 8 {
            // The reader has checked tags and lengths on its way over them.
            let length = Int(bytes.number(at: position + 4, UInt32.self))
            let start = position + 8
            guard length <= element.range.upperBound - start else { throw bytes.damaged("a fragment of its pixels does not end") }
            fragments.append(start..<start + length)
            position = start + length
        }
        guard let table = fragments.first else { throw bytes.damaged("its pixels have no fragments") }
        fragments.removeFirst()
        let offsets = Self.offsets(table, in: bytes, root: root)
        guard let frames = Self.frames(of: fragments, count: count, offsets: offsets, in: bytes) else {
            throw bytes.damaged(
                "it says \(count) frames and has \(fragments.count) fragments with \(offsets.count) offsets, which do not tell them apart")
        }
        self.frames = frames
    }

    private static func offsets(_ table: Range<Int>, in bytes: DICOMBytes, root: DataSet) -> [Int] {
        let extended = root.longs(.extendedOffsets)
        if !extended.isEmpty { return extended.map { Int(clamping: $0) } }
        return (0..<table.count / 4).map { Int(bytes.number(at: table.lowerBound + 4 * $0, UInt32.self)) }
    }

    private static func frames(of fragments: [Range<Int>], count: Int, offsets: [Int], in bytes: DICOMBytes) -> [[Range<Int>]]? {
        if count == 1 { return fragments.isEmpty ? nil : [fragments] }
        if fragments.count == count { return fragments.map { [$0] } }
        guard let first = fragments.first, fragments.count > count else { return nil }
        var starts: [Int]
        if offsets.count == count {
            // Offsets count from the first fragment's tag, and lead to the tags of others.
            let places = Dictionary(fragments.enumerated().map { ($1.lowerBound - first.lowerBound, $0) }) { first, _ in first }
            starts = offsets.compactMap { places[$0] }
        } else {
            // A frame begins where a codestream of JPEG or JPEG 2000 does.
            starts = fragments.indices.filter { index in
                let fragment = fragments[index]
                let words = (bytes.number(at: fragment.lowerBound, UInt16.self), bytes.number(at: fragment.lowerBound + 2, UInt16.self))
                return fragment.count > 4 && (words == (0xD8FF, words.1) && words.1 & 0xFF == 0xFF || words == (0x4FFF, 0x51FF))
            }
        }
        guard starts.count == count, starts.first == 0, zip(starts, starts.dropFirst()).allSatisfy(<) else { return nil }
        starts.append(fragments.count)
        return zip(starts, starts.dropFirst()).map { Array(fragments[$0..<$1]) }
    }
}
