import Torch

extension Operation {
    /// The rows of an input that some rows of the output are made of; at least one.
    ///
    /// - Parameter height: Rows of the whole input.
    func inputRows(for rows: Range<Int>, height: Int) -> Range<Int> {
        let (first, last) = (rows.lowerBound, rows.upperBound - 1)
        switch self {
        case .convolution(let values):
            let start = first * values.stride - values.padding
            return clipped(start..<last * values.stride - values.padding + values.kernelSize, to: height)
        case .blur(let blur) where !blur.isTransposed:
            return clipped(first * blur.stride..<last * blur.stride + blur.kernelSize, to: height)
        case .transposedConvolution, .blur:
            guard let spread else { return rows }
            // The first rows that reach `first`, or whose own place is there; as many as let the output reach `last`.
            let start = min((first + spread.cropping - spread.kernelSize).floorDivided(by: spread.stride) + 1, first / spread.stride)
            let reaching = (last + spread.cropping) / spread.stride
            let needed = last + 1 - spread.kernelSize - spread.outputPadding + 2 * spread.cropping
            return clipped(start..<max(reaching, needed.ceilingDivided(by: spread.stride)) + 1, to: height)
        case .padding(let mode, let padding):
            // Borders are made from the image's own end.
            let ends = [first < padding ? 0 : nil, last >= height + padding ? height - 1 : nil].compactMap(\.self)
            let sources = rows.compactMap { mode.source(of: $0 - padding, count: height) } + ends
            return (sources.min() ?? 0)..<(sources.max() ?? 0) + 1
        case .resize(let scale), .pixelShuffle(let scale): return first / scale..<last / scale + 1
        default: return rows
        }
    }

    /// A transposed convolution's extents.
    fileprivate var spread: (kernelSize: Int, stride: Int, cropping: Int, outputPadding: Int)? {
        switch self {
        case .transposedConvolution(let values): (values.kernelSize, values.stride, values.padding, values.outputPadding)
        case .blur(let blur) where blur.isTransposed: (blur.kernelSize, blur.stride, blur.cropping, 0)
        default: nil
        }
    }

    private func clipped(_ rows: Range<Int>, to height: Int) -> Range<Int> {
        let clipped = rows.clamped(to: 0..<height)
        precondition(!clipped.isEmpty, "rows \(rows) of '\(self)' see none of \(height)")
        return clipped
    }
}

extension Graph.Node {
    /// Some rows of the output from those rows of the inputs that they are made of.
    ///
    /// - Parameters:
    ///   - inputs: Strips of the inputs, as `Operation.inputRows` says them; what has no rows as it is.
    ///   - height: Rows of the whole input.
    func strip(_ rows: Range<Int>, of inputs: [Tensor], height: Int) -> Tensor {
        let strip = inputs[0]
        let given = operation.inputRows(for: rows, height: height)
        switch operation {
        case .convolution(let values):
            guard let layer = layer as? any FusibleConvolution else { break }
            let start = rows.lowerBound * values.stride - values.padding
            let end = (rows.upperBound - 1) * values.stride - values.padding + values.kernelSize
            let padded = strip.paddedUnlessZero(
                .zero, sides: values.padding, top: given.lowerBound - start, bottom: end - given.upperBound)
            return layer(padded, prologue: Prologue(), padding: 0, border: .zero, cancelsBias: false)
        case .padding(let mode, let padding):
            let (start, end) = (rows.lowerBound - padding, rows.upperBound - padding)
            let (top, bottom) = (max(0, -start), max(0, end - height))
            let padded = strip.paddedUnlessZero(mode, sides: padding, top: top, bottom: bottom)
            return padded.rows(from: start - given.lowerBound + top, count: rows.count)
        case .transposedConvolution, .blur:
            guard let spread = operation.spread else { break }
            return evaluation(inputs).rows(from: rows.lowerBound - given.lowerBound * spread.stride, count: rows.count)
        case .resize(let scale), .pixelShuffle(let scale):
            return evaluation(inputs).rows(from: rows.lowerBound - given.lowerBound * scale, count: rows.count)
        default: break
        }
        return evaluation(inputs)
    }
}

extension PaddingMode {
    /// The place that is shown at a place outside of `count` ones; nil for a zero.
    fileprivate func source(of index: Int, count: Int) -> Int? {
        if (0..<count).contains(index) { return index }
        switch self {
        case .zero: return nil
        case .reflect: return index < 0 ? -index : 2 * (count - 1) - index
        case .replicate: return index < 0 ? 0 : count - 1
        }
    }
}

extension Tensor {
    /// `count` rows of images.
    func rows(from start: Int, count: Int) -> Tensor {
        start == 0 && count == shape[2] ? self : narrowed(dimension: 2, start: start, length: count)
    }

    fileprivate func paddedUnlessZero(_ mode: PaddingMode, sides: Int, top: Int, bottom: Int) -> Tensor {
        sides + top + bottom == 0 ? self : padded(mode, left: sides, right: sides, top: top, bottom: bottom)
    }
}

extension Int {
    fileprivate func floorDivided(by divisor: Int) -> Int { (self >= 0 ? self : self - divisor + 1) / divisor }
    fileprivate func ceilingDivided(by divisor: Int) -> Int { (self + divisor - 1).floorDivided(by: divisor) }
}
