/// Along which axis of the patient a volume is cut into slices, and how each is shown.
///
/// As on a radiologist's screen, whatever way the voxels lie: axial and coronal slices have the patient's right on their left, axial ones the
/// front at the top, coronal and sagittal ones the head; sagittal ones look to the left, with the front on their left.
public enum SliceAxis: String, Sendable, CaseIterable, Codable {
    /// From the feet to the head.
    case axial
    /// From the back to the front.
    case coronal
    /// From the left to the right.
    case sagittal

    /// The directions of columns, rows and slices: 0 right, 1 front, 2 head.
    var directions: (columns: Int, rows: Int, slices: Int) {
        switch self {
        case .axial: (0, 1, 2)
        case .coronal: (0, 2, 1)
        case .sagittal: (1, 2, 0)
        }
    }
}

/// Where the pixels of slices lie among the voxels of a volume.
struct SliceLayout {
    let width: Int
    let height: Int
    let count: Int
    private let origin: Int
    private let steps: (column: Int, row: Int, slice: Int)
    /// The axes of the voxels that columns, rows and slices run along.
    let axes: (columns: Int, rows: Int, slices: Int)

    init(_ axis: SliceAxis, header: NIfTIHeader) {
        let orientation = Orientation(affine: header.affine)
        let strides = [1, header.shape[0], header.shape[0] * header.shape[1]]
        let directions = axis.directions
        var origin = 0
        /// - Parameter isForward: Whether places rise towards right, front or head.
        func along(_ direction: Int, isForward: Bool) -> (axis: Int, count: Int, step: Int) {
            let axis = orientation.axes[direction]
            let isRising = isForward != orientation.isReversed[direction]
            if !isRising { origin += (header.shape[axis] - 1) * strides[axis] }
            return (axis, header.shape[axis], isRising ? strides[axis] : -strides[axis])
        }
        // The patient's right, front and head come first in a row or column.
        let columns = along(directions.columns, isForward: false)
        let rows = along(directions.rows, isForward: false)
        let slices = along(directions.slices, isForward: true)
        (width, height, count) = (columns.count, rows.count, slices.count)
        steps = (columns.step, rows.step, slices.step)
        axes = (columns.axis, rows.axis, slices.axis)
        self.origin = origin
    }

    /// The voxel of each pixel of a slice, row by row.
    func voxels(ofSlice slice: Int) -> [Int] {
        (0..<height).flatMap { row in
            let start = origin + slice * steps.slice + row * steps.row
            return (0..<width).map { start + $0 * steps.column }
        }
    }
}
