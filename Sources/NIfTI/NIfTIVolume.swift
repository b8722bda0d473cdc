import Foundation
import Support

/// One slice of a volume: numbers, row by row from the top left, with slope and intercept applied.
public struct NIfTISlice: Sendable, Equatable {
    /// Columns.
    public let width: Int
    /// Rows.
    public let height: Int
    /// Numbers of a pixel: 1, or 3 for colours.
    public let bands: Int
    public let values: [Float]

    /// Wraps values; there must be `width` · `height` · `bands`.
    public init(width: Int, height: Int, bands: Int = 1, values: [Float]) {
        precondition(values.count == width * height * bands, "\(values.count) values are not a slice of \(width)x\(height)x\(bands)")
        self.width = width
        self.height = height
        self.bands = bands
        self.values = values
    }
}

/// A NIfTI-1 volume: `.nii`, `.nii.gz`, or `.hdr` with `.img`.
public struct NIfTIVolume: Sendable {
    /// The number of voxels above which volumes are refused unless a limit is given.
    public static let defaultVoxelLimit = 1_000_000_000

    /// What the file says of its voxels.
    public let header: NIfTIHeader
    /// What lies between header and voxels: extensions.
    let extensions: Data
    /// The voxels as they are stored.
    let voxels: Data

    init(header: NIfTIHeader, extensions: Data, voxels: Data) {
        self.header = header
        self.extensions = extensions
        self.voxels = voxels
    }

    /// Reads a volume; plain files are mapped. Of a pair either file may be named.
    ///
    /// - Throws: `NIfTIError` naming the file.
    public init(contentsOf url: URL, voxelLimit: Int = defaultVoxelLimit) throws(NIfTIError) {
        var file = url
        if url.pathExtension.lowercased() == "img" { file = url.deletingPathExtension().appendingPathExtension("hdr") }
        let data = try Self.content(of: file)
        let source = NIfTISource(data: data, name: file.path)
        let header = try source.header(voxelLimit: voxelLimit)
        guard header.hasSeparateVoxels else {
            try self.init(data, name: file.path, voxelLimit: voxelLimit)
            return
        }
        let stem = file.deletingPathExtension()
        let candidates = [stem.appendingPathExtension("img"), stem.appendingPathExtension("img.gz")]
        guard let image = candidates.first(where: \.exists) else {
            throw .unreadable(file: file.path, reason: "its voxels are missing: there is no \(candidates[0].lastPathComponent) beside it")
        }
        let voxels = try NIfTISource(data: try Self.content(of: image), name: image.path).voxels(of: header)
        self.init(header: header, extensions: Data(), voxels: voxels)
    }

    /// Reads the content of a file that holds its voxels, packed by gzip or not.
    ///
    /// - Throws: `NIfTIError` naming the file.
    public init(_ data: Data, name: String, voxelLimit: Int = defaultVoxelLimit) throws(NIfTIError) {
        let source = NIfTISource(data: data, name: name)
        let header = try source.header(voxelLimit: voxelLimit)
        guard !header.hasSeparateVoxels else {
            throw .unreadable(file: name, reason: "its voxels are in another file, .img, which has to lie beside it")
        }
        self.init(header: header, extensions: try source.extensions(of: header), voxels: try source.voxels(of: header))
    }

    /// Whether content is NIfTI, packed by gzip or not.
    public static func recognizes(_ data: Data) -> Bool {
        let start = NIfTISource(data: data, name: "").start
        return NIfTIHeader.recognizes(start) || NIfTIHeader.recognizesSecondVersion(start)
    }

    /// What a file's header says, without its voxels.
    ///
    /// - Throws: `NIfTIError` naming the file.
    public static func header(of data: Data, name: String, voxelLimit: Int = defaultVoxelLimit) throws(NIfTIError) -> NIfTIHeader {
        try NIfTISource(data: data, name: name).header(voxelLimit: voxelLimit)
    }

    private static func content(of url: URL) throws(NIfTIError) -> Data {
        if url.isFolder { throw .unreadable(file: url.path, reason: "it is a folder; a file was expected") }
        if let problem = RegularFile.problem(at: url.path) { throw .unreadable(file: url.path, reason: problem) }
        do { return try Data(contentsOf: url, options: .mappedIfSafe) } catch {
            throw .unreadable(file: url.path, reason: url.exists ? error.localizedDescription : "there is no such file")
        }
    }

    /// One slice.
    ///
    /// - Parameters:
    ///   - index: 0..<`NIfTIHeader.slices(along:)`.
    ///   - volume: 0..<`NIfTIHeader.volumes`, for instance the step in time.
    public func slice(along axis: SliceAxis, _ index: Int, volume: Int = 0) -> NIfTISlice {
        let layout = SliceLayout(axis, header: header)
        precondition((0..<layout.count).contains(index), "there is no slice \(index) among \(layout.count)")
        precondition((0..<header.volumes).contains(volume), "there is no volume \(volume) among \(header.volumes)")
        let first = volume * header.volumeCount
        let values = values(at: layout.voxels(ofSlice: index).map { first + $0 })
        return NIfTISlice(width: layout.width, height: layout.height, bands: header.datatype.bands, values: values)
    }
}

extension NIfTIHeader {
    /// How many slices a volume has along an axis.
    public func slices(along axis: SliceAxis) -> Int { SliceLayout(axis, header: self).count }

    /// Rows and columns of a slice.
    public func sliceSize(along axis: SliceAxis) -> (width: Int, height: Int) {
        let layout = SliceLayout(axis, header: self)
        return (layout.width, layout.height)
    }

    /// Millimetres between the columns, rows and slices along an axis.
    public func sliceSpacing(along axis: SliceAxis) -> (columns: Double, rows: Double, slices: Double) {
        let axes = SliceLayout(axis, header: self).axes
        return (spacing[axes.columns], spacing[axes.rows], spacing[axes.slices])
    }
}
