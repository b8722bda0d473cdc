import Imaging
import Pages

extension SamplePictures.Picture {
    /// The picture as a screen shows it.
    ///
    /// - Parameter ranges: The values of black and white by domain, the last letter of the label.
    func displayed(_ ranges: [Character: ClosedRange<Double>]) -> PixelImage {
        image.displayed(range: label.last.flatMap { ranges[$0] })
    }
}
