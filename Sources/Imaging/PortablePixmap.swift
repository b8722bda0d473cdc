import Foundation

/// The parts of PPM and PGM files that libvips leaves out: levels of white other than the full scale, and writing.
enum PortablePixmap {
    /// The content of a binary PGM (one band) or PPM (three bands) file.
    static func encode(_ image: PixelImage) -> Data {
        let white = image.format == .uint8 ? 255 : 65535
        var data = Data("P\(image.bands == 1 ? 5 : 6)\n\(image.width) \(image.height)\n\(white)\n".utf8)
        if image.format == .uint8 {
            data.append(contentsOf: image.bytes)
        } else {
            image.withSamples(of: UInt16.self) { samples in
                for sample in samples {
                    data.append(UInt8(sample >> 8))
                    data.append(UInt8(sample & 0xFF))
                }
            }
        }
        return data
    }

    /// The decoded image with the header's level of white stretched to the full scale.
    static func stretchingLevels(of image: PixelImage, header: UnsafeRawBufferPointer) -> PixelImage {
        guard let white = levelOfWhite(header) else { return image }
        return switch image.format {
        case .uint8 where (1..<255).contains(white): stretched(image, UInt8.self, white: Double(white))
        case .uint16 where (1..<65535).contains(white): stretched(image, UInt16.self, white: Double(white))
        default: image
        }
    }

    /// Why what a header says cannot be: libvips takes a sign for a space, and makes the pixels up that the file does not have.
    ///
    /// - Parameter pixelLimit: Images of more pixels are not looked at: they are refused for that.
    static func problem(in bytes: UnsafeRawBufferPointer, pixelLimit: Int) -> String? {
        guard bytes.count > 2, let kind = Kind(bytes[1]) else { return nil }
        guard let header = Header(bytes, fields: kind.isBitmap ? 2 : 3) else { return "its header is no list of whole numbers" }
        let (width, height) = (header.fields[0], header.fields[1])
        let largest = 10_000_000
        guard (1...largest).contains(width), (1...largest).contains(height) else { return "its header says \(width)x\(height) pixels" }
        guard width * height <= pixelLimit else { return nil }
        // Of texts, a digit a sample at least.
        let samples = width * kind.bands * height
        let needed = kind.isBinary ? (kind.isBitmap ? (width + 7) / 8 * height : samples * (header.fields[2] > 255 ? 2 : 1)) : samples
        let found = bytes.count - header.end
        return found < needed ? "its header says \(width)x\(height) pixels, at least \(needed) bytes, and it has \(found)" : nil
    }

    /// The bytes of the image at the start of a stream; `nil` where the header is not there or not whole.
    static func length(of stream: ArraySlice<UInt8>) -> Int? {
        stream.withUnsafeBytes { bytes in
            guard bytes.count > 2, let kind = Kind(bytes[1]), kind.isBinary, !kind.isBitmap, let header = Header(bytes, fields: 3) else {
                return nil
            }
            let (pixels, isLarge) = header.fields[0].multipliedReportingOverflow(by: header.fields[1])
            guard !isLarge, pixels < 1 << 40 else { return .max }
            return header.end + pixels * kind.bands * (header.fields[2] > 255 ? 2 : 1)
        }
    }

    /// The fourth field of the header; bitmaps (P1 and P4) have none.
    private static func levelOfWhite(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count > 2, let kind = Kind(bytes[1]), !kind.isBitmap else { return nil }
        return Header(bytes, fields: 3)?.fields[2]
    }

    /// P1 to P6.
    private struct Kind {
        let isBinary: Bool
        let isBitmap: Bool
        let bands: Int

        init?(_ digit: UInt8) {
            guard (UInt8(ascii: "1")...UInt8(ascii: "6")).contains(digit) else { return nil }
            let number = digit - UInt8(ascii: "0")
            (isBinary, isBitmap, bands) = (number > 3, number % 3 == 1, number % 3 == 0 ? 3 : 1)
        }
    }

    /// Whole numbers behind the signature, with white space or comments between them.
    private struct Header {
        var fields: [Int] = []
        /// The byte behind the white space that ends the last one.
        var end = 2

        init?(_ bytes: UnsafeRawBufferPointer, fields wanted: Int) {
            var digits = ""
            var isComment = false
            for byte in bytes.dropFirst(2) {
                end += 1
                switch byte {
                case _ where isComment: isComment = byte != 0x0A
                case 0x30...0x39 where digits.utf8.count < 10: digits.unicodeScalars.append(Unicode.Scalar(byte))
                case 0x09...0x0D, 0x20, 0x23:
                    isComment = byte == 0x23
                    if let field = Int(digits) { fields.append(field) }
                    digits = ""
                    if fields.count == wanted { return }
                default: return nil
                }
            }
            return nil
        }
    }

    private static func stretched<Sample: PixelSample>(_ image: PixelImage, _ type: Sample.Type, white: Double) -> PixelImage {
        image.withSamples(of: type) { source in
            PixelImage(of: type, width: image.width, height: image.height, bands: image.bands) { target in
                for index in source.indices {
                    target.initializeElement(at: index, to: Sample(level: source[index].level / white * Sample.fullScale))
                }
            }
        }
    }
}
