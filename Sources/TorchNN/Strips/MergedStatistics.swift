import Torch

/// Mean and variance of each channel, put together from those of strips.
///
/// Chan, Golub, LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979; in double precision.
public struct MergedStatistics: Equatable, Codable, Sendable {
    /// Pixels.
    public private(set) var count = 0.0
    /// Of each channel.
    public private(set) var means: [Double]
    /// Sums of squared deviations of each channel.
    public private(set) var squares: [Double]

    /// Of no pixels yet.
    public init(channels: Int) {
        means = Array(repeating: 0, count: channels)
        squares = means
    }

    /// - Parameters:
    ///   - count: Pixels.
    ///   - means: Of each channel.
    ///   - squares: Sums of squared deviations of each channel.
    public init(count: Double, means: [Double], squares: [Double]) {
        precondition(means.count == squares.count, "\(means.count) means and \(squares.count) sums of squares")
        (self.count, self.means, self.squares) = (count, means, squares)
    }

    /// The variance of each channel, that of the pixels themselves (divided by their number).
    public var variances: [Double] { squares.map { $0 / count } }

    /// Means and variances between these and others, for the pixels of these: v + weight · (o - v).
    ///
    /// - Parameters:
    ///   - other: Of as many channels.
    ///   - weight: From 0 for these to 1 for the others.
    public func mixed(with other: MergedStatistics, weight: Double) -> MergedStatistics {
        precondition(means.count == other.means.count, "\(means.count) channels are mixed with \(other.means.count)")
        func mix(_ first: [Double], _ second: [Double]) -> [Double] { zip(first, second).map { $0 + weight * ($1 - $0) } }
        return MergedStatistics(
            count: count, means: mix(means, other.means), squares: mix(variances, other.variances).map { $0 * count })
    }

    /// Adds a strip [1, C, rows, W].
    ///
    /// - Parameter epsilon: That of the norm, next to which its own rounding is nothing.
    mutating func add(_ strip: Tensor, epsilon: Double) {
        let numbers = strip.channelStatistics(epsilon: epsilon).to(.cpu).to(.float64).array(of: Double.self)
        let (channels, added) = (means.count, Double(strip.shape[2] * strip.shape[3]))
        let all = count + added
        for channel in 0..<channels {
            let (mean, reciprocal) = (numbers[channel], numbers[channels + channel])
            let variance = max(0, 1 / (reciprocal * reciprocal) - epsilon)
            let shift = mean - means[channel]
            means[channel] += shift * added / all
            squares[channel] += variance * added + shift * shift * count * added / all
        }
        count = all
    }

    /// What `Tensor.normalized` takes, shape [1, 2, C].
    func tensor(epsilon: Double, on device: Device) -> Tensor {
        let reciprocals = variances.map { 1 / ($0 + epsilon).squareRoot() }
        return Tensor((means + reciprocals).map { Float($0) }, shape: [1, 2, means.count]).to(device)
    }
}
