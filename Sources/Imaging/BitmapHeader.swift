/// What stands in front of the pixels of a BMP file, checked against the file.
///
/// Headers of OS/2 (12 bytes, and 16 to 64) and of Windows (40, 52, 56, 108 and 124). The format: Microsoft's "BITMAPINFOHEADER structure"
/// (https://learn.microsoft.com/windows/win32/api/wingdi/ns-wingdi-bitmapinfoheader).
struct BitmapHeader {
    enum Packing {
        case none, runs8, runs4
    }

    let width: Int
    let height: Int
    /// Whether the first row is the topmost; it is the lowest otherwise.
    let isTopDown: Bool
    let bitsPerPixel: Int
    let packing: Packing
    /// The bits of red, green, blue and perhaps opacity within a pixel; empty where pixels are indices into the palette.
    let masks: [UInt32]
    /// Red, green and blue of one colour after another.
    let palette: [UInt8]
    /// The offset of the first row.
    let pixelStart: Int

    /// Samples per pixel of the picture.
    var bands: Int { masks.count == 4 ? 4 : 3 }

    /// Bytes from one row to the next, where they are not packed.
    var rowStride: Int { (width * bitsPerPixel + 31) / 32 * 4 }

    init(_ bytes: UnsafeRawBufferPointer) throws(BitmapFile.Problem) {
        guard bytes.count >= 18 else { throw .init(reason: "its header is cut off") }
        let size = bytes.number(at: 14, UInt32.self)
        let (isCore, isWindows) = (size == 12, [40, 52, 56, 108, 124].contains(size))
        guard isCore || isWindows || (16...64).contains(size) else { throw .init(reason: "its header says that it is \(size) bytes long") }
        guard size <= bytes.count - 14 else { throw .init(reason: "its header is cut off") }
        // Short headers of OS/2 leave out fields, which are 0 then.
        let header = UnsafeRawBufferPointer(rebasing: bytes[..<(14 + size)])

        width = isCore ? header.number(at: 18, UInt16.self) : header.number(at: 18, Int32.self)
        let rows = isCore ? header.number(at: 20, UInt16.self) : header.number(at: 22, Int32.self)
        (height, isTopDown) = (abs(rows), rows < 0)
        // As libvips has it. No product of sides, bits and bands can overflow then.
        let largest = 10_000_000
        guard (1...largest).contains(width), (1...largest).contains(height) else {
            throw .init(reason: "its header says \(width)x\(rows) pixels")
        }
        bitsPerPixel = header.number(at: isCore ? 24 : 28, UInt16.self)
        let compression = header.number(at: 30, UInt32.self)
        packing = try Self.packing(compression, bitsPerPixel: bitsPerPixel, isWindows: isWindows)

        // Masks have one place, whether the header ends before or behind it.
        let maskCount = compression == 3 ? (size < 56 ? 3 : 4) : compression == 6 ? 4 : 0
        let headerEnd = max(14 + size, maskCount > 0 ? 54 + 4 * maskCount : 0)
        guard headerEnd <= bytes.count else { throw .init(reason: "its header is cut off") }
        let stored = (0..<maskCount).map { UInt32(bytes.number(at: 54 + 4 * $0, UInt32.self)) }
        masks = try Self.masks(stored, bitsPerPixel: bitsPerPixel)

        let offset = bytes.number(at: 10, UInt32.self)
        // Some writers name no offset, or that of the palette.
        let isOffsetKnown = offset != 0 && (offset != headerEnd || !masks.isEmpty)
        guard !isOffsetKnown || (headerEnd...bytes.count).contains(offset) else {
            throw .init(reason: "its header ends at byte \(headerEnd) and says that pixels begin at \(offset) of \(bytes.count)")
        }
        let table = bytes[headerEnd..<(isOffsetKnown ? offset : bytes.count)]
        let entrySize = isCore ? 3 : 4
        var entries = 0
        if masks.isEmpty {
            let named = header.number(at: 46, UInt32.self)
            entries = named > 0 ? named : min(1 << bitsPerPixel, table.count / entrySize)
            guard entries > 0, entries <= table.count / entrySize else {
                throw .init(reason: "its header says \(entries) colours, \(entries * entrySize) bytes, and it has \(table.count)")
            }
        }
        palette = (0..<min(entries, 256)).flatMap { entry in
            [2, 1, 0].map { table[headerEnd + entry * entrySize + $0] }
        }
        pixelStart = isOffsetKnown ? offset : headerEnd + entries * entrySize
    }

    /// Refuses a file that cannot have as many pixels as its header says.
    func checkPixels(in bytes: UnsafeRawBufferPointer) throws(BitmapFile.Problem) {
        let found = bytes.count - pixelStart
        // The last row may lack what fills it up.
        let needed = rowStride * (height - 1) + (width * bitsPerPixel + 7) / 8
        if packing == .none, found < needed {
            throw .init(reason: "its header says \(width)x\(height) pixels, at least \(needed) bytes, and it has \(found)")
        }
        // Two bytes make at most 255 pixels; small pictures may skip more.
        if packing != .none, width * height > 128 * bytes.count + 1_000_000 {
            throw .init(reason: "its header says \(width)x\(height) pixels, too many for \(found) bytes of run lengths")
        }
    }

    private static func packing(_ compression: Int, bitsPerPixel: Int, isWindows: Bool) throws(BitmapFile.Problem) -> Packing {
        switch (compression, bitsPerPixel) {
        case (0, 1), (0, 2), (0, 4), (0, 8), (0, 16), (0, 24), (0, 32): return .none
        case (1, 8): return .runs8
        case (2, 4): return .runs4
        case (3, 16), (3, 24), (3, 32), (6, 16), (6, 24), (6, 32): if isWindows { return .none }
        case (4, _): if isWindows { throw .init(reason: "it holds a JPEG image, which is not supported") }
        case (5, _): if isWindows { throw .init(reason: "it holds a PNG image, which is not supported") }
        case (11...13, _): throw .init(reason: "it holds CMYK colours, which are not supported")
        default: break
        }
        throw .init(reason: "its header says \(bitsPerPixel) bits per pixel with compression \(compression), which is not supported")
    }

    /// The masks of a file, or those that its number of bits stands for. Without a mask of opacity there are three.
    private static func masks(_ stored: [UInt32], bitsPerPixel: Int) throws(BitmapFile.Problem) -> [UInt32] {
        guard stored.contains(where: { $0 != 0 }) else {
            return bitsPerPixel <= 8 ? [] : bitsPerPixel == 16 ? [0x7C00, 0x03E0, 0x001F] : [0xFF0000, 0x00FF00, 0x0000FF]
        }
        for mask in stored where mask != 0 {
            let ones = mask >> UInt32(mask.trailingZeroBitCount)
            guard ones & (ones &+ 1) == 0, 32 - mask.leadingZeroBitCount <= bitsPerPixel else {
                throw .init(reason: "its header has the mask 0x\(String(mask, radix: 16)) for pixels of \(bitsPerPixel) bits")
            }
        }
        return stored.last == 0 && stored.count == 4 ? Array(stored.dropLast()) : stored
    }
}

extension UnsafeRawBufferPointer {
    /// The number stored at an offset, lowest byte first; 0 where the bytes end before it does.
    fileprivate func number<Field: FixedWidthInteger>(at offset: Int, _ type: Field.Type) -> Int {
        guard offset + MemoryLayout<Field>.size <= count else { return 0 }
        return Int(Field(littleEndian: loadUnaligned(fromByteOffset: offset, as: type)))
    }
}
