import Torch

/// A file for maps that do not fit into memory.
public protocol MapFile: AnyObject {
    /// Writes bytes from a place on.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws
    /// Reads bytes from a place on, all of them.
    func read(into bytes: UnsafeMutableRawBufferPointer, at offset: Int) throws
}

/// A value that is kept from one stage to others, row by row with the channels of each pixel side by side.
final class KeptMap {
    /// Rows that are written so far, from the first on.
    private(set) var rows = 0
    private let shape: [Int]
    private let place: Place

    private enum Place {
        /// Shape [H, W, C].
        case memory(Tensor)
        case file(any MapFile, offset: Int)
    }

    init(shape: [Int], home: StripPlan.Home, file: (any MapFile)?) {
        self.shape = shape
        switch home {
        case .memory: place = .memory(.empty([shape[2], shape[3], shape[1]]))
        case .file(let offset):
            guard let file else { preconditionFailure("a plan that needs a file was given none") }
            place = .file(file, offset: offset)
        }
    }

    /// A map whose rows all lie in the file already.
    init(whole shape: [Int], file: any MapFile, offset: Int) {
        (self.shape, place, rows) = (shape, .file(file, offset: offset), shape[2])
    }

    /// Appends what a strip [1, C, rows, W] of rows from `start` on holds beyond those that are there.
    func append(_ strip: Tensor, from start: Int) throws {
        let fresh = start + strip.shape[2] - rows
        guard fresh > 0 else { return }
        let lines = strip.rows(from: rows - start, count: fresh).permuted([0, 2, 3, 1]).contiguous()
        switch place {
        case .memory(let map): map.narrowed(dimension: 0, start: rows, length: fresh).copy(from: lines.squeezed(0))
        case .file(let file, let offset): try lines.withUnsafeBytes { try file.write($0, at: offset + rows * rowBytes) }
        }
        rows += fresh
    }

    /// Some rows, shape [1, C, rows, W].
    func strip(_ wanted: Range<Int>) throws -> Tensor {
        precondition(wanted.upperBound <= rows, "rows \(wanted) are read of a map with \(rows)")
        switch place {
        case .memory(let map):
            return map.narrowed(dimension: 0, start: wanted.lowerBound, length: wanted.count).unsqueezed(0).permuted([0, 3, 1, 2])
        case .file(let file, let offset):
            var problem: (any Error)?
            let lines = Tensor(of: Float.self, shape: [1, wanted.count, shape[3], shape[1]]) { values in
                do {
                    try file.read(into: UnsafeMutableRawBufferPointer(values), at: offset + wanted.lowerBound * rowBytes)
                } catch {
                    problem = error
                }
            }
            if let problem { throw problem }
            return lines.permuted([0, 3, 1, 2])
        }
    }

    private var rowBytes: Int { shape[1] * shape[3] * MemoryLayout<Float>.size }
}
