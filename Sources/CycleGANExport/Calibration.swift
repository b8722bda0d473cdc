import Torch
import TorchNN

/// Between which numbers the inner maps of a network lie on some inputs, for activations of 8 bits.
struct Calibration {
    private var ranges: [Graph.Value: ClosedRange<Float>] = [:]

    /// No ranges: activations stay what they are.
    init() {}

    /// Measures what goes into each convolution and what comes out: the least and the greatest number, a mean over the inputs.
    ///
    /// - Parameter inputs: What the network is given, each [1, C, H, W]; at least one.
    init(_ network: any Layer, inputs: [Tensor]) {
        let graph = Graph(of: network)
        var values: [Graph.Value] = []
        for (index, node) in graph.nodes.enumerated() {
            guard case .convolution = node.operation else { continue }
            values += [node.inputs[0], Graph.Value(index: index)].filter { !values.contains($0) }
        }
        let encoder = FeatureEncoder(network, values: values)
        var sums = [(least: Double, greatest: Double)](repeating: (0, 0), count: values.count)
        withoutGradients {
            for input in inputs {
                for (index, map) in encoder(input).enumerated() {
                    sums[index].least += map.min().item()
                    sums[index].greatest += map.max().item()
                }
            }
        }
        for (value, sum) in zip(values, sums) {
            let count = Double(inputs.count)
            // Zero is among the numbers: borders are made of it.
            ranges[value] = min(0, Float(sum.least / count))...max(1e-6, Float(sum.greatest / count))
        }
    }

    /// The range of what goes into a convolution, or comes out of one; `nil` where nothing was measured.
    subscript(value: Graph.Value) -> ClosedRange<Float>? { ranges[value] }

    var isEmpty: Bool { ranges.isEmpty }
}

/// How numbers of a range become whole ones from 0 to 255.
struct ActivationScale {
    let scale: Float
    let zero: UInt8

    init(_ range: ClosedRange<Float>) {
        scale = (range.upperBound - range.lowerBound) / 255
        zero = UInt8(min(255, max(0, (-range.lowerBound / scale).rounded())))
    }
}
