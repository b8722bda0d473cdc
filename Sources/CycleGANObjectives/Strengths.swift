import Support
import Torch

/// How strongly each image of a batch is translated, from 0 for not at all to 1.
public struct Strengths: Equatable, Sendable {
    /// One for each image.
    public let values: [Double]

    /// Given ones.
    public init(_ values: [Double]) {
        self.values = values
    }

    /// Half of them 1, which is what translations are asked for most, and the others drawn uniformly.
    init(count: Int, random: inout SplitMix64) {
        values = (0..<count).map { _ in
            let (isFull, value) = (random.uniform() < 0.5, random.uniform())
            return isFull ? 1 : value
        }
    }

    /// What is left of each to 1.
    var rest: Strengths { Strengths(values.map { 1 - $0 }) }

    /// Those of several batches, one after the other.
    static func joined(_ all: [Strengths]) -> Strengths { Strengths(all.flatMap(\.values)) }

    /// What a generator is told, shape [N, 1].
    func condition(like images: Tensor) -> Tensor {
        Tensor(values.map { Float($0) }, shape: [values.count, 1]).to(images.dtype).to(images.device)
    }

    /// The mean over images of their own values, each times its strength.
    ///
    /// - Parameter tensor: What the value of an image is made of, shape [N, ...].
    func mean(of tensor: Tensor, _ value: (Tensor) -> Tensor) -> Tensor {
        let weighted = values.enumerated().map { value(tensor.narrowed(dimension: 0, start: $0, length: 1)) * ($1 / Double(values.count)) }
        return weighted.dropFirst().reduce(weighted[0]) { $0 + $1 }
    }
}
