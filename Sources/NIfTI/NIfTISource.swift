import Foundation
import Support

/// The content of a file, packed by gzip or not.
struct NIfTISource {
    let data: Data
    let name: String

    private var isPacked: Bool { data.starts(with: [0x1F, 0x8B]) }

    /// The first bytes, as many as a header has; fewer where there are no more.
    var start: [UInt8] { (try? prefix(NIfTIHeader.length)).map { [UInt8]($0) } ?? [] }

    private func prefix(_ count: Int) throws(NIfTIError) -> Data {
        guard isPacked else { return data.prefix(count) }
        do throws(Deflate.Damage) {
            // A header needs few of the packed bytes.
            let packed = count <= 1 << 16 ? data.prefix(1 << 17) : data
            return try Deflate.unpackedPrefix(of: packed, .gzip, count: count)
        } catch {
            throw .damaged(file: name, reason: "it cannot be unpacked: \(error.reason)")
        }
    }

    func header(voxelLimit: Int) throws(NIfTIError) -> NIfTIHeader {
        try NIfTIHeader([UInt8](try prefix(NIfTIHeader.length)), name: name, voxelLimit: voxelLimit)
    }

    /// What lies between header and voxels; more than 16 MiB is left out.
    func extensions(of header: NIfTIHeader) throws(NIfTIError) -> Data {
        guard header.voxelStart > NIfTIHeader.length, header.voxelStart <= 1 << 24 else { return Data() }
        return try prefix(header.voxelStart).dropFirst(NIfTIHeader.length)
    }

    /// The voxels; not one byte more is unpacked than the header says there are.
    func voxels(of header: NIfTIHeader) throws(NIfTIError) -> Data {
        let needed = header.byteCount
        let available = isPacked ? data.count * 1032 : data.count
        func short(_ found: Int) -> NIfTIError {
            let shape = header.shape.map(String.init).joined(separator: "x")
            return .damaged(file: name, reason: "\(shape) voxels need \(needed) bytes and there are \(max(0, found))")
        }
        guard needed <= available - header.voxelStart || isPacked && needed <= available else {
            throw short(available - header.voxelStart)
        }
        let all = try prefix(header.voxelStart + needed)
        guard all.count == header.voxelStart + needed else { throw short(all.count - header.voxelStart) }
        return all.dropFirst(header.voxelStart)
    }
}
