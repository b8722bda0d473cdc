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

    /// The fourth field of the header; bitmaps (P1 and P4) have none.
    private static func levelOfWhite(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard bytes.count > 2, [0x32, 0x33, 0x35, 0x36].contains(bytes[1]) else { return nil }
        var fields: [Int] = []
        var digits = ""
        var isComment = false
        for byte in bytes.dropFirst(2) {
            if isComment {
                isComment = byte != 0x0A
            } else if (0x30...0x39).contains(byte) {
                digits.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                isComment = byte == 0x23
                if let field = Int(digits) { fields.append(field) }
                digits = ""
                if fields.count == 3 { return fields[2] }
            }
        }
        return nil
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
