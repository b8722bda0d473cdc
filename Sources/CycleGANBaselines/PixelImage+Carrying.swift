import Imaging
import Torch

extension PixelImage {
    /// The image as one of another domain, as a generator that changes nothing would give it: black stays black and white stays white.
    ///
    /// - Parameter name: The file, for the error.
    /// - Throws: `ImageError` where its channels or values cannot become the domain's.
    package func carried(
        from input: DomainConfiguration, to output: DomainConfiguration, name: String
    ) throws(ImageError) -> PixelImage {
        var source = input
        (source.channels, source.bands) = (output.channels, nil)
        if source.background.count > 1, source.background.count != output.channels { source.background = [255] }
        let converted = try converted(to: source, name: name)
        if source.valueRange == nil, output.valueRange == nil, source.bitDepth == output.bitDepth { return converted }
        return PixelImage(tensor: converted.tensor(for: source), domain: output)
    }
}
