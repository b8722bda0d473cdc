import Torch

/// A loss and its name.
public struct NamedLoss {
    /// The name in logs, such as `cycleA`.
    public let name: String
    /// A single number, shape [], weighted as it enters the total.
    public let value: Tensor

    /// Names a loss.
    public init(_ name: String, _ value: Tensor) {
        self.name = name
        self.value = value
    }

    /// The same loss cut off from the graph.
    public func detached() -> NamedLoss { NamedLoss(name, value.detached()) }
}

/// The losses of one step, still on the device.
public struct StepLosses {
    /// The names in the order of `values`.
    public let names: [String]
    /// Shape [number of losses], weighted as they enter the total, without a graph.
    public let values: Tensor

    /// Takes losses, cut off from the graph.
    public init(_ losses: [NamedLoss]) {
        names = losses.map(\.name)
        values = withoutGradients { Tensor.stacked(losses.map { $0.value.detached() }) }
    }

    /// The losses of several batches as those of one large batch.
    ///
    /// - Parameters:
    ///   - batches: The losses of each batch, all of the same names.
    ///   - shares: The share of each batch in the samples of the step; their sum is 1.
    public init(_ batches: [[NamedLoss]], shares: [Double]) {
        self.init(
            batches[0].indices.map { index in
                let values = zip(batches, shares).map { $0[index].value.scaled(by: $1) }
                return NamedLoss(batches[0][index].name, values.dropFirst().reduce(values[0], +))
            })
    }

    /// These losses and, behind them, others.
    public func joined(with others: StepLosses) -> StepLosses {
        StepLosses(names: names + others.names, values: withoutGradients { Tensor.concatenated([values, others.values]) })
    }

    private init(names: [String], values: Tensor) { (self.names, self.values) = (names, values) }

    /// Waits for the device and returns the losses by name.
    public func read() -> [String: Double] {
        Dictionary(uniqueKeysWithValues: zip(names, values.to(.cpu).to(.float64).array(of: Double.self)))
    }
}

extension Tensor {
    /// A loss times a factor; by 1 the loss itself.
    package func scaled(by factor: Double) -> Tensor { factor == 1 ? self : self * factor }
}
