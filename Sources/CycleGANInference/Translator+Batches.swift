import CycleGANModels
import Imaging
import Torch

extension Translator {
    /// An image as the generator takes it, of its domain and scaled.
    struct Prepared {
        let request: TranslationRequest
        /// Of the image's size.
        let mask: PixelImage?
        let scaled: (image: PixelImage, mask: PixelImage?)
        let input, output: DomainConfiguration
    }

    /// How many images of a size are best translated at once.
    ///
    /// Of small images reading weights takes a part of the time that several share (12 % of ResNets at 64x64); larger ones would only take more
    /// memory together. Others than ResNets round differently then, as does what is smaller than 40 pixels, and with a seed for dropout all
    /// images are to get the same: they are translated one by one.
    ///
    /// - Parameter size: As the generator gets them.
    public func batchSize(for size: ImageSize) -> Int {
        let padded = padded(size)
        guard case .resnet = description.configuration.architecture, min(padded.height, padded.width) >= 40,
            padded.height * padded.width <= 64 * 64, frames == nil, !file.hasSeededDropout,
            !takesStrips(for: padded)
        else { return 1 }
        return Self.mostImages
    }

    /// The most images that are translated at once.
    public static let mostImages = 4

    /// Translates several images, those in a row that have one size at once, with the same results as one by one.
    ///
    /// - Returns: For each request its translation, or the error that `translate(_:scaling:)` throws for it.
    public func translate(
        _ requests: [TranslationRequest], scaling: TranslationScaling = TranslationScaling()
    ) -> [Result<PixelImage, any Error>] {
        let prepared = requests.map { request in Result { try prepare(request, scaling: scaling) } }
        var (results, batch): ([Result<PixelImage, any Error>], [Prepared]) = ([], [])
        func flush() {
            defer { batch = [] }
            do {
                let outputs = batch.isEmpty ? [] : try outputs(of: batch)
                results += zip(batch, outputs).map { prepared, output in Result { try complete(prepared, output, scaling: scaling) } }
            } catch {
                results +=
                    batch.count == 1
                    ? [.failure(error)]
                    : batch.map { one in
                        Result { try complete(one, try outputs(of: [one])[0], scaling: scaling) }
                    }
            }
        }
        for one in prepared {
            switch one {
            case .failure(let error):
                flush()
                results.append(.failure(error))
            case .success(let next):
                let size = next.scaled.image.size
                let fits = batch.first.map { $0.scaled.image.size == size && ($0.mask == nil) == (next.mask == nil) } ?? true
                if !fits || batch.count >= batchSize(for: size) { flush() }
                batch.append(next)
            }
        }
        flush()
        return results
    }

    /// Brings an image to its domain and to the size for the generator.
    func prepare(_ request: TranslationRequest, scaling: TranslationScaling) throws -> Prepared {
        let (image, name) = (request.image, request.name)
        let size = try size(of: image.size, scaling: scaling.input, name: name)
        try file.checkMasks(areGiven: request.mask != nil)
        let mask = try request.mask?.asMask(of: image.size, name: "the mask", imageName: name)
        let (input, output) = domains(for: image, measuresRange: request.measuresRange, window: request.window)
        let converted = try image.converted(to: input, name: name)
        try checkAttention(size, name: name)
        let isOwn = size == image.size
        let scaled = isOwn ? (converted, mask) : (converted.resized(to: size), mask?.resized(to: size).withHardEdges())
        return Prepared(request: request, mask: mask, scaled: scaled, input: input, output: output)
    }

    /// What the generator makes of images of one size.
    func outputs(of batch: [Prepared]) throws -> [PixelImage] {
        let first = batch[0]
        let (image, mask) = first.scaled
        if let frames { return try batch.map { try translated($0, after: frames) } }
        if batch.count == 1, takesStrips(for: padded(image.size)) {
            let source = StripSource(image, mask: mask, domain: first.input, padded: padded(image.size))
            return [try translatedByStrips(source, first.output, name: first.request.name)]
        }
        let images = Tensor.joined(batch.map { $0.scaled.image.tensor(for: $0.input) })
        let masks = mask == nil ? nil : Tensor.joined(batch.compactMap { $0.scaled.mask?.tensor(for: .mask) })
        try file.restartDropout()
        let made = try withTorchErrors {
            withoutGradients {
                translate(images.to(device), masks?.to(device), height: image.height, width: image.width).to(.cpu)
            }
        }
        return batch.enumerated().map { index, one in
            PixelImage(
                tensor: batch.count == 1 ? made : made.narrowed(dimension: 0, start: index, length: 1), domain: one.output)
        }
    }

    /// A translation of the size that was asked for, put together with its image.
    func complete(_ prepared: Prepared, _ output: PixelImage, scaling: TranslationScaling) throws -> PixelImage {
        let (image, mask) = prepared.scaled
        // Scaled once, the image stands for itself.
        let isOwn = image.size == prepared.request.image.size
        var result = try kept(output, of: isOwn ? prepared.request.image : image, mask: mask, prepared)
        if !isOwn, scaling.restoresSize {
            let size = prepared.request.image.size
            result = try kept(result.resized(to: size), of: prepared.request.image, mask: prepared.mask, prepared)
        }
        let request = prepared.request
        return try finished(
            result, of: request.image, mask: prepared.mask, prepared.input, prepared.output, request.traits, name: request.name)
    }

    /// A result with the image's own samples outside the mask, where the generator puts these back.
    private func kept(_ result: PixelImage, of image: PixelImage, mask: PixelImage?, _ prepared: Prepared) throws -> PixelImage {
        let (input, output) = (prepared.input, prepared.output)
        guard let mask, description.masking == .composite, Self.samplesMeanTheSame(input, output) else { return result }
        let own = try own(image, as: result, input, output, prepared.request.traits, name: prepared.request.name)
        return result.masked(by: mask, over: own)
    }
}

extension Tensor {
    fileprivate static func joined(_ tensors: [Tensor]) -> Tensor {
        tensors.count == 1 ? tensors[0] : concatenated(tensors, dimension: 0)
    }
}
