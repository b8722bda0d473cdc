import Foundation
import Support

/// A DICOM file: what its pictures are, and their pixels when they are asked for.
///
/// Read are files with the preamble of part 10 and without, in implicit and explicit little endian, explicit big endian and deflated. What
/// names or describes a patient is skipped and never kept.
///
/// The format: DICOM PS3.3 (image modules), PS3.5 (encoding) and PS3.10 (files), https://www.dicomstandard.org/current.
public struct DICOMFile: Sendable {
    /// What to call the file in errors.
    public let name: String
    /// How it is encoded.
    public let transferSyntax: DICOMTransferSyntax
    let bytes: DICOMBytes
    let root: DataSet
    let layout: PixelLayout
    private let groups: FrameGroups

    /// Maps a file and reads what stands in front of its pixels.
    ///
    /// - Throws: `DICOMError` naming the file.
    public init(contentsOf url: URL) throws(DICOMError) {
        if url.isFolder { throw .unreadable(file: url.path, reason: "it is a folder; a DICOM file was expected") }
        if let problem = RegularFile.problem(at: url.path) { throw .unreadable(file: url.path, reason: problem) }
        let data: Data
        do { data = try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw .unreadable(file: url.path, reason: url.exists ? error.localizedDescription : "there is no such file")
        }
        try self.init(data, name: url.path)
    }

    /// Reads what stands in front of the pixels of a file's content.
    ///
    /// - Throws: `DICOMError` naming the file.
    public init(_ data: Data, name: String) throws(DICOMError) {
        guard let start = DICOMStart(data) else { throw .notDICOM(file: name) }
        let content = try start.content(of: data, name: name)
        (self.name, transferSyntax, bytes) = (name, content.syntax, content.bytes)
        root = try DataSet(bytes, range: content.range)
        if let problem = Self.otherContent(content.mediaClass ?? root.text(.objectClass), hasPixels: root.hasPixels) {
            throw .noPicture(file: name, what: problem)
        }
        layout = try PixelLayout(root, name: name)
        groups = try FrameGroups(root, frames: layout.frames)
    }

    /// Whether content is clearly DICOM: DICM behind a preamble, whatever that holds, or elements of DICOM from the first byte on.
    public static func recognizes(_ data: Data) -> Bool { DICOMStart(data) != nil }

    private static func otherContent(_ identifier: String?, hasPixels: Bool) -> String? {
        if identifier == "1.2.840.10008.1.3.10" { return "a directory of other files (DICOMDIR)" }
        if hasPixels { return nil }
        switch identifier {
        case .some(let name) where name.hasPrefix("1.2.840.10008.5.1.4.1.1.88."): return "a structured report"
        case .some(let name) where name.hasPrefix("1.2.840.10008.5.1.4.1.1.481."): return "a radiotherapy object such as a plan or contours"
        case .some(let name) where name.hasPrefix("1.2.840.10008.5.1.4.1.1.104."): return "an encapsulated document"
        default: return "without pixel data"
        }
    }

    /// Columns of every frame.
    public var width: Int { layout.columns }
    /// Rows of every frame.
    public var height: Int { layout.rows }
    /// How many pictures the file holds.
    public var frames: Int { layout.frames }
    /// Samples per pixel of the pictures: 1, or 3 for colours, also those of a palette.
    public var bands: Int { layout.photometric.isColour ? 3 : 1 }
    /// Whether samples are numbers that mean something, such as Hounsfield units, and not levels of light.
    public var holdsValues: Bool { !layout.photometric.isColour }
    /// Of the whole file: `CT`, `MR`, `CR`.
    public var modality: String? { root.text(.modality).map { quoted($0, limit: 16) } }
    /// What binds files to a series.
    public var seriesUID: String? { root.text(.seriesUID) }
    /// The number of the file in its series, in the order of the examination.
    public var instanceNumber: Int? { root.integer(.instanceNumber) }

    /// What is known of a frame besides its pixels.
    ///
    /// - Parameter frame: 0..<frames.
    public func attributes(ofFrame frame: Int) -> FrameAttributes {
        FrameAttributes(sets: groups.sets(ofFrame: frame) + [root], layout: layout)
    }
}

extension DataSet {
    var hasPixels: Bool { self[.pixels] != nil || self[.floatPixels] != nil || self[.doublePixels] != nil }
}

/// The groups of attributes that a file of many frames has for all of them and for each (PS3.3, C.7.6.16).
struct FrameGroups {
    private let shared: [DataSet]
    private let frames: [DataSet]

    init(_ root: DataSet, frames: Int) throws(DICOMError) {
        var flat: [DataSet] = []
        for item in try root.items(.frameGroups, limit: min(frames, 1 << 16)) { flat.append(try item.flattened(DICOMTag.groupSequences)) }
        self.frames = flat
        shared =
            try root.items(.sharedGroups, limit: 1).first.map { item throws(DICOMError) in
                [try item.flattened(DICOMTag.groupSequences)]
            } ?? []
    }

    /// Of one frame and of all, the more particular first.
    func sets(ofFrame frame: Int) -> [DataSet] { (frames.indices.contains(frame) ? [frames[frame]] : []) + shared }
}
