/// Which pixels of a network's input the numbers of a map depend on.
///
/// The usual recursion. Norms, which look at the statistics of whole images, do not count.
public struct ReceptiveField: Hashable, Sendable {
    /// The side, in pixels of the input, of the square that one number sees along the widest path; nil for the whole image.
    public var size: Int? { seesAll ? nil : Int(extent.rounded(.up)) }
    /// Pixels of the input between neighbouring numbers of the map: 4 after two halvings, 1 again after two doublings.
    public fileprivate(set) var jump = 1.0
    /// How far the square reaches, in pixels of the input, to either side of the place in the input that a number stands for: no number
    /// sees more. nil for the whole image.
    public var halo: Int? { seesAll ? nil : Int(max(before, after).rounded(.up)) }

    private var extent = 1.0
    private var (before, after) = (0.0, 0.0)
    private var seesAll = false

    /// The field behind an operation that reads a map with this field.
    fileprivate func through(_ operation: Operation) -> ReceptiveField {
        var field = self
        switch operation {
        case .convolution(let values): field.convolve(values.kernelSize, values.stride, padding: values.padding)
        case .transposedConvolution(let values): field.enlarge(values.kernelSize, values.stride, cropping: values.padding)
        case .blur(let blur) where blur.isTransposed: field.enlarge(blur.kernelSize, blur.stride, cropping: blur.cropping)
        case .blur(let blur): field.convolve(blur.kernelSize, blur.stride, padding: 0)
        case .padding(_, let padding): field.shift(by: padding)
        case .resize(let scale): field.enlarge(scale, scale, cropping: 0)
        case .pixelShuffle(let factor): field.enlarge(factor, factor, cropping: 0)
        case .attention, .linear: field.seesAll = true
        default: break
        }
        return field
    }

    /// The field of what is made of maps of the same size with this and another field.
    fileprivate func joined(with other: ReceptiveField) -> ReceptiveField {
        var field = self
        field.jump = max(jump, other.jump)
        field.extent = max(extent, other.extent)
        (field.before, field.after) = (max(before, other.before), max(after, other.after))
        field.seesAll = seesAll || other.seesAll
        return field
    }

    private mutating func convolve(_ kernelSize: Int, _ stride: Int, padding: Int) {
        extent += Double(kernelSize - 1) * jump
        before += Double(padding) * jump
        after += Double(kernelSize - 1 - padding) * jump
        jump *= Double(stride)
    }

    /// A transposed convolution: number q of the output gets what numbers p of the input spread with q = p · stride - cropping + tap.
    private mutating func enlarge(_ kernelSize: Int, _ stride: Int, cropping: Int) {
        extent += Double((kernelSize - 1) / stride) * jump
        let offsets = (0..<stride).map { phase in
            let first = (Double(phase + cropping - kernelSize + 1) / Double(stride)).rounded(.up)
            let last = (Double(phase + cropping) / Double(stride)).rounded(.down)
            let place = Double(phase) / Double(stride)
            return (before: place - first, after: last - place)
        }
        before += (offsets.map(\.before).max() ?? 0) * jump
        after += (offsets.map(\.after).max() ?? 0) * jump
        jump /= Double(stride)
    }

    /// Pixels are added in front, so that each number stands for another place.
    private mutating func shift(by padding: Int) {
        before += Double(padding) * jump
        after -= Double(padding) * jump
    }
}

extension Graph {
    /// The receptive fields of all values.
    public var receptiveFields: [ReceptiveField] {
        var fields: [ReceptiveField] = []
        for node in nodes {
            let inputs = node.inputs.map { fields[$0.index] }
            guard let first = inputs.first else {
                fields.append(ReceptiveField())
                continue
            }
            fields.append(inputs.dropFirst().reduce(first) { $0.joined(with: $1) }.through(node.operation))
        }
        return fields
    }

    /// The largest factor by which a map is smaller than the image. Where a network gives images of the input's size, heights and widths
    /// must be multiples of it.
    public var stride: Int { Int((receptiveFields.map(\.jump).max() ?? 1).rounded(.up)) }

    /// How far from its place in the input an output's number still sees pixels; nil where it sees the whole image.
    ///
    /// Norms do not count: a network that runs on a part of an image needs the statistics of the whole.
    public var halo: Int? {
        let fields = receptiveFields
        let halos = outputs.map { fields[$0.index].halo }
        return halos.contains(nil) ? nil : halos.compactMap(\.self).max()
    }
}
