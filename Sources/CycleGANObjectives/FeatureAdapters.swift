import CycleGANModels
import Torch
import TorchNN

/// 1×1 convolutions that bring inner maps of one network to the channels of another's, to compare them.
public final class FeatureAdapters: Module {
    /// The convolutions in order.
    public let layers: Sequential

    /// One adapter for each pair of maps.
    ///
    /// - Parameters:
    ///   - inputs: Channels of the one network's maps.
    ///   - outputs: Channels of the other's.
    init(from inputs: [Int], to outputs: [Int]) {
        layers = Sequential(zip(inputs, outputs).map { Conv2d(inputChannels: $0, outputChannels: $1, kernelSize: 1) })
    }

    /// The sum over all maps of the mean squared difference, behind the adapters.
    func differences(_ own: [Tensor], _ others: [Tensor]) -> Tensor {
        let differences = zip(layers.layers, zip(own, others)).map { layer, maps in (layer(maps.0) - maps.1).square().mean() }
        return differences.dropFirst().reduce(differences[0], +)
    }
}

/// Where two ResNet generators are compared inside: behind the halvings, and behind the first, the second and the last third of the
/// residual blocks.
struct FeaturePlaces {
    /// Names of layers, in order.
    let student: [String]
    let teacher: [String]
    /// Channels of their maps.
    let studentChannels: [Int]
    let teacherChannels: [Int]

    /// `nil` where the two have no maps of one size.
    init?(student: any Layer, teacher: any Layer) {
        guard let student = student as? ResnetGenerator, let teacher = teacher as? ResnetGenerator,
            student.halvings == teacher.halvings
        else { return nil }
        let indices = (student.comparedLayers, teacher.comparedLayers)
        self.student = indices.0.map { "model.\($0)" }
        self.teacher = indices.1.map { "model.\($0)" }
        studentChannels = indices.0.map(student.channels(ofLayer:))
        teacherChannels = indices.1.map(teacher.channels(ofLayer:))
    }
}

extension ResnetGenerator {
    /// How often images are halved before the residual blocks.
    fileprivate var halvings: Int { Graph(of: self).stride }

    /// The last layer before the residual blocks, and the last one of each third of these, as indices of `model`.
    fileprivate var comparedLayers: [Int] {
        let blocks = model.layers.indices.filter { model.layers[$0] is ResnetBlock }
        guard let first = blocks.first else { return [] }
        return [first - 1] + (1...3).map { first - 1 + ($0 * blocks.count + 2) / 3 }
    }
}
