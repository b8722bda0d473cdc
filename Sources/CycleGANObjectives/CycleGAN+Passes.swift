import CycleGANModels
import CycleGANTraining
import Datasets
import Imaging
import Torch

extension CycleGAN {
    /// What both generators make of a batch.
    struct Passes {
        /// G_AB(A), and the way back.
        let fakeB, reconstructedA: Tensor
        /// G_BA(B), and the way back.
        let fakeA, reconstructedB: Tensor
        /// G_BA(A) and G_AB(B), where there are identity losses.
        let identityA, identityB: Tensor?
    }

    /// Runs the generators. Images that go through the same one are joined in one batch where that makes no difference, so that each weight
    /// is read once for all.
    func passes(_ a: DomainImages, _ b: DomainImages) -> Passes {
        let (realA, realB) = (Input(a), Input(b))
        // Identities come last, as in the reference, where running statistics depend on the order.
        let isIdentityBEarly = areGeneratorsBatchIndependent && a.images.shape == b.images.shape
        func identity(_ input: Input, when isItsTurn: Bool) -> [Input] { hasIdentityLoss && isItsTurn ? [input] : [] }

        let towardsB = translate([realA] + identity(realB, when: isIdentityBEarly), generatorAB)
        let fakeB = towardsB[0]
        let towardsA = translate([Input(fakeB, a.masks), realB] + identity(realA, when: true), generatorBA)
        let (reconstructedA, fakeA) = (towardsA[0], towardsA[1])
        let backToB = translate([Input(fakeA, b.masks)] + identity(realB, when: !isIdentityBEarly), generatorAB)
        return Passes(
            fakeB: fakeB, reconstructedA: reconstructedA, fakeA: fakeA, reconstructedB: backToB[0],
            identityA: hasIdentityLoss ? towardsA[2] : nil,
            identityB: hasIdentityLoss ? (isIdentityBEarly ? towardsB[1] : backToB[1]) : nil)
    }

    /// What a generator is given.
    private struct Input {
        let images: Tensor
        let mask: Tensor?

        init(_ images: Tensor, _ mask: Tensor?) {
            self.images = images
            self.mask = mask
        }

        init(_ real: DomainImages) {
            self.init(real.images, real.masks)
        }
    }

    private func translate(_ inputs: [Input], _ generator: AveragedGenerator) -> [Tensor] {
        func translate(_ images: Tensor, _ mask: Tensor?) -> Tensor {
            optimization.autocasting(images) { generator.description.translate($0, mask: mask, with: generator.network) }
        }
        let (shape, masks) = (inputs[0].images.shape, inputs.compactMap(\.mask))
        let areAlike = inputs.allSatisfy { $0.images.shape == shape } && (masks.isEmpty || masks.count == inputs.count)
        guard inputs.count > 1, areGeneratorsBatchIndependent, areAlike else { return inputs.map { translate($0.images, $0.mask) } }
        return translate(Tensor.concatenated(inputs.map(\.images)), masks.isEmpty ? nil : Tensor.concatenated(masks))
            .split(into: inputs.map { _ in shape[0] })
    }

    public func translations(of batch: ImageBatch) -> TranslatedBatch {
        generatorAB.evaluating {
            generatorBA.evaluating {
                TranslatedBatch(rows: [
                    row(batch[domains.a], from: domains.a, to: domains.b, there: generatorAB, back: generatorBA),
                    row(batch[domains.b], from: domains.b, to: domains.a, there: generatorBA, back: generatorAB),
                ])
            }
        }
    }

    private func row(
        _ real: DomainImages, from: Domain, to: Domain, there: AveragedGenerator, back: AveragedGenerator
    ) -> TranslatedBatch.Row {
        func translate(_ images: Tensor, _ generator: AveragedGenerator) -> Tensor {
            generator.description.translate(images, mask: real.masks, with: generator.inference)
        }
        let fake = translate(real.images, there)
        var pictures: [TranslatedBatch.Picture] = [.init(.real, from, real.images)]
        // White inside and black outside, in the channels of the domain.
        if let masks = real.masks { pictures.append(.init(.mask, from, (masks * 2 - 1).expanded(to: real.images.shape))) }
        pictures += [.init(.fake, to, fake), .init(.reconstructed, from, translate(fake, back))]
        if hasIdentityLoss { pictures.append(.init(.identity, from, translate(real.images, back))) }
        return TranslatedBatch.Row(Translation(from: from, to: to), pictures)
    }
}
