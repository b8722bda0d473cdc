import CZlib
import Foundation

/// Unpacks and packs what zlib does, never into more memory than was asked for.
package enum Deflate {
    /// What stands around the packed bytes.
    package enum Wrapping: Sendable {
        /// Nothing.
        case none
        /// A header and a checksum of gzip; one member after another.
        case gzip

        fileprivate var windowBits: Int32 { self == .gzip ? MAX_WBITS + 16 : -MAX_WBITS }
    }

    /// Bytes that are not what zlib packs.
    package struct Damage: Error {
        /// What zlib says.
        package let reason: String

        package init(reason: String) { self.reason = reason }
    }

    /// The first bytes of what was packed: `count` of them, or fewer where there are no more or the packed bytes are cut off.
    ///
    /// - Throws: `Damage`.
    package static func unpackedPrefix(of packed: Data, _ wrapping: Wrapping, count: Int) throws(Damage) -> Data {
        // Deflate makes at most 1032 bytes of one: a large count asks for no memory that cannot be filled.
        let most = packed.count < count / 1032 ? packed.count * 1032 : count
        var output = Data(count: most)
        var stream = z_stream()
        guard inflateInit2_(&stream, wrapping.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Damage(reason: "zlib has no memory")
        }
        defer { inflateEnd(&stream) }
        var failure: String?
        let made = output.withUnsafeMutableBytes { output in
            packed.withUnsafeBytes { input in fill(output, from: input, &stream, wrapping, &failure) }
        }
        if let failure { throw Damage(reason: failure) }
        return output.prefix(made)
    }

    private static func fill(
        _ output: UnsafeMutableRawBufferPointer, from input: UnsafeRawBufferPointer, _ stream: inout z_stream, _ wrapping: Wrapping,
        _ failure: inout String?
    ) -> Int {
        var (taken, made) = (0, 0)
        // zlib counts in 32 bits; a byte more than wanted lets it compare checksums behind the last.
        let step = 1 << 30
        var spare: UInt8 = 0
        while taken < input.count {
            let available = min(step, input.count - taken)
            let room = min(step, output.count - made)
            stream.next_in = UnsafeMutablePointer(
                mutating: input.baseAddress?.advanced(by: taken).assumingMemoryBound(to: Bytef.self))
            stream.avail_in = UInt32(available)
            let status: Int32 = withUnsafeMutablePointer(to: &spare) { spare in
                stream.next_out = room > 0 ? output.baseAddress?.advanced(by: made).assumingMemoryBound(to: Bytef.self) : spare
                stream.avail_out = UInt32(max(room, 1))
                return inflate(&stream, Z_NO_FLUSH)
            }
            taken += available - Int(stream.avail_in)
            let written = max(room, 1) - Int(stream.avail_out)
            made += min(written, room)
            if status == Z_STREAM_END {
                let rest = input[taken...]
                guard wrapping == .gzip, rest.count > 2, rest[taken] == 0x1F, rest[taken + 1] == 0x8B, inflateReset(&stream) == Z_OK else {
                    break
                }
            } else if room == 0, written > 0 || status == Z_BUF_ERROR {
                break
            } else if status != Z_OK, status != Z_BUF_ERROR {
                failure = stream.msg.map { String(cString: $0) } ?? "zlib's status \(status)"
                break
            } else if written == 0, available == Int(stream.avail_in) {
                break
            }
        }
        return made
    }

    /// The bytes as a file of gzip, without a name or a time: equal for equal bytes.
    ///
    /// - Throws: `Damage` where there is no memory.
    package static func gzipped(_ data: Data) throws(Damage) -> Data {
        var stream = z_stream()
        let size = Int32(MemoryLayout<z_stream>.size)
        guard deflateInit2_(&stream, 6, Z_DEFLATED, MAX_WBITS + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
            throw Damage(reason: "zlib has no memory")
        }
        defer { deflateEnd(&stream) }
        var packed = Data()
        var chunk = [UInt8](repeating: 0, count: 1 << 18)
        data.withUnsafeBytes { input in
            var taken = 0
            var status = Z_OK
            while status != Z_STREAM_END {
                let available = min(1 << 30, input.count - taken)
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress?.advanced(by: taken).assumingMemoryBound(to: Bytef.self))
                stream.avail_in = UInt32(available)
                chunk.withUnsafeMutableBufferPointer { room in
                    stream.next_out = room.baseAddress
                    stream.avail_out = UInt32(room.count)
                    status = deflate(&stream, taken + available == input.count ? Z_FINISH : Z_NO_FLUSH)
                    packed.append(contentsOf: room[..<(room.count - Int(stream.avail_out))])
                }
                taken += available - Int(stream.avail_in)
                if status != Z_OK, status != Z_STREAM_END, status != Z_BUF_ERROR { break }
            }
        }
        return packed
    }
}
