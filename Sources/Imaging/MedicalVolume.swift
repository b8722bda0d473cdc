import DICOM
import Foundation
import NIfTI
import Support

/// A NIfTI file that pictures are put into: in the place of a volume, slice by slice, or of a series of DICOM files.
package struct MedicalVolume: Sendable {
    private enum Source {
        case volume(NIfTIVolume, SliceAxis)
        case series(DICOMSeries)
    }

    private let source: Source

    /// One like a volume, whose slices along an axis are replaced in the order of its pages.
    ///
    /// - Throws: `ImageError` naming the file.
    package init(like url: URL, axis: SliceAxis) throws(ImageError) {
        source = .volume(try PixelImage.volume(contentsOf: url), axis)
    }

    /// One of the only series of several slices in a folder.
    ///
    /// - Throws: `ImageError` where there is none, or more than one.
    package init(seriesIn folder: URL) throws(ImageError) {
        let names = (try? FileManager.default.subpathsOfDirectory(atPath: folder.path)) ?? []
        let urls = names.filter { !$0.split(separator: "/").contains { $0.hasPrefix(".") } }.sorted().map { folder.appending(path: $0) }
        let files = urls.filter { MedicalFormat(at: $0) == .dicom }.compactMap { url in
            (try? DICOMFile(contentsOf: url)).map { (url: url, file: $0) }
        }
        let series = DICOMSeries.grouped(files).filter { $0.slices.count > 1 }
        guard series.count == 1 else {
            let found =
                series.isEmpty
                ? "no series of several slices"
                : "\(series.count) series, of "
                    + series.map { "\($0.slices.count)" }.joined(separator: ", ") + " slices"
            throw .medical(
                description: "\(folder.path): holds \(found); a volume is of one: give a folder with the DICOM files of one series")
        }
        source = .series(series[0])
    }

    /// Where its slices are read from, in order; `nil` for those of the volume's own file.
    package var sources: [(url: URL, page: Int?)]? {
        guard case .series(let series) = source else { return nil }
        return series.slices.map { ($0.url, $0.isOnlyFrame ? nil : $0.frame) }
    }

    /// The file's content with these pictures as its slices.
    ///
    /// - Throws: `ImageError` where they do not fit, or where slices are no volume.
    package func encoded(_ pictures: [PixelImage], isPacked: Bool, name: String) throws(ImageError) -> Data {
        guard let first = pictures.first, pictures.allSatisfy({ $0.bands == first.bands && $0.size == first.size }),
            first.bands == 1 || first.bands == 3 && first.format == .uint8
        else {
            throw .medical(description: "\(name): NIfTI holds one number or 8-bit RGB for a voxel; write TIFF instead")
        }
        let slices = pictures.map { NIfTISlice(width: $0.width, height: $0.height, bands: $0.bands, values: $0.sampleLevels) }
        do {
            return try builder(slices, name: name).encoded(isPacked: isPacked, name: name)
        } catch {
            throw .medical(description: "\(error)")
        }
    }

    private func builder(_ slices: [NIfTISlice], name: String) throws -> NIfTIBuilder {
        switch source {
        case .volume(let volume, let axis):
            let (count, size) = (volume.header.slices(along: axis), volume.header.sliceSize(along: axis))
            guard slices.count == count * volume.header.volumes, slices[0].width == size.width, slices[0].height == size.height else {
                throw ImageError.medical(
                    description: "\(name): \(slices.count) slices of \(slices[0].width)x\(slices[0].height) are not the "
                        + "\(count * volume.header.volumes) of \(size.width)x\(size.height) of their volume; scale them back to its size")
            }
            var builder = NIfTIBuilder(like: volume, bands: slices[0].bands)
            for (index, slice) in slices.enumerated() { builder.place(slice, along: axis, index % count, volume: index / count) }
            return builder
        case .series(let series):
            var affine = try series.affine()
            // Results may be larger or smaller than their slices: their pixels then are, too.
            let scale = (Double(series.width) / Double(slices[0].width), Double(series.height) / Double(slices[0].height))
            for row in 0..<3 {
                let (column, line) = (affine[row][0], affine[row][1])
                affine[row][3] += ((scale.0 - 1) * column + (scale.1 - 1) * line) / 2
                (affine[row][0], affine[row][1]) = (column * scale.0, line * scale.1)
            }
            var builder = try NIfTIBuilder(
                shape: [slices[0].width, slices[0].height, slices.count], affine: affine, bands: slices[0].bands, name: name)
            for (index, slice) in slices.enumerated() { builder.place(slice, plane: index) }
            return builder
        }
    }
}
