import CycleGANModels
import CycleGANTraining
import Support
import Torch
import TorchNN

/// Compares what a generator's inner layers see at the same places of two images.
///
/// With unit vectors q of the translation and k of the source at P positions, PatchNCE is the cross-entropy of telling each q's own k from
/// the others: the mean of log Σⱼ exp(qᵢ·kⱼ / τ) - qᵢ·kᵢ / τ (Park et al., arXiv 2007.15651). Keys get no gradient.
final class PatchContrast {
    /// What chance decides.
    protocol Chance: AnyObject {
        /// Positions to compare in a layer, different ones of `0..<count`; nil for all of them.
        func positions(_ wanted: Int, of count: Int, layer: Int) -> [Int]?
        /// Whether the input is mirrored.
        func flip() -> Bool
    }

    let projection: PatchProjection
    let settings: CUTSettings
    private let encoder: FeatureEncoder
    private let encoderWithOutput: FeatureEncoder
    private let optimization: OptimizationStep
    private let chance: any Chance

    /// - Parameters:
    ///   - layers: Indices of layers of the generator, in rising order, none behind its last residual block.
    init(
        generator: ResnetGenerator, layers: [Int], projection: PatchProjection, settings: CUTSettings, optimization: OptimizationStep,
        chance: any Chance
    ) {
        self.projection = projection
        self.settings = settings
        self.optimization = optimization
        self.chance = chance
        let places = layers.map(generator.place(ofLayer:))
        do throws(GraphError) {
            encoder = try FeatureEncoder(generator, at: places)
            encoderWithOutput = try FeatureEncoder(generator, at: places + [FeatureEncoder.output])
        } catch {
            preconditionFailure("layers \(layers) are not those of the generator: \(error)")
        }
    }

    /// Whether the input of this step is mirrored.
    func drawFlip() -> Bool { settings.flipEquivariance && chance.flip() }

    /// What the compared layers see of images [N, C, H, W].
    func features(of images: Tensor) -> [Tensor] { optimization.autocasting(images) { encoder($0) } }

    /// The same, and what the generator makes of the images, in one pass.
    func featuresAndOutput(of images: Tensor) -> (features: [Tensor], output: Tensor) {
        let results = optimization.autocasting(images) { encoderWithOutput($0) }
        // Row by row whatever the layers left, so that sums over images do not depend on where a batch came from.
        return (Array(results.dropLast()), results[results.count - 1].contiguous())
    }

    /// PatchNCE times its weight, a mean over layers and positions.
    ///
    /// - Parameters:
    ///   - queries: Features of the translation, in each layer [N, C, H, W].
    ///   - keys: Those of the source.
    ///   - isFlipped: Whether the translation is mirrored and the source is not.
    func loss(queries: [Tensor], keys: [Tensor], isFlipped: Bool) -> Tensor {
        let losses = zip(queries, keys).enumerated().map { layer, pair in
            let count = pair.0.shape.dropFirst(2).reduce(1, *)
            let positions = settings.ncePatches < count ? chance.positions(settings.ncePatches, of: count, layer: layer) : nil
            let key = withoutGradients { projection.vectors(of: pair.1, place: layer, at: positions) }
            let query = projection.vectors(of: isFlipped ? pair.0.flipped(3) : pair.0, place: layer, at: positions)
            return Self.crossEntropy(query, key.detached(), temperature: settings.nceTemperature, negatives: settings.nceNegatives)
        }
        return losses.dropFirst().reduce(losses[0], +) * (settings.nceWeight / Double(losses.count))
    }

    /// The mean over queries [N, P, width] of telling each one's own key from the others.
    static func crossEntropy(_ queries: Tensor, _ keys: Tensor, temperature: Double, negatives: ContrastiveNegatives) -> Tensor {
        func grouped(_ vectors: Tensor) -> Tensor {
            negatives == .image ? vectors : vectors.reshaped([1, -1, vectors.shape[vectors.rank - 1]])
        }
        let (queries, keys) = (grouped(queries), grouped(keys))
        let own = (queries * keys).sum([2]) * (1 / temperature)
        let all = queries.matmul(keys.permuted([0, 2, 1])) * (1 / temperature)
        return (all.logSumExp(dimension: 2) - own).mean()
    }
}

/// Draws positions and flips from a generator whose state belongs to the checkpoint.
final class RandomPatches: PatchContrast.Chance {
    var random: SplitMix64

    init(random: SplitMix64) {
        self.random = random
    }

    func positions(_ wanted: Int, of count: Int, layer: Int) -> [Int]? { random.sample(wanted, below: count) }

    func flip() -> Bool { random.uniform() < 0.5 }
}
