import Datasets
import Foundation
import Imaging

extension UnpairedImageDataset {
    /// A data set of domains A and B, whose images are prepared alike.
    public convenience init(
        root: URL, split: Split = .train, domainA: DomainConfiguration = DomainConfiguration(),
        domainB: DomainConfiguration = DomainConfiguration(), preprocess: Preprocess = .resizeAndCrop,
        loadSize: ImageSize = ImageSize(286), cropSize: ImageSize = ImageSize(256), stride: Int = 4, smallestSide: Int = 1,
        augmentationA: Augmentation = Augmentation(), augmentationB: Augmentation = Augmentation(), pairing: Pairing = .random,
        holdOut: HoldOut? = nil, seed: UInt64 = 0, masks: Bool = false, extraPairs: Int = 0
    ) throws(DatasetError) {
        func preparation(
            _ domain: Domain, _ images: DomainConfiguration, _ augmentation: Augmentation
        ) throws(DatasetError) -> DomainPreparation {
            try DomainPreparation(
                domain, images: images, preprocess: preprocess, loadSize: loadSize, cropSize: cropSize, stride: stride,
                smallestSide: smallestSide, augmentation: augmentation)
        }
        try self.init(
            root: root, split: split,
            preparations: [preparation(.a, domainA, augmentationA), preparation(.b, domainB, augmentationB)], pairing: pairing,
            holdOut: holdOut, seed: seed, masks: masks, extraPairs: extraPairs)
    }
}

extension ImageBatch {
    /// A batch of domains A and B.
    public init(a: DomainImages, b: DomainImages) {
        self.init([(.a, a), (.b, b)])
    }
}
