import Torch

/// A convolution that takes what stands before it in a chain: a norm, an activation and, unless it enlarges, a mirrored border.
protocol FusibleConvolution: Layer {
    /// Zeros added on each side of the input, where they add any; a mirrored border takes their place.
    var padding: Int { get }
    /// Whether `border` may be mirrored.
    var takesReflection: Bool { get }
    /// The convolution of images that are normalised, activated and padded first.
    func callAsFunction(_ input: Tensor, prologue: Prologue, padding: Int, border: PaddingMode, cancelsBias: Bool) -> Tensor
}

extension FusibleConvolution {
    public func callAsFunction(_ input: Tensor) -> Tensor {
        self(input, prologue: Prologue(), padding: padding, border: .zero, cancelsBias: false)
    }
}

/// Runs layers in order, with a norm, an activation and a border held back until it is known what reads them.
struct FusedChain {
    private var output: Tensor
    private var prologue = Prologue()
    private var reflection: ReflectionPad2d?

    init(output: Tensor) {
        self.output = output
    }

    /// - Parameter cancelsBias: Whether an instance norm follows the layer.
    mutating func apply(_ layer: any Layer, cancelsBias: Bool) {
        switch layer {
        case let norm as InstanceNorm2d:
            if prologue != Prologue() || reflection != nil { flush() }
            prologue.epsilon = norm.epsilon
        case is ReLU: activate(slope: 0)
        case let activation as LeakyReLU: activate(slope: activation.slope)
        case let padding as ReflectionPad2d:
            if reflection != nil { flush() }
            reflection = padding
        case let convolution as any FusibleConvolution:
            if reflection != nil, !convolution.takesReflection || convolution.padding > 0 { flush() }
            output = convolution(
                output, prologue: prologue, padding: reflection?.padding ?? convolution.padding,
                border: reflection == nil ? .zero : .reflect,
                cancelsBias: cancelsBias)
            (prologue, reflection) = (Prologue(), nil)
        case is Identity: break
        default:
            flush()
            output = layer(output)
        }
    }

    /// The output behind all layers, plus a residual of its shape.
    consuming func finish(adding residual: Tensor?) -> Tensor {
        if let residual, reflection == nil { return output.fusedNorm(prologue, adding: residual) }
        flush()
        return residual.map { $0 + output } ?? output
    }

    private mutating func activate(slope: Double) {
        if prologue.slope != nil || reflection != nil { flush() }
        prologue.slope = slope
    }

    /// Does what was held back.
    private mutating func flush() {
        if prologue != Prologue() { output = output.fusedNorm(prologue) }
        if let reflection { output = reflection(output) }
        (prologue, reflection) = (Prologue(), nil)
    }
}
