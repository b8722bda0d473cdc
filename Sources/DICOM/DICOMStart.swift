import Foundation
import Support

/// Where the elements of a file begin, and how they are told to be DICOM.
struct DICOMStart {
    private enum Kind {
        /// A preamble of 128 bytes, whatever they are, and DICM.
        case preamble
        /// Elements from the first byte on.
        case bare(isExplicit: Bool, isBigEndian: Bool)
    }

    private let kind: Kind

    /// `nil` for what is not DICOM.
    init?(_ data: Data) {
        if data.count >= 132, data.dropFirst(128).prefix(4).elementsEqual("DICM".utf8) {
            kind = .preamble
        } else if let bare = Self.bareKind(data) {
            kind = bare
        } else {
            return nil
        }
    }

    /// Without a preamble a file is clearly DICOM where two elements of the first groups follow each other in order from the first byte on.
    private static func bareKind(_ data: Data) -> Kind? {
        for (isExplicit, isBigEndian) in [(true, false), (false, false), (true, true)] {
            let bytes = DICOMBytes(name: "", data: data.prefix(1 << 16), isExplicit: isExplicit, isBigEndian: isBigEndian)
            guard [2, 8].contains(bytes.tag(at: 0).group), bytes.tag(at: 0).element <= 0x20 else { continue }
            var reader = ElementReader(bytes, range: 0..<bytes.data.count)
            guard let first = try? reader.next(), !first.isDelimited, first.range.count <= 1024, let second = reader.nextTag,
                second > first.tag,
                second.group <= 0x10, !isExplicit || bytes.type(at: first.range.upperBound + 4) != nil
            else { continue }
            return .bare(isExplicit: isExplicit, isBigEndian: isBigEndian)
        }
        return nil
    }

    /// The bytes that hold the data set, unpacked where it is deflated.
    struct Content {
        let syntax: DICOMTransferSyntax
        let mediaClass: String?
        let bytes: DICOMBytes
        let range: Range<Int>
    }

    /// Reads the group of the file itself and finds the data set behind it.
    ///
    /// - Parameter mostUnpacked: Bytes that a deflated file may become.
    /// - Throws: `DICOMError` for an unknown transfer syntax.
    func content(of data: Data, name: String, mostUnpacked: Int = 1 << 30) throws(DICOMError) -> Content {
        let file = DICOMBytes(name: name, data: data)
        var start = 0
        if case .preamble = kind { start = 132 }
        // Always explicit little endian. Its length is not trusted: it is where another group begins.
        var reader = ElementReader(file, range: start..<data.count)
        while let tag = reader.nextTag, tag.group == 2 { _ = try reader.next() }
        let meta = try DataSet(file, range: start..<reader.position)
        let range = reader.position..<data.count

        var syntax: DICOMTransferSyntax
        if let identifier = meta.text(.transferSyntax) {
            guard let known = DICOMTransferSyntax(rawValue: identifier) else {
                throw .unsupported(
                    file: name, what: quoted(DICOMTransferSyntax.otherName(identifier), limit: 80), remedy: DICOMTransferSyntax.conversion)
            }
            syntax = known
        } else if case .bare(let isExplicit, let isBigEndian) = kind {
            syntax = isBigEndian ? .explicitBigEndian : isExplicit ? .explicitLittleEndian : .implicitLittleEndian
        } else {
            syntax = file.type(at: range.lowerBound + 4) == nil ? .implicitLittleEndian : .explicitLittleEndian
        }
        if syntax == .deflatedLittleEndian {
            let unpacked = try Self.unpacked(data[(data.startIndex + range.lowerBound)...], name: name, limit: mostUnpacked)
            return Content(
                syntax: syntax, mediaClass: meta.text(.mediaClass), bytes: DICOMBytes(name: name, data: unpacked), range: 0..<unpacked.count
            )
        }
        // Some writers name another encoding than they use.
        let isExplicit = syntax.isExplicit && (syntax.isBigEndian || file.type(at: range.lowerBound + 4) != nil)
        return Content(
            syntax: syntax, mediaClass: meta.text(.mediaClass),
            bytes: DICOMBytes(name: name, data: data, isExplicit: isExplicit, isBigEndian: syntax.isBigEndian), range: range)
    }

    private static func unpacked(_ packed: Data, name: String, limit: Int) throws(DICOMError) -> Data {
        do throws(Deflate.Damage) {
            let data = try Deflate.unpackedPrefix(of: packed, .none, count: limit + 1)
            guard data.count <= limit else {
                throw Deflate.Damage(reason: "it unpacks to more than \(limit) bytes")
            }
            return data
        } catch {
            throw .damaged(file: name, reason: "its deflated part cannot be unpacked: \(error.reason)")
        }
    }
}
