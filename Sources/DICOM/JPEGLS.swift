import CCharLS
import Foundation

/// JPEG-LS through CharLS, where that is installed.
enum JPEGLS {
    struct Problem: Error {
        let reason: String
    }

    static var isAvailable: Bool { ccharls_is_available() }

    /// Unpacks a frame to samples of one or two bytes, the machine's way round.
    static func unpacked(_ data: Data, width: Int, height: Int, bands: Int) throws(Problem) -> StoredFrame {
        var frame = CCharLSFrame()
        let status = data.withUnsafeBytes { ccharls_read_header($0.baseAddress, $0.count, &frame) }
        guard status == 0 else { throw Problem(reason: "a frame is no JPEG-LS that CharLS reads (its error \(status))") }
        guard frame.width == width, frame.height == height, frame.component_count == bands, (2...16).contains(frame.bits_per_sample) else {
            throw Problem(
                reason: "a frame is JPEG-LS of \(frame.width)x\(frame.height) pixels with \(frame.component_count) samples of "
                    + "\(frame.bits_per_sample) bits, not \(width)x\(height) with \(bands)")
        }
        // Runs make much of little, but no more than a line of one bit.
        guard height <= 8 * data.count else {
            throw Problem(reason: "\(data.count) bytes of JPEG-LS are too few for \(width)x\(height) pixels")
        }
        let sampleWidth = frame.bits_per_sample > 8 ? 2 : 1
        var samples = [UInt8](repeating: 0, count: width * height * bands * sampleWidth)
        let decoded = samples.withUnsafeMutableBytes { target in
            data.withUnsafeBytes { ccharls_decode($0.baseAddress, $0.count, target.baseAddress, target.count) }
        }
        guard decoded == 0 else { throw Problem(reason: "a frame of JPEG-LS cannot be decoded (CharLS' error \(decoded))") }
        return StoredFrame(
            bytes: samples, bits: 8 * sampleWidth, isBigEndian: Int16(1).bigEndian == 1, isPlanar: frame.is_planar && bands > 1,
            isRGB: false)
    }
}
