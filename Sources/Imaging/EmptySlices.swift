import Foundation
import NIfTI

/// Slices of a volume that show next to nothing, as those beyond the head do.
package enum EmptySlices {
    /// For each page of a NIfTI file whether it is empty; `nil` for files of other kinds, and for what cannot be read.
    ///
    /// A slice is empty where at most one of a hundred of its pixels is brighter than a tenth of the way from the volume's least value to the
    /// one that 99 of a hundred are below.
    package static func pages(of url: URL, axis: SliceAxis) -> [Bool]? {
        guard MedicalFormat(fileName: url.lastPathComponent) == .nifti, let volume = try? PixelImage.volume(contentsOf: url) else {
            return nil
        }
        let header = volume.header
        let count = header.slices(along: axis)
        return (0..<header.volumes).flatMap { time -> [Bool] in
            // Cut out twice, so that not all of them lie in memory.
            func values(_ index: Int) -> [Float] { volume.slice(along: axis, index, volume: time).values }
            // Some values of each are enough for a threshold.
            let sample = (0..<count).flatMap { index in
                let values = values(index)
                return stride(from: 0, to: values.count, by: max(1, values.count / 2000)).map { values[$0] }
            }.sorted()
            guard let least = sample.first else { return [] }
            let threshold = least + (sample[(sample.count - 1) * 99 / 100] - least) / 10
            return (0..<count).map { index in
                let values = values(index)
                return values.count { $0 > threshold } * 100 <= values.count
            }
        }
    }

    /// Which pages are taken where a share of the empty ones is: these are spread evenly.
    package static func kept(_ isEmpty: [Bool], share: Double) -> [Bool] {
        var empty = 0
        return isEmpty.map { isEmpty in
            guard isEmpty else { return true }
            defer { empty += 1 }
            return (Double(empty + 1) * share).rounded(.down) > (Double(empty) * share).rounded(.down)
        }
    }
}
