import Imaging
import Torch
import TorchNN

/// An encoder, a middle or a decoder of a ResNet generator: a part of its chain of layers, under the keys that these have in the whole one.
///
/// The parts of a translation from X to Y are the encoder of X, the middle that all domains share, and the decoder of Y. Put together, their
/// tensors are those of an ordinary generator. Anoosheh et al., "ComboGAN", arXiv 1712.06909, has the parts without a middle.
public final class GeneratorPart: Module, Layer {
    /// The layers, under the reference's key `model`.
    public let model: Sequential

    init(_ layers: some Collection<any Layer>, numberedFrom start: Int) {
        model = Sequential(Array(layers), numberedFrom: start)
    }

    public func callAsFunction(_ input: Tensor) -> Tensor { runGraph(on: input) }

    public func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value { graph.append(model, to: input) }

    /// The names of the networks that the parts of generators are in files.
    public enum Name {
        /// What all domains share.
        public static let middle = "middle"
        /// From images of a domain to features.
        public static func encoder(of domain: Domain) -> String { "encoder_\(key(domain))" }
        /// From features to images of a domain.
        public static func decoder(of domain: Domain) -> String { "decoder_\(key(domain))" }
        /// Scores of images of a domain.
        public static func discriminator(of domain: Domain) -> String { "discriminator_\(key(domain))" }

        /// The parts of a translation.
        public static func parts(of translation: Translation) -> [String] {
            [encoder(of: translation.from), middle, decoder(of: translation.to)]
        }

        /// A dot would end the name in the keys of a file.
        private static func key(_ domain: Domain) -> String {
            domain.name.replacing("%", with: "%25").replacing(".", with: "%2E")
        }
    }
}

extension ResnetGenerator {
    /// The layers of this generator as an encoder, a middle and a decoder.
    ///
    /// - Parameter sharedBlocks: The residual blocks of the middle. Half of the others, rounded down, belong to the encoder.
    public func parts(sharedBlocks: Int) -> (encoder: GeneratorPart, middle: GeneratorPart, decoder: GeneratorPart) {
        let blocks = model.layers.indices.filter { model.layers[$0] is ResnetBlock }
        precondition((0...blocks.count).contains(sharedBlocks), "\(sharedBlocks) of \(blocks.count) residual blocks cannot be shared")
        let start = (blocks.first ?? model.layers.count) + (blocks.count - sharedBlocks) / 2
        func part(_ range: Range<Int>) -> GeneratorPart { GeneratorPart(model.layers[range], numberedFrom: range.lowerBound) }
        return (part(0..<start), part(start..<start + sharedBlocks), part(start + sharedBlocks..<model.layers.count))
    }
}

extension GeneratorDescription {
    /// What the parts of one translation make together: a generator of its own.
    public func assembled(for translation: Translation) -> GeneratorDescription {
        var single = self
        single.sharedBlocks = nil
        single.translations = [translation]
        let own = [translation.from, translation.to]
        single.domains = domains.filter { own.contains($0.key) }
        single.scales = scales?.filter { own.contains($0.key) }
        return single
    }
}
