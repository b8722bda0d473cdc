import CycleGANModels
import Imaging
import Support
import Torch

extension Translator {
    /// How far an image is from what comes back when its translation is translated back, at the size of its translation.
    ///
    /// Both networks run at the size that the image is scaled to, without rounding in between and without anything that `finish` adds; with
    /// `restoresSize` the error is scaled to the image's own size afterwards.
    ///
    /// - Parameters:
    ///   - mask: As for `translate(_:mask:name:)`; it is scaled as the image is.
    ///   - back: The generator of the other direction, for images of the same kinds.
    ///   - window: The values that become black and white where nobody else says so.
    /// - Throws: As `translate(_:mask:name:)`.
    public func cycleError(
        of image: PixelImage, mask: PixelImage? = nil, back: Translator, name: String = "the image", scaling: InputScaling = .original,
        restoresSize: Bool = false, window: ValueRange? = nil
    ) throws -> CycleError {
        let size = try size(of: image.size, scaling: scaling, name: name)
        for translator in [self, back] { try translator.check(size, hasMask: mask != nil, name: name) }
        let input = domains(for: image, measuresRange: true, window: window).input
        let pixels = try image.converted(to: input, name: name).resized(to: size).tensor(for: input)
        let region = try mask?.asMask(of: image.size, name: "the mask", imageName: name).resized(to: size).withHardEdges().tensor(
            for: .mask)
        let values = try withTorchErrors {
            try withoutGradients {
                let there = try output(of: pixels, region, size)
                // From a range of 2 to one of 1.
                return try (back.output(of: there, region, size) - pixels).abs().mean([1]).array(of: Float.self).map { $0 / 2 }
            }
        }
        guard restoresSize, size != image.size else { return CycleError(values, size: size) }
        let map = PixelImage(
            width: size.width, height: size.height, bands: 1, format: .float32, bytes: values.withUnsafeBytes { [UInt8]($0) })
        // The filter goes a little below 0 beside steep edges.
        return CycleError(map.resized(to: image.size).sampleLevels.map { max(0, $0) }, size: image.size)
    }

    private func output(of images: Tensor, _ mask: Tensor?, _ size: ImageSize) throws -> Tensor {
        try file.restartDropout()
        return translate(images.to(device), mask?.to(device), height: size.height, width: size.width).to(.cpu)
    }

    private func check(_ size: ImageSize, hasMask: Bool, name: String) throws {
        try file.checkMasks(areGiven: hasMask)
        try checkMemory(for: padded(size), inStrips: false, name: name)
        try checkAttention(size, name: name)
    }
}

extension GeneratorFile {
    /// The translation that undoes this one, which a cycle error needs.
    ///
    /// - Parameter contents: Of the same file.
    /// - Throws: `ModelFileError` where the model does not offer it.
    package func wayBack(in contents: ModelContents) throws(ModelFileError) -> Translation {
        if let back = contents.translations.first(where: { $0.from == translation.to && $0.to == translation.from }) { return back }
        throw ModelFileError(
            file: url.path, problem: "it translates \(description.names.title(of: translation)) and not back", remedies: [.giveBothWays])
    }
}
