import CTIFF
import Foundation

/// Images of TIFF files whose samples libvips does not take: floats of 16 and 64 bits, whole numbers of 64 and of 9 to 15 bits.
enum TIFFSamples {
    /// Decodes a directory with libtiff; `nil` where it cannot be decoded, because it is damaged.
    static func decode(_ file: UnsafeRawBufferPointer, _ directory: TIFFDirectory) -> PixelImage? {
        guard let type = directory.sampleType else { return nil }
        let (width, height, bands, bits) = (directory.width, directory.height, directory.samples, directory.bits)
        var shape = CTIFFShape(width: UInt32(width), height: UInt32(height), samples: UInt16(bands), bits: UInt16(bits))
        let rowSize = (width * bands * bits + 7) / 8
        // A header may want more memory than there is.
        guard let memory = malloc(rowSize * height) else { return nil }
        defer { free(memory) }
        guard ctiff_decode(file.baseAddress, file.count, UInt32(directory.index), &shape, memory) else { return nil }
        let stored = UnsafeRawBufferPointer(start: memory, count: rowSize * height)
        let count = width * height * bands
        func floats<Stored>(_ kind: Stored.Type, _ value: (Stored) -> Float) -> PixelImage {
            PixelImage(of: Float.self, width: width, height: height, bands: bands, hasAlpha: directory.hasAlpha, storedAs: type) {
                samples in
                for index in 0..<count {
                    let number = stored.loadUnaligned(fromByteOffset: index * MemoryLayout<Stored>.size, as: kind)
                    samples.initializeElement(at: index, to: value(number))
                }
            }
        }
        switch type {
        case .float16: return floats(UInt16.self) { half($0) }
        case .float64: return floats(Double.self) { Float($0) }
        case .int64: return floats(Int64.self) { Float($0) }
        case .uint64: return floats(UInt64.self) { Float($0) }
        default:
            return PixelImage(of: UInt16.self, width: width, height: height, bands: bands, hasAlpha: directory.hasAlpha) { samples in
                for row in 0..<height {
                    unpack(stored, row * rowSize, bits, into: samples, row * width * bands..<(row + 1) * width * bands)
                }
            }
        }
    }

    /// Samples of 9 to 15 bits behind one another, the first bit of a byte first.
    private static func unpack(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, _ bits: Int, into samples: UnsafeMutableBufferPointer<UInt16>, _ row: Range<Int>
    ) {
        var (held, count, next): (UInt32, Int, Int) = (0, 0, start)
        for index in row {
            while count < bits {
                held = held << 8 | UInt32(bytes[next])
                (count, next) = (count + 8, next + 1)
            }
            count -= bits
            samples.initializeElement(at: index, to: UInt16(held >> UInt32(count)))
            held &= 1 << UInt32(count) - 1
        }
    }

    /// A number of IEEE 754's 16 bits: a sign, 5 of exponent, 10 of fraction. Not every platform has such a type.
    static func half(_ bits: UInt16) -> Float {
        let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Float(bits & 0x3FF))
        let magnitude: Float =
            switch exponent {
            case 0: Float(sign: .plus, exponent: -24, significand: fraction)
            case 31: fraction == 0 ? .infinity : .nan
            default: Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }
}
