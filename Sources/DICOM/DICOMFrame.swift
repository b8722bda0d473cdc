import Foundation

/// The samples of one frame as a file or a decoder has them.
public struct StoredFrame: Sendable {
    /// Samples, row by row.
    public var bytes: [UInt8]
    /// Bits of one sample: 1, 8, 16, 32; 64 for floating point.
    public var bits: Int
    /// The order of the bytes of a sample.
    public var isBigEndian: Bool
    /// Whether all samples of a colour come before those of the next.
    public var isPlanar: Bool
    /// Whether three samples are red, green and blue already, whatever the file says of its colours.
    public var isRGB: Bool

    /// Samples that a decoder made, pixel by pixel, the lowest byte first.
    public init(bytes: [UInt8], bits: Int, isBigEndian: Bool = false, isPlanar: Bool = false, isRGB: Bool = true) {
        self.bytes = bytes
        self.bits = bits
        self.isBigEndian = isBigEndian
        self.isPlanar = isPlanar
        self.isRGB = isRGB
    }
}

/// The pixels of one frame: samples, or what a codec has packed.
public enum DICOMFrame: Sendable {
    /// Samples, for `DICOMFile.picture(of:frame:)`.
    case stored(StoredFrame)
    /// A file of its own for a decoder of JPEG or JPEG 2000; what that makes is for `DICOMFile.picture(of:frame:)`.
    case encoded(Data)
}

extension DICOMFile {
    /// The pixels of a frame; run lengths and lossless JPEG are unpacked here.
    ///
    /// - Parameters:
    ///   - frame: 0..<frames.
    ///   - pixelLimit: The number of pixels above which a frame is refused.
    /// - Throws: `DICOMError` naming the file.
    public func frame(_ frame: Int, pixelLimit: Int = 1_000_000_000) throws(DICOMError) -> DICOMFrame {
        precondition((0..<frames).contains(frame), "there is no frame \(frame) among \(frames)")
        let pixels = width * height
        guard pixels <= pixelLimit else { throw .tooLarge(file: name, width: width, height: height, limit: pixelLimit) }
        guard transferSyntax.isEncapsulated else { return .stored(try nativeFrame(frame)) }
        guard let element = root[.pixels] else { throw .noPicture(file: name, what: "without pixel data") }
        guard element.isDelimited else { throw bytes.damaged("its pixels are \(transferSyntax.name) and lie in no fragments") }
        let fragments = try PixelFragments(element, in: bytes, root: root, count: frames).frames[frame]
        var packed = Data()
        bytes.data.withUnsafeBytes { source in
            for fragment in fragments { packed.append(contentsOf: source[fragment]) }
        }
        switch transferSyntax {
        case .runLengths:
            guard layout.allocated >= 8 else { throw bytes.damaged("it says RLE with \(layout.allocated) bits for a sample") }
            do throws(RunLengths.Problem) {
                let samples = try RunLengths.unpacked(packed, pixels: pixels, bands: layout.bands, width: layout.allocated / 8)
                return .stored(StoredFrame(bytes: samples, bits: layout.allocated, isRGB: false))
            } catch {
                throw bytes.damaged(error.reason)
            }
        case .jpegLossless, .jpegLosslessFirstOrder:
            guard layout.allocated >= 8 else { throw bytes.damaged("it says JPEG with \(layout.allocated) bits for a sample") }
            do throws(LosslessJPEG.Problem) {
                let samples = try LosslessJPEG.unpacked(
                    packed, width: width, height: height, bands: layout.bands, sampleWidth: layout.allocated / 8)
                return .stored(StoredFrame(bytes: samples, bits: layout.allocated, isRGB: false))
            } catch {
                throw bytes.damaged(error.reason)
            }
        case .jpegLSLossless, .jpegLSNearLossless:
            guard JPEGLS.isAvailable else {
                throw .unsupported(
                    file: name, what: "pixel data packed by \(transferSyntax.name) without CharLS",
                    remedy: "install it (Debian and Ubuntu: apt-get install libcharls2), or \(DICOMTransferSyntax.conversion)")
            }
            do throws(JPEGLS.Problem) {
                return .stored(try JPEGLS.unpacked(packed, width: width, height: height, bands: layout.bands))
            } catch {
                throw bytes.damaged(error.reason)
            }
        default: return .encoded(packed)
        }
    }

    /// The error for a frame that a decoder cannot read.
    ///
    /// - Parameter reason: What the decoder says.
    public func undecodable(_ reason: String) -> DICOMError {
        .unsupported(
            file: name, what: "pixel data packed by \(transferSyntax.name) with \(layout.stored) bits (\(reason))",
            remedy: DICOMTransferSyntax.conversion)
    }

    private func nativeFrame(_ frame: Int) throws(DICOMError) -> StoredFrame {
        guard let element = root[.pixels] ?? root[.floatPixels] ?? root[.doublePixels] else {
            throw .noPicture(file: name, what: "without pixel data")
        }
        let bits = layout.frameBits
        // Sides of 16 bits, 24 bits of frames and 8 of samples: no overflow.
        guard (bits * frames + 7) / 8 <= element.range.count else {
            throw bytes.damaged(
                "\(frames == 1 ? "its picture needs" : "its \(frames) frames need") \((bits * frames + 7) / 8) bytes and it has "
                    + "\(element.range.count)")
        }
        // Frames of single bits need not begin with a byte.
        let (first, shift) = ((bits * frame) / 8, (bits * frame) % 8)
        let start = element.range.lowerBound + first
        var samples = bytes.data.withUnsafeBytes { Array($0[start..<start + (bits + shift + 7) / 8]) }
        if layout.allocated == 1 {
            samples = (0..<bits).map { samples[($0 + shift) / 8] >> UInt8(($0 + shift) % 8) & 1 }
        } else if layout.allocated == 8, bytes.isBigEndian, element.type == "OW" {
            // Bytes lie in words, whose higher one comes first; a frame of odd length begins within a word.
            let limit = element.range.count
            samples = (0..<samples.count).map {
                bytes.data[bytes.data.startIndex + element.range.lowerBound + min((first + $0) ^ 1, limit - 1)]
            }
        }
        return StoredFrame(
            bytes: samples, bits: max(8, layout.allocated), isBigEndian: bytes.isBigEndian, isPlanar: layout.isPlanar, isRGB: false)
    }
}
