import CVips
import DICOM
import Foundation
import NIfTI
import Support
import Synchronization

/// One file of medicine, whose frames or slices are its pages.
struct MedicalFile {
    let url: URL?
    let data: Data
    let name: String
    let format: MedicalFormat

    /// `nil` for content of any other kind.
    init?(_ data: Data, name: String, url: URL? = nil) {
        guard let format = MedicalFormat(signature: data) else { return nil }
        (self.data, self.name, self.url, self.format) = (data, name, url, format)
    }

    /// Frames of DICOM; slices of NIfTI along an axis, those of one time after those of the one before.
    func pages(_ axis: SliceAxis) throws(ImageError) -> Int {
        switch format {
        case .dicom: try dicom().frames
        case .nifti: try header().slices(along: axis) * header().volumes
        }
    }

    func size(_ axis: SliceAxis) throws(ImageError) -> ImageSize {
        switch format {
        case .dicom:
            let file = try dicom()
            return ImageSize(height: file.height, width: file.width)
        case .nifti:
            let size = try header().sliceSize(along: axis)
            return ImageSize(height: size.height, width: size.width)
        }
    }

    /// The values that the file itself asks to be shown from black to white.
    func window(page: Int) throws(ImageError) -> ClosedRange<Double>? {
        switch format {
        case .dicom:
            let file = try dicom()
            return page < file.frames ? file.attributes(ofFrame: page).window?.values : nil
        case .nifti: return try header().displayRange
        }
    }

    func image(page: Int, axis: SliceAxis, pixelLimit: Int) throws(ImageError) -> PixelImage {
        let found = try pages(axis)
        guard page < found else { throw .missingPage(path: name, page: page + 1, found: found) }
        switch format {
        case .dicom: return try frame(page, pixelLimit: pixelLimit)
        case .nifti:
            let volume = try volume()
            let count = volume.header.slices(along: axis)
            return PixelImage(volume.slice(along: axis, page % count, volume: page / count), of: volume.header)
        }
    }

    private func dicom() throws(ImageError) -> DICOMFile {
        do throws(DICOMError) { return try DICOMFile(data, name: name) } catch { throw .medical(description: error.description) }
    }

    private func header() throws(ImageError) -> NIfTIHeader {
        do throws(NIfTIError) { return try NIfTIVolume.header(of: data, name: name) } catch {
            throw .medical(description: error.description)
        }
    }

    func volume() throws(ImageError) -> NIfTIVolume {
        do throws(NIfTIError) {
            guard let url else { return try NIfTIVolume(data, name: name) }
            return try VolumeCache.volume(at: url, isPacked: data.starts(with: [0x1F, 0x8B]))
        } catch {
            throw .medical(description: error.description)
        }
    }

    private func frame(_ number: Int, pixelLimit: Int) throws(ImageError) -> PixelImage {
        let file = try dicom()
        do throws(DICOMError) {
            switch try file.frame(number, pixelLimit: pixelLimit) {
            case .stored(let stored): return PixelImage(try file.picture(of: stored, frame: number))
            case .encoded(let code): return PixelImage(try file.picture(of: try decoded(code, of: file), frame: number))
            }
        } catch {
            throw .medical(description: error.description)
        }
    }

    private func decoded(_ code: Data, of file: DICOMFile) throws(DICOMError) -> StoredFrame {
        guard file.transferSyntax.isJPEG2000 else {
            do throws(ImageError) {
                guard code.starts(with: [0xFF, 0xD8, 0xFF]) else { throw .unknownFormat(path: name) }
                let image = try PixelImage(encoded: code, name: name)
                return StoredFrame(bytes: image.bytes, bits: 8 * image.format.byteCount)
            } catch {
                throw file.undecodable("the decoder of JPEG reads 8 bits")
            }
        }
        if let reason = Vips.start() { throw file.undecodable(reason) }
        let stored: StoredFrame? = code.withUnsafeBytes { bytes in
            var size = 0
            guard let image = Vips.Image(cvips_open(bytes.baseAddress, bytes.count, CVIPS_FILE_JP2)), image.width == file.width,
                image.height == file.height, let memory = cvips_pixels(image.pointer, &size)
            else { return nil }
            defer { g_free(memory) }
            return StoredFrame(bytes: [UInt8](UnsafeRawBufferPointer(start: memory, count: size)), bits: 8 * image.sampleSize)
        }
        guard let stored else { throw file.undecodable(Vips.takeError()) }
        return stored
    }
}

/// The packed volumes that were read last: a slice is read many times, and unpacking takes far longer than cutting it out. Others are
/// mapped, which takes no time.
private enum VolumeCache {
    private struct Entry {
        let path: String
        let size: Int
        let changed: Date
        let volume: NIfTIVolume
    }

    private static let recent = Mutex<[Entry]>([])
    private static let mostBytes = 1 << 29

    static func volume(at url: URL, isPacked: Bool) throws(NIfTIError) -> NIfTIVolume {
        guard isPacked, let facts = try? FileManager.default.attributesOfItem(atPath: url.path), let size = facts[.size] as? Int,
            let changed = facts[.modificationDate] as? Date
        else { return try NIfTIVolume(contentsOf: url) }
        let known = recent.withLock { entries -> NIfTIVolume? in
            guard let index = entries.firstIndex(where: { $0.path == url.path && $0.size == size && $0.changed == changed }) else {
                return nil
            }
            let entry = entries.remove(at: index)
            entries.append(entry)
            return entry.volume
        }
        if let known { return known }
        let volume = try NIfTIVolume(contentsOf: url)
        recent.withLock { entries in
            entries.removeAll { $0.path == url.path }
            entries.append(Entry(path: url.path, size: size, changed: changed, volume: volume))
            while entries.count > 1, entries.reduce(0, { $0 + $1.volume.header.byteCount }) > mostBytes { entries.removeFirst() }
        }
        return volume
    }
}

extension PixelImage {
    /// A frame of DICOM: numbers, or colours.
    init(_ picture: DICOMPicture) {
        let (width, height) = (picture.width, picture.height)
        switch picture.samples {
        case .values(let values): self.init(numbers: values, width: width, height: height, bands: 1)
        case .colours(let samples): self.init(width: width, height: height, bands: 3, bytes: samples)
        case .deepColours(let samples):
            self.init(of: UInt16.self, width: width, height: height, bands: 3) { _ = $0.initialize(from: samples) }
        }
    }

    /// A slice of a volume: shares of white where its voxels are 8 bits without a scale, else numbers.
    init(_ slice: NIfTISlice, of header: NIfTIHeader) {
        let isPlain = header.slope == 1 && header.intercept == 0 && [.uint8, .rgb, .rgba].contains(header.datatype)
        if isPlain {
            self.init(width: slice.width, height: slice.height, bands: slice.bands, bytes: slice.values.map { UInt8($0) })
        } else {
            self.init(numbers: slice.values, width: slice.width, height: slice.height, bands: slice.bands)
        }
    }

    /// Numbers without a white: whole ones as of a type that holds them all.
    private init(numbers: [Float], width: Int, height: Int, bands: Int) {
        let isWhole = numbers.allSatisfy { $0 == $0.rounded() && abs($0) <= 2_147_483_648 }
        self.init(of: Float.self, width: width, height: height, bands: bands, storedAs: isWhole ? .int32 : .float32) {
            _ = $0.initialize(from: numbers)
        }
    }

    /// The values that a file of medicine itself asks to be shown from black to white; `nil` for any other, and where it does not say.
    package static func window(of url: URL, page: Int = 0) -> ClosedRange<Double>? {
        guard MedicalFormat(at: url) != nil, let data = try? mappedData(at: url) else { return nil }
        return try? MedicalFile(data, name: url.path)?.window(page: page)
    }

    /// The volume of a file, for one like it.
    ///
    /// - Throws: `ImageError` naming the file.
    package static func volume(contentsOf url: URL) throws(ImageError) -> NIfTIVolume {
        guard let file = MedicalFile(try mappedData(at: url), name: url.path, url: url), file.format == .nifti else {
            throw .medical(description: "\(NIfTIError.notNIfTI(file: url.path))")
        }
        return try file.volume()
    }
}
