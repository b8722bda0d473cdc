import Foundation
import Support

/// The slices of one series in the order in which they lie in the patient.
public struct DICOMSeries: Sendable {
    /// One picture of the series.
    public struct Slice: Sendable {
        /// The file.
        public let url: URL
        /// The frame in it.
        public let frame: Int
        /// Whether the file has no other.
        public let isOnlyFrame: Bool
        /// Where it lies along the normal of the slices, in millimetres; `nil` where the file does not say.
        public let place: Double?
        let instanceNumber: Int?
        let attributes: FrameAttributes
    }

    /// What binds its files together; empty where they do not say.
    public let identifier: String
    /// Columns of every slice.
    public let width: Int
    /// Rows of every slice.
    public let height: Int
    /// The slices, from the lowest place along the normal to the highest; by instance number where they have no place. Never by name.
    public let slices: [Slice]

    /// Sorts files into series: those of one identifier, one size and one orientation. A series comes where its first file does.
    ///
    /// - Parameter files: What of them could be read, with their locations.
    public static func grouped(_ files: [(url: URL, file: DICOMFile)]) -> [DICOMSeries] {
        struct Key: Hashable {
            let identifier: String
            let width: Int
            let height: Int
            let orientation: [Int]?
        }
        var order: [Key] = []
        var slices: [Key: [Slice]] = [:]
        for (url, file) in files {
            for frame in 0..<file.frames {
                let attributes = file.attributes(ofFrame: frame)
                // Directions that differ by rounding are one.
                let orientation = attributes.orientation?.map { Int(($0 * 1000).rounded()) }
                let key = Key(identifier: file.seriesUID ?? "", width: file.width, height: file.height, orientation: orientation)
                if slices[key] == nil { order.append(key) }
                let slice = Slice(
                    url: url, frame: frame, isOnlyFrame: file.frames == 1, place: attributes.place, instanceNumber: file.instanceNumber,
                    attributes: attributes)
                slices[key, default: []].append(slice)
            }
        }
        return order.map { key in
            DICOMSeries(identifier: key.identifier, width: key.width, height: key.height, slices: sorted(slices[key] ?? []))
        }
    }

    private static func sorted(_ slices: [Slice]) -> [Slice] {
        let hasPlaces = slices.allSatisfy { $0.place != nil }
        return slices.enumerated().sorted { left, right in
            if hasPlaces, let first = left.element.place, let second = right.element.place, first != second { return first < second }
            let numbers = (left.element.instanceNumber ?? .max, right.element.instanceNumber ?? .max)
            return numbers.0 != numbers.1 ? numbers.0 < numbers.1 : left.offset < right.offset
        }.map(\.element)
    }

    /// From voxels (column, row, slice) to millimetres towards the patient's right, front and head, as NIfTI has it: three rows of four
    /// numbers.
    ///
    /// - Throws: `DICOMError.unsupported` where slices are no volume: without places or spacing, two in one place, or at uneven distances.
    public func affine() throws(DICOMError) -> [[Double]] {
        let first = slices[0].attributes
        func refused(_ what: String) -> DICOMError {
            .unsupported(
                file: slices[0].url.deletingLastPathComponent().path, what: "\(what): a volume of these slices",
                remedy: "write pictures instead")
        }
        guard let orientation = first.orientation, let spacing = first.pixelSpacing, let origin = first.position else {
            throw refused("slices that do not say where they lie")
        }
        let places = slices.compactMap(\.place)
        guard places.count == slices.count else { throw refused("slices that do not say where they lie") }
        let (row, column) = (Array(orientation[0..<3]), Array(orientation[3..<6]))
        var step = first.normal.map { $0.map { $0 * (first.sliceThickness ?? 1) } } ?? [0, 0, 1]
        if slices.count > 1, let last = slices[slices.count - 1].attributes.position {
            let mean = (places[places.count - 1] - places[0]) / Double(places.count - 1)
            guard mean > 1e-4 else { throw refused("several slices in one place") }
            for (index, place) in places.enumerated() where abs(place - places[0] - Double(index) * mean) > 0.1 * mean {
                throw refused("slices at uneven distances")
            }
            step = (0..<3).map { (last[$0] - origin[$0]) / Double(slices.count - 1) }
        }
        // Left and back are positive there, right and front here.
        return (0..<3).map { axis in
            let sign = axis < 2 ? -1.0 : 1.0
            return [row[axis] * spacing.columns, column[axis] * spacing.rows, step[axis], origin[axis]].map { sign * $0 }
        }
    }
}

extension FrameAttributes {
    /// Across the slice: the product of the directions of its rows and columns.
    var normal: [Double]? {
        orientation.map { o in
            [o[1] * o[5] - o[2] * o[4], o[2] * o[3] - o[0] * o[5], o[0] * o[4] - o[1] * o[3]]
        }
    }

    /// Where the slice lies along its normal.
    var place: Double? {
        guard let normal, let position else { return nil }
        return zip(normal, position).reduce(0) { $0 + $1.0 * $1.1 }
    }
}
