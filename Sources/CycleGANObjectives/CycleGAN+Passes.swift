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
    func passes(_ a: DomainImages, _ b: DomainImages, _ strengths: (a: Strengths, b: Strengths)? = nil) -> Passes {
        let (realA, realB) = (Input(a.images, a.masks, strengths?.a), Input(b.images, b.masks, strengths?.b))
        // Identities come last, as in the reference, where running statistics depend on the order.
        let isIdentityBEarly = areGeneratorsBatchIndependent && a.images.shape == b.images.shape
        func identity(_ input: Input, when isItsTurn: Bool) -> [Input] { hasIdentityLoss && isItsTurn ? [input] : [] }

        let towardsB = translate([realA] + identity(realB, when: isIdentityBEarly), generatorAB)
        let fakeB = towardsB[0]
        let towardsA = translate([Input(fakeB, a.masks, strengths?.a), realB] + identity(realA, when: true), generatorBA)
        let (reconstructedA, fakeA) = (towardsA[0], towardsA[1])
        let backToB = translate([Input(fakeA, b.masks, strengths?.b)] + identity(realB, when: !isIdentityBEarly), generatorAB)
        return Passes(
            fakeB: fakeB, reconstructedA: reconstructedA, fakeA: fakeA, reconstructedB: backToB[0],
            identityA: hasIdentityLoss ? towardsA[2] : nil,
            identityB: hasIdentityLoss ? (isIdentityBEarly ? towardsB[1] : backToB[1]) : nil)
    }

    /// What a generator is given.
    private struct Input {
        let images: Tensor
        let mask: Tensor?
        let strengths: Strengths?

        init(_ images: Tensor, _ mask: Tensor?, _ strengths: Strengths?) {
            (self.images, self.mask, self.strengths) = (images, mask, strengths)
        }
    }

    private func translate(_ inputs: [Input], _ generator: AveragedGenerator) -> [Tensor] {
        func translate(_ images: Tensor, _ mask: Tensor?, _ strengths: Strengths?) -> Tensor {
            optimization.autocasting(images) {
                generator.description.translate($0, mask: mask, condition: strengths?.condition(like: $0), with: generator.network)
            }
        }
        let (shape, masks) = (inputs[0].images.shape, inputs.compactMap(\.mask))
        let areAlike = inputs.allSatisfy { $0.images.shape == shape } && (masks.isEmpty || masks.count == inputs.count)
        guard inputs.count > 1, areGeneratorsBatchIndependent, areAlike else {
            return inputs.map { translate($0.images, $0.mask, $0.strengths) }
        }
        let strengths = inputs.compactMap(\.strengths)
        return translate(
            Tensor.concatenated(inputs.map(\.images)), masks.isEmpty ? nil : Tensor.concatenated(masks),
            strengths.isEmpty ? nil : Strengths.joined(strengths)
        )
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
        func translate(_ images: Tensor, _ generator: AveragedGenerator, strength: Double = 1) -> Tensor {
            let description = generator.description
            let condition = description.condition(of: description.translations[0], strength: strength)
            return description.translate(images, mask: real.masks, condition: condition, with: generator.inference)
        }
        let fake = translate(real.images, there)
        var pictures: [TranslatedBatch.Picture] = [.init(.real, from, real.images)]
        // White inside and black outside, in the channels of the domain.
        if let masks = real.masks { pictures.append(.init(.mask, from, (masks * 2 - 1).expanded(to: real.images.shape))) }
        if weights.strength != nil {
            pictures += [PictureRole.quarter, .half, .threeQuarters].map { role in
                .init(role, to, translate(real.images, there, strength: role.strength))
            }
        }
        pictures += [.init(.fake, to, fake), .init(.reconstructed, from, translate(fake, back))]
        if hasIdentityLoss { pictures.append(.init(.identity, from, translate(real.images, back))) }
        return TranslatedBatch.Row(Translation(from: from, to: to), pictures)
    }
}
