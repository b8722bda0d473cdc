import Datasets
import Torch

extension CycleGAN {
    public func translations(of batch: UnpairedBatch) -> TranslatedBatch {
        let (translatorAB, translatorBA) = inferenceGenerators
        let modes = (translatorAB.isTraining, translatorBA.isTraining)
        translatorAB.setTraining(false)
        translatorBA.setTraining(false)
        defer {
            translatorAB.setTraining(modes.0)
            translatorBA.setTraining(modes.1)
        }
        return withoutGradients {
            let (realA, realB) = (batch.imagesA, batch.imagesB)
            func translateAB(_ images: Tensor, _ mask: Tensor?) -> Tensor {
                descriptions.ab.translate(images, mask: mask, with: translatorAB)
            }
            func translateBA(_ images: Tensor, _ mask: Tensor?) -> Tensor {
                descriptions.ba.translate(images, mask: mask, with: translatorBA)
            }
            let fakeB = translateAB(realA, batch.masksA)
            let fakeA = translateBA(realB, batch.masksB)
            // White inside and black outside, in the channels of the domain.
            func picture(_ label: String, _ mask: Tensor?, _ images: Tensor, _ domain: Domain) -> [TranslatedBatch.Picture] {
                mask.map { [(label, ($0 * 2 - 1).expanded(to: images.shape), domain)] } ?? []
            }
            var rowA: [TranslatedBatch.Picture] = [("realA", realA, .a)] + picture("maskA", batch.masksA, realA, .a)
            rowA += [("fakeB", fakeB, .b), ("reconstructedA", translateBA(fakeB, batch.masksA), .a)]
            var rowB: [TranslatedBatch.Picture] = [("realB", realB, .b)] + picture("maskB", batch.masksB, realB, .b)
            rowB += [("fakeA", fakeA, .a), ("reconstructedB", translateAB(fakeA, batch.masksB), .b)]
            if hasIdentityLoss {
                rowA.append(("identityA", translateBA(realA, batch.masksA), .a))
                rowB.append(("identityB", translateAB(realB, batch.masksB), .b))
            }
            return TranslatedBatch(rows: [rowA, rowB])
        }
    }
}
