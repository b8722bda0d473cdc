import CycleGANModels
import Datasets
import Foundation
import Imaging
import NIfTI
import Support

/// An image file on its way to its pictures: what stands beside them, and the first of them.
///
/// Read by any thread; the pictures of a file of several are read one by one, when their turn comes.
struct JobInput: Sendable {
    /// One picture of the file.
    struct Picture: Sendable {
        let source: ImageSource
        let image: PixelImage
        let mask: PixelImage?
        /// The values that a file of medicine asks to be shown from black to white.
        let window: ValueRange?
    }

    let job: TranslationJob
    /// The pictures of the file.
    let sources: [ImageSource]
    /// What results are written into, where they become a volume.
    let volume: MedicalVolume?
    /// What the file says besides its pixels; `nil` for files of medicine, where it may name a patient.
    let metadata: ImageMetadata?
    private let domain: DomainConfiguration
    private let first: Picture

    /// Reads the file as far as its first picture.
    ///
    /// - Throws: `ImageError`, `DatasetError` or `FileError` naming a file.
    init(reading job: TranslationJob, for domain: DomainConfiguration) throws {
        (self.job, self.domain) = (job, domain)
        try AtomicFile.createFolder(job.output.deletingLastPathComponent())
        volume = try Self.volume(job, along: domain.sliceAxis)
        sources =
            volume?.sources.map { $0.map { ImageSource($0.url, page: $0.page) } } ?? ImageSource.all(in: job.input, axis: domain.sliceAxis)
        if sources.count > 1, let format = Self.format(job), !format.holdsPages {
            throw ImageError.onePage(path: job.output.path, format: format, pages: sources.count)
        }
        first = try Self.read(sources[0], job, for: domain)
        let isMedical = volume != nil || MedicalFormat(at: job.input) != nil
        metadata = isMedical ? nil : ImageMetadata(encoded: try PixelImage.encodedData(at: job.input))
    }

    /// The format of the result; `nil` for a volume.
    var format: ImageFileFormat? { Self.format(job) }

    private static func format(_ job: TranslationJob) -> ImageFileFormat? { ImageFileFormat(fileExtension: job.output.pathExtension) }

    /// Reads a picture, but for the first one, which is there.
    func picture(_ index: Int) throws -> Picture { index == 0 ? first : try Self.read(sources[index], job, for: domain) }

    private static func read(_ source: ImageSource, _ job: TranslationJob, for domain: DomainConfiguration) throws -> Picture {
        let image = try source.read(for: domain)
        let mask = try job.mask?.get()
        let region = try mask.map(source.mask).map {
            try $0.read().asMask(of: image.size, name: $0.name, imageName: source.name)
        }
        return Picture(source: source, image: image, mask: region, window: source.window.map { ValueRange($0) })
    }

    private static func volume(_ job: TranslationJob, along axis: SliceAxis) throws -> MedicalVolume? {
        guard MedicalFormat(fileName: job.output.lastPathComponent) == .nifti else { return nil }
        return try job.input.isFolder ? MedicalVolume(seriesIn: job.input) : MedicalVolume(like: job.input, axis: axis)
    }

    /// One range for all slices of a volume: the percentiles that were asked for, or the window of the slice in the middle. Ranges of their own
    /// would make neighbours differ.
    ///
    /// - Parameter maker: Who finds percentiles.
    func commonWindow(_ maker: any PictureMaker) throws -> ValueRange? {
        guard sources.count > 1, MedicalFormat(at: sources[0].url) != nil else { return nil }
        guard maker.measuresRange else { return sources[sources.count / 2].window.map { ValueRange($0) } }
        let step = max(1, sources.count / 64)
        let values = try stride(from: 0, to: sources.count, by: step).flatMap { index in
            let levels = try sources[index].read(for: domain).sampleLevels
            return stride(from: 0, to: levels.count, by: max(1, levels.count / 4096)).map { levels[$0] }
        }
        return maker.bounds(of: values)
    }
}
