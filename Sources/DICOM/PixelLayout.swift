/// What the samples of a picture are: the colours of PS3.3, C.7.6.3.1.2.
enum Photometric: String {
    case monochrome1 = "MONOCHROME1"
    case monochrome2 = "MONOCHROME2"
    case rgb = "RGB"
    case palette = "PALETTE COLOR"
    case ybrFull = "YBR_FULL"
    case ybrFull422 = "YBR_FULL_422"
    /// Made RGB by the decoder of JPEG 2000.
    case ybrReversible = "YBR_RCT"
    case ybrIrreversible = "YBR_ICT"

    var isColour: Bool { self != .monochrome1 && self != .monochrome2 }

    /// Samples per pixel as they are stored.
    var stored: Int { isColour && self != .palette ? 3 : 1 }
}

/// How pixels are stored, checked against each other (PS3.3, C.7.6.3).
struct PixelLayout {
    let rows: Int
    let columns: Int
    let frames: Int
    let photometric: Photometric
    /// Bits of one sample in the file: 1, 8, 16, 32, and 64 for floating point.
    let allocated: Int
    /// How many of them count, and where they end.
    let stored: Int
    let highBit: Int
    let isSigned: Bool
    /// Whether samples are floating point.
    let isFloat: Bool
    /// Whether all reds come before all greens and blues.
    let isPlanar: Bool

    var bands: Int { photometric.stored }

    init(_ root: DataSet, name: String) throws(DICOMError) {
        func whole(_ tag: DICOMTag, _ what: String, _ allowed: ClosedRange<Int>, default missing: Int? = nil) throws(DICOMError) -> Int {
            guard let found = root.integer(tag) ?? missing else { throw .damaged(file: name, reason: "it does not say \(what) \(tag)") }
            guard allowed.contains(found) else { throw .damaged(file: name, reason: "it says \(found) \(what) \(tag)") }
            return found
        }
        func unsupported(_ what: String) -> DICOMError {
            .unsupported(file: name, what: what, remedy: DICOMTransferSyntax.conversion)
        }
        rows = try whole(.rows, "rows", 1...65535)
        columns = try whole(.columns, "columns", 1...65535)
        frames = try whole(.numberOfFrames, "frames", 1...(1 << 24), default: 1)
        let samples = try whole(.samplesPerPixel, "samples per pixel", 1...4, default: 1)
        let colours = root.text(.photometric) ?? (samples == 3 ? "RGB" : "MONOCHROME2")
        guard let photometric = Photometric(rawValue: colours) else { throw unsupported("the colour space \(colours.prefix(32))") }
        guard photometric.stored == samples else {
            throw .damaged(file: name, reason: "it says \(colours) with \(samples) samples per pixel")
        }
        self.photometric = photometric
        isPlanar = samples > 1 && (root.integer(.planarConfiguration) ?? 0) == 1
        if root[.floatPixels] != nil || root[.doublePixels] != nil, root[.pixels] == nil {
            (isFloat, isSigned) = (true, true)
            allocated = root[.floatPixels] != nil ? 32 : 64
            (stored, highBit) = (allocated, allocated - 1)
            return
        }
        isFloat = false
        allocated = try whole(.bitsAllocated, "bits allocated", 1...64)
        guard [1, 8, 16, 32].contains(allocated) else { throw unsupported("a picture with \(allocated) bits for a sample") }
        stored = try whole(.bitsStored, "bits stored", 1...allocated, default: allocated)
        highBit = try whole(.highBit, "as the highest bit", (stored - 1)...(allocated - 1), default: stored - 1)
        isSigned = try whole(.pixelRepresentation, "as the pixel representation", 0...1, default: 0) == 1
    }

    /// The least and the greatest number that the stored bits can be.
    var storedRange: ClosedRange<Int> {
        isSigned ? -(1 << (stored - 1))...(1 << (stored - 1)) - 1 : 0...(1 << stored) - 1
    }

    /// Bits of a frame where nothing is packed.
    var frameBits: Int {
        // Two pixels share the two differences of colour.
        let samples = photometric == .ybrFull422 ? 2 * ((columns + 1) / 2 * 2) * rows : rows * columns * bands
        return samples * allocated
    }
}
