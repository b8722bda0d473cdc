import Foundation
import Imaging
import Support
import Synchronization

/// Reads and transforms the images of one domain; files that cannot be used are replaced by the next that can.
final class DomainReader: Sendable {
    /// One image, ready for a batch.
    struct Reading {
        let domain: Domain
        let image: PixelImage
        let mask: PixelImage?
        let source: ImageSource
        let notices: [DatasetNotice]

        /// What a sample holds of the domain.
        func part(extra: [Reading] = []) -> ImageSample.Part {
            ImageSample.Part(domain: domain, image: image, mask: mask, extraImages: extra.map(\.image), source: source)
        }
    }

    let folder: ImageFolder
    /// The pictures in its files.
    let sources: [ImageSource]
    private let preparation: DomainPreparation
    private let masks: MaskFolder?
    // Only saves decoding a bad file again: which files are bad is a property of the files.
    private let unusable = Mutex<[Int: String]>([:])

    /// - Parameter hasMasks: Whether the images have masks; one without counts as unusable.
    /// - Throws: `DatasetError` where there is no folder of masks.
    init(folder: ImageFolder, preparation: DomainPreparation, hasMasks: Bool = false) throws(DatasetError) {
        self.folder = folder
        sources = folder.sources(axis: preparation.images.sliceAxis, emptySlices: preparation.emptySlices)
        self.preparation = preparation
        masks = hasMasks ? try MaskFolder(of: folder) : nil
    }

    var domain: Domain { preparation.domain }
    var images: DomainConfiguration { preparation.images }
    private var transform: ImageTransform { preparation.transform }

    /// The paths of the files found unusable so far, sorted.
    var unusableFiles: [String] {
        unusable.withLock { $0.keys.sorted() }.map { sources[$0].name }
    }

    /// Reads the file of an index or, where it cannot be used, the first usable one after it.
    ///
    /// - Throws: `DatasetError.nothingReadable`.
    func read(_ index: Int, using generator: SplitMix64) throws(DatasetError) -> Reading {
        var failures: [(path: String, reason: String)] = []
        for candidate in index..<index + sources.count {
            let file = candidate % sources.count
            let path = sources[file].name
            var own = generator
            do {
                if let image = try crop(file, using: &own) {
                    return Reading(domain: domain, image: image, mask: nil, source: sources[file], notices: notices(failures, path))
                }
            } catch {
                failures.append((path, "\(error)"))
                continue
            }
            switch load(file) {
            case .failure(let failure): failures.append((path, failure.reason))
            case .success(let (image, mask)):
                var generator = generator
                let result = try transform(image, mask: mask, name: path, using: &generator)
                var notices = notices(failures, path)
                if result.wasEnlarged {
                    notices.append(
                        .enlarged(path: path, size: image.size, cropSize: transform.cropSize, folder: folder.root.path))
                }
                return Reading(
                    domain: domain, image: result.image, mask: result.mask, source: sources[file], notices: notices)
            }
        }
        throw .nothingReadable(folder: folder.root.path, example: failures.first?.reason ?? "")
    }

    private func notices(_ failures: [(path: String, reason: String)], _ replacement: String) -> [DatasetNotice] {
        failures.map { .unusable(path: $0.path, reason: $0.reason, replacement: replacement) }
    }

    /// The crop of a large image that is cropped as it is, decoded without the rest.
    ///
    /// What is wrong elsewhere in a file does no harm: it is not remembered.
    /// - Returns: `nil` where the whole image has to be looked at.
    private func crop(_ index: Int, using generator: inout SplitMix64) throws -> PixelImage? {
        guard masks == nil, transform.preprocess == .crop, unusable.withLock({ $0[index] }) == nil else { return nil }
        let source = sources[index]
        var placement: ImageTransform.Placement?
        let part = try source.readPart(for: images) { size in
            placement = try? transform.placement(of: size, name: source.name, using: &generator)
            // A narrow image may have to be enlarged to hold the crop.
            if placement?.geometry.scaled != size { placement = nil }
            return placement.map { ImageArea(x: $0.x, y: $0.y, size: $0.geometry.cropped) }
        }
        // Whether floats are shares of white is seen in the whole.
        guard let placement, let part, images.valueRange != nil || !part.storedAs.isFloat else { return nil }
        let image = try part.converted(to: images, name: source.name)
        return transform.apply(placement, to: image, isCropped: true, using: &generator)
    }

    /// Decodes images until more than half are known to be usable or not; of large folders a sample evenly spread over them.
    ///
    /// - Throws: `DatasetError.mostlyUnreadable` naming examples.
    func check(atMost limit: Int) throws(DatasetError) {
        let count = min(sources.count, limit)
        var usable = 0
        var failures: [String] = []
        for number in 0..<count where 2 * usable < count {
            let index = number * sources.count / count
            var anywhere = SplitMix64(seed: UInt64(number))
            if (try? crop(index, using: &anywhere)) != nil {
                usable += 1
                continue
            }
            switch load(index) {
            case .success: usable += 1
            case .failure(let failure): failures.append(failure.reason)
            }
        }
        if 2 * failures.count > count {
            throw .mostlyUnreadable(
                folder: folder.root.path, unreadable: failures.count, checked: count, examples: Array(failures.prefix(3)))
        }
    }

    private struct Failure: Error {
        let reason: String
    }

    /// Decodes a file and its mask and converts the image to the domain, or says why they cannot be used.
    private func load(_ index: Int) -> Result<(image: PixelImage, mask: PixelImage?), Failure> {
        if let reason = unusable.withLock({ $0[index] }) { return .failure(Failure(reason: reason)) }
        let source = sources[index]
        let reason: String
        do {
            let image = try source.read(for: images).converted(to: images, name: source.name)
            _ = try transform.geometry(of: image.size, name: source.name)
            let mask = try masks.map { masks in
                let file = source.mask(in: try masks.url(of: source.url, path: folder.path(of: source.url)))
                return try file.read().asMask(of: image.size, name: file.name, imageName: source.name)
            }
            return .success((image, mask))
        } catch {
            reason = "\(error)"
        }
        unusable.withLock { $0[index] = reason }
        return .failure(Failure(reason: reason))
    }
}
