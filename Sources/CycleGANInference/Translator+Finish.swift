import CycleGANModels
import Imaging

extension Translator {
    /// Says how translations are put together with their images from now on.
    ///
    /// - Parameter hasMasks: Whether masks will be given.
    /// - Throws: `ModelFileError` where images of the input domain cannot stand in the place of their translations, or colours are to be kept
    ///   and translations have not three channels.
    public func setFinish(_ finish: TranslationFinish, hasMasks: Bool = false) throws(ModelFileError) {
        precondition((0...1).contains(finish.blend), "the blend \(finish.blend) is not from 0 to 1")
        precondition((finish.feather ?? 0) >= 0, "the feather \(finish.feather ?? 0) is below 0")
        if finish.kept != nil, outputDomain.channels != 3 {
            throw ModelFileError(
                file: file.url.path,
                problem: "brightness and colours are of images of 3 channels, and this generator makes \(outputDomain.channels)",
                remedies: [.translateWholly])
        }
        if finish.takesImage || hasMasks && (description.masking == nil || finish.feather != nil) {
            try checkImages(inputDomain, outputDomain)
        }
        self.finish = finish
    }

    /// A translation put together with its image.
    ///
    /// - Parameters:
    ///   - image: As it was given.
    ///   - mask: Of the image's size, 255 inside and 0 outside.
    func finished(
        _ result: PixelImage, of image: PixelImage, mask: PixelImage?, _ input: DomainConfiguration, _ output: DomainConfiguration,
        _ traits: PictureTraits, name: String
    ) throws -> PixelImage {
        // A generator that was trained with masks has heeded its own.
        let mask = description.masking == nil || finish.feather != nil ? mask : nil
        guard finish.takesImage || mask != nil else { return result }
        let own = try own(image, as: result, input, output, traits, name: name)
        let coloured =
            switch finish.kept {
            case .colours: own.withLuma(of: result, range: output.effectiveRange)
            case .luma: result.withLuma(of: own, range: output.effectiveRange)
            case nil: result
            }
        let scaled = mask.map { $0.size == result.size ? $0 : $0.resized(to: result.size).withHardEdges() }
        let blend = Float(finish.blend)
        let weights =
            scaled?.softWeights(feather: finish.feather ?? 0).map { $0 * blend }
            ?? [Float](repeating: blend, count: result.width * result.height)
        let isLight = traits.isSRGB && input.valueRange == nil && output.valueRange == nil && [1, 3].contains(result.bands)
        return own.mixed(with: coloured, weights: weights, of: isLight ? .light : .samples)
    }

    /// An image in the place of its translation: with its own samples as far as both domains give a sample the same meaning; otherwise they go
    /// through the domains' value ranges.
    func own(
        _ image: PixelImage, as result: PixelImage, _ input: DomainConfiguration, _ output: DomainConfiguration, _ traits: PictureTraits,
        name: String
    ) throws -> PixelImage {
        try checkImages(input, output)
        let source = traits.keepsOpacity ? image.colours(ofDomainWith: input.channels) : image
        guard Self.samplesMeanTheSame(input, output) else {
            let own = try source.converted(to: input, name: name).resized(to: result.size)
            return PixelImage(tensor: own.tensor(for: input), domain: output)
        }
        var domain = output
        domain.background = input.background
        return try source.converted(to: domain, name: name).holding(result.format).resized(to: result.size)
    }

    /// An image in the kind and size of its translation, to be shown beside it.
    ///
    /// - Parameters:
    ///   - result: The translation.
    ///   - channels: How many it has there, where the translation is grey.
    ///   - window: The values that become black and white where nobody else says so.
    /// - Throws: As `setFinish(_:hasMasks:)`.
    package func own(
        _ image: PixelImage, beside result: PixelImage, channels: Int, window: ValueRange?, name: String
    ) throws -> PixelImage {
        var (input, output) = domains(for: image, measuresRange: true, window: window)
        if output.channels == 1 { output.channels = channels }
        return try own(image, as: result, input, output, PictureTraits(), name: name)
    }

    private func checkImages(_ input: DomainConfiguration, _ output: DomainConfiguration) throws(ModelFileError) {
        if input.channels == output.channels { return }
        guard Self.samplesMeanTheSame(input, output), output.accepts(channels: input.channels, hasAlpha: false) else {
            throw ModelFileError(
                file: file.url.path,
                problem: "an image of \(input.channels) channels and its translation of \(output.channels) have no values in common",
                remedies: [.translateWholly])
        }
    }
}
