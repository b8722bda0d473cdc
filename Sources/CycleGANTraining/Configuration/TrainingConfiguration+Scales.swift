import CycleGANModels
import Datasets
import Imaging

extension TrainingConfiguration {
    /// The sizes at which images of every domain are shown to the networks, for whoever uses these later.
    ///
    /// - Parameter dataset: The training images, whose own sizes count where nothing scales them; a domain of which none can be read has no
    ///   scale.
    func scales(of dataset: any ImageDataset) -> [Domain: TrainingScale] {
        let found = imageDomains.compactMap { domain in scale(of: domain, in: dataset).map { (domain, $0) } }
        return Dictionary(uniqueKeysWithValues: found)
    }

    private func scale(of domain: Domain, in dataset: any ImageDataset) -> TrainingScale? {
        let (preprocess, loadSize) = (domains.preprocess[domain], domains.loadSize[domain])
        let crop = preprocess.crops ? data.cropSize : nil
        switch preprocess {
        case .resizeAndCrop: return TrainingScale(.size, loadSize, crop: crop)
        case .scaleWidth, .scaleWidthAndCrop:
            return TrainingScale(.width, ImageSize(height: data.cropSize.height, width: loadSize.width), crop: crop)
        case .crop, .none:
            guard dataset.domains.contains(domain), let typical = dataset.typicalSize(of: domain) else { return nil }
            return TrainingScale(.own, crop.map { typical.enlarged(toHold: $0) } ?? typical, crop: crop)
        }
    }
}
