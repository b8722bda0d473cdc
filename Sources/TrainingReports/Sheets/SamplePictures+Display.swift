import CycleGANTraining
import Imaging
import Pages

extension SamplePictures.Picture {
    /// The picture as a screen shows it.
    ///
    /// - Parameter ranges: The values of black and white by domain.
    func displayed(_ ranges: [Domain: ValueRange]) -> PixelImage {
        image.displayed(range: ranges[domain])
    }
}
