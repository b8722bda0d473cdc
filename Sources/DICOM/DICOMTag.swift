/// The number of an element: its group and the element in it, as (0028,0010).
struct DICOMTag: Hashable, Comparable, CustomStringConvertible, ExpressibleByIntegerLiteral {
    let number: UInt32

    init(integerLiteral number: UInt32) { self.number = number }

    init(group: UInt16, element: UInt16) { number = UInt32(group) << 16 | UInt32(element) }

    var group: UInt16 { UInt16(number >> 16) }
    var element: UInt16 { UInt16(truncatingIfNeeded: number) }

    static func < (left: Self, right: Self) -> Bool { left.number < right.number }

    var description: String {
        func hexadecimal(_ number: UInt16) -> String {
            let digits = String(number, radix: 16, uppercase: true)
            return String(repeating: "0", count: 4 - digits.count) + digits
        }
        return "(\(hexadecimal(group)),\(hexadecimal(element)))"
    }
}

// The elements that are read. Every other one is skipped, what names a patient among them.
extension DICOMTag {
    static let mediaClass: Self = 0x0002_0002
    static let transferSyntax: Self = 0x0002_0010
    static let objectClass: Self = 0x0008_0016
    static let modality: Self = 0x0008_0060
    static let sliceThickness: Self = 0x0018_0050
    static let seriesUID: Self = 0x0020_000E
    static let instanceNumber: Self = 0x0020_0013
    static let position: Self = 0x0020_0032
    static let orientation: Self = 0x0020_0037
    static let samplesPerPixel: Self = 0x0028_0002
    static let photometric: Self = 0x0028_0004
    static let planarConfiguration: Self = 0x0028_0006
    static let numberOfFrames: Self = 0x0028_0008
    static let rows: Self = 0x0028_0010
    static let columns: Self = 0x0028_0011
    static let pixelSpacing: Self = 0x0028_0030
    static let bitsAllocated: Self = 0x0028_0100
    static let bitsStored: Self = 0x0028_0101
    static let highBit: Self = 0x0028_0102
    static let pixelRepresentation: Self = 0x0028_0103
    static let padding: Self = 0x0028_0120
    static let paddingLimit: Self = 0x0028_0121
    static let windowCenter: Self = 0x0028_1050
    static let windowWidth: Self = 0x0028_1051
    static let intercept: Self = 0x0028_1052
    static let slope: Self = 0x0028_1053
    static let rescaleType: Self = 0x0028_1054
    static let windowFunction: Self = 0x0028_1056
    static let paletteDescriptors: [Self] = [0x0028_1101, 0x0028_1102, 0x0028_1103]
    static let palettes: [Self] = [0x0028_1201, 0x0028_1202, 0x0028_1203]
    static let segmentedPalette: Self = 0x0028_1221
    static let modalityTable: Self = 0x0028_3000
    static let tableDescriptor: Self = 0x0028_3002
    static let tableData: Self = 0x0028_3006
    static let sharedGroups: Self = 0x5200_9229
    static let frameGroups: Self = 0x5200_9230
    static let extendedOffsets: Self = 0x7FE0_0001
    static let extendedLengths: Self = 0x7FE0_0002
    static let floatPixels: Self = 0x7FE0_0008
    static let doublePixels: Self = 0x7FE0_0009
    static let pixels: Self = 0x7FE0_0010
    /// Sequences of the groups of a frame: plane position and orientation, pixel measures, window, transformation of values.
    static let groupSequences: [Self] = [0x0020_9113, 0x0020_9116, 0x0028_9110, 0x0028_9132, 0x0028_9145]

    static let item: Self = 0xFFFE_E000
    static let itemEnd: Self = 0xFFFE_E00D
    static let sequenceEnd: Self = 0xFFFE_E0DD

    static let wanted: Set<Self> = Set(
        [
            mediaClass, transferSyntax, objectClass, modality, sliceThickness, seriesUID, instanceNumber, position, orientation,
            samplesPerPixel, photometric, planarConfiguration, numberOfFrames, rows, columns, pixelSpacing, bitsAllocated, bitsStored,
            highBit, pixelRepresentation, padding, paddingLimit, windowCenter, windowWidth, intercept, slope, rescaleType, windowFunction,
            segmentedPalette, modalityTable, tableDescriptor, tableData, sharedGroups, frameGroups, extendedOffsets, extendedLengths,
            floatPixels, doublePixels, pixels,
        ] + paletteDescriptors + palettes + groupSequences)

    /// Those whose numbers are written as text.
    static let texts: Set<Self> = [
        mediaClass, transferSyntax, objectClass, modality, sliceThickness, seriesUID, instanceNumber, position, orientation, photometric,
        numberOfFrames, pixelSpacing, windowCenter, windowWidth, intercept, slope, rescaleType, windowFunction,
    ]
}
