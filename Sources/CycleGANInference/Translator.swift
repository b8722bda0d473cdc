import CycleGANModels
import Foundation
import Imaging
import Torch
import TorchNN

/// Translates images of any size with one generator, deterministically, at their own size unless asked for another, and in their own bit depth.
///
/// For one thread at a time; any number of tasks may share a `SharedTranslator`.
public final class Translator {
    /// Where the generator runs.
    public let device: Device
    let file: GeneratorFile
    /// What the generator is and which images it takes and gives, as the file or someone says.
    public private(set) var description: GeneratorDescription
    /// Whether images keep their depth: neither domain maps a value range of its own.
    private let keepsDepth: Bool
    /// How strongly images are translated, from 0 to 1.
    private(set) var strength = 1.0
    /// What becomes of images whose maps do not fit into memory.
    public var largeImages = LargeImages()
    /// The generator's operations.
    let graph: Graph
    /// How translations are put together with their images.
    public internal(set) var finish = TranslationFinish()
    /// The generator of the other direction, for cycle errors where these are wanted.
    public var wayBack: Translator?
    /// The frames before, where the images are those of a video.
    var frames: FrameStatistics?
    /// Which percentiles of each image become black and white, in place of the input domain's range.
    private var percentiles: RangeChoice?
    private let stride: Int
    private let smallestSide: Int
    let memory: TranslationMemory

    /// - Parameter device: Where the generator runs.
    public init(_ file: GeneratorFile, device: Device) {
        self.file = file
        self.device = device
        description = file.description
        let (input, output) = (file.description.images(of: file.translation.from), file.description.images(of: file.translation.to))
        keepsDepth = input.keepsDepth(as: output)
        let graph = Graph(of: file.generator)
        self.graph = graph
        stride = graph.stride
        smallestSide = graph.smallestSide(multipleOf: stride) ?? stride
        memory = TranslationMemory(graph, input: input, output: output)
        file.generator.move(to: device)
    }

    /// Takes what someone says of the domains' images in place of what the file says.
    ///
    /// Percentiles are those of each image that is translated; of results there are none.
    ///
    /// - Throws: `ImageError.invalidDomain`, such as for bands that are not as many as the channels.
    public func adjust(_ adjustments: [Domain: ImageAdjustment]) throws(ImageError) {
        try description.adjust(adjustments, for: translation)
        if let range = adjustments[translation.from]?.range, range.bounds == nil { percentiles = range }
    }

    /// Translates so strongly from now on, from 0 for the image itself to 1.
    ///
    /// - Throws: `ModelFileError` for a generator that was trained without a strength.
    public func setStrength(_ strength: Double) throws(ModelFileError) {
        precondition((0...1).contains(strength), "the strength \(strength) is not from 0 to 1")
        guard description.configuration.hasStrength else {
            throw ModelFileError(
                file: file.url.path, problem: "this generator was trained without a strength, and \(strength) was asked for",
                remedies: [.leaveOutStrength])
        }
        self.strength = strength
    }

    /// What it is used for.
    public var translation: Translation { file.translation }
    /// The images that go in.
    public var inputDomain: DomainConfiguration { description.images(of: translation.from) }
    /// The images that come out.
    public var outputDomain: DomainConfiguration { description.images(of: translation.to) }

    /// The type of the samples of translations; `nil` where each has that of its image.
    public var resultFormat: PixelImage.Format? {
        keepsDepth ? nil : outputDomain.writtenDepth.format
    }

    /// The size that the images that go in had in training; `nil` where the model's file does not say.
    public var trainingScale: TrainingScale? { description.scales?[translation.from] }

    /// Translates an image file.
    ///
    /// - Parameters:
    ///   - maskFile: The image's mask, for a generator that was trained with masks.
    /// - Throws: As `translate(_:mask:name:)`, naming the files.
    public func translate(
        contentsOf imageFile: URL, mask maskFile: URL? = nil, scaling: TranslationScaling = TranslationScaling()
    ) throws -> PixelImage {
        let image = try PixelImage(contentsOf: imageFile, axis: inputDomain.sliceAxis).picking(
            bands: inputDomain.bands, name: imageFile.path)
        let mask = try maskFile.map {
            try PixelImage(contentsOf: $0).asMask(of: image.size, name: $0.path, imageName: imageFile.path)
        }
        let window = PixelImage.window(of: imageFile).map { ValueRange($0) }
        return try translate(TranslationRequest(image, mask: mask, name: imageFile.path, window: window), scaling: scaling)
    }

    /// The size to which an image is scaled.
    ///
    /// - Throws: `ModelFileError` where the image would become too large, or larger than the memory allows.
    public func size(of image: ImageSize, scaling: InputScaling, name: String = "the image") throws(ModelFileError) -> ImageSize {
        let size = scaling.size(of: image, scale: trainingScale)
        guard max(size.height, size.width) <= InputScaling.largestSide else {
            throw ModelFileError(file: name, problem: "it would be scaled to \(size.namedDimensions), which is too large")
        }
        try checkMemory(for: padded(size), name: name)
        return size
    }

    /// Translates one image after scaling it, by the filter and in the order of training: it is of its domain first.
    ///
    /// - Throws: As `translate(_:mask:name:)`.
    public func translate(_ request: TranslationRequest, scaling: TranslationScaling = TranslationScaling()) throws -> PixelImage {
        let prepared = try prepare(request, scaling: scaling)
        return try complete(prepared, try outputs(of: [prepared])[0], scaling: scaling)
    }

    /// Translates one image.
    ///
    /// The image is mirrored outwards to the generator's stride and the result cut back to the image's size. An image deeper or
    /// shallower than those of the training keeps its depth, unless the domains map a value range of their own.
    ///
    /// Where the generator puts its input's own pixels back outside the mask, the result has exactly the image's samples there, as far
    /// as both domains give a sample the same meaning; otherwise they go through the domains' value ranges. So has that of a generator that was
    /// trained without masks, where a mask is given.
    /// - Parameters:
    ///   - mask: The region to change, a picture of the image's size as `PixelImage.asMask(of:name:imageName:)` takes it; a generator that was
    ///     trained with masks needs one.
    ///   - name: The image's file name, for messages.
    /// - Throws: `ImageError` when the image cannot be of the input domain or the mask does not fit the image, `ModelFileError` for a
    ///   missing mask, a mask where images and translations have no values in common, or an image too large for the generator's attention, `TorchError` when memory runs out.
    public func translate(_ image: PixelImage, mask: PixelImage? = nil, name: String = "the image") throws -> PixelImage {
        try translate(TranslationRequest(image, mask: mask, name: name))
    }

    /// Checks that the generator's attention can look at an image of a size.
    func checkAttention(_ size: ImageSize, name: String) throws(ModelFileError) {
        do throws(NetworkConfigurationError) {
            try description.configuration.checkImageSize(height: paddedSide(size.height), width: paddedSide(size.width))
        } catch {
            throw ModelFileError(file: name, problem: "it is too large for this generator's attention: \(error)")
        }
    }

    static func samplesMeanTheSame(_ input: DomainConfiguration, _ output: DomainConfiguration) -> Bool {
        if input.valueRange == nil, output.valueRange == nil { return true }
        return input.bitDepth == output.bitDepth && input.effectiveRange == output.effectiveRange
    }

    // The size is passed on, because a tensor of a failed operation has none.
    func translate(_ images: Tensor, _ mask: Tensor?, height: Int, width: Int) -> Tensor {
        func padded(_ tensor: Tensor) -> Tensor {
            Self.mirror(tensor, from: (height, width), to: (paddedSide(height), paddedSide(width)))
        }
        let condition = description.condition(of: translation, strength: strength)
        return description.translate(padded(images), mask: mask.map(padded), condition: condition, with: file.generator).narrowed(
            dimension: 2, start: 0, length: height
        ).narrowed(dimension: 3, start: 0, length: width)
    }

    func domains(
        for image: PixelImage, measuresRange: Bool, window: ValueRange?
    ) -> (input: DomainConfiguration, output: DomainConfiguration) {
        var (input, output) = (inputDomain, outputDomain)
        if measuresRange, let percentiles { input.valueRange = window ?? image.bounds(percentiles, channels: input.channels) }
        if input.valueRange == nil { input.valueRange = window }
        guard keepsDepth else { return (input, output) }
        (input.bitDepth, output.bitDepth) = (image.storedAs.keptDepth, image.storedAs.keptDepth)
        return (input, output)
    }

    /// The percentiles that were asked for, of the values of a whole volume; `nil` where none were.
    package func bounds(of values: [Float]) -> ValueRange? { percentiles?.bounds(of: values) }

    /// Whether percentiles of each image become black and white.
    package var measuresRange: Bool { percentiles != nil }

    /// An image with the percentiles that were asked for at the ends of its domain's range; where none were, as it is.
    package func stretched(_ image: PixelImage) -> PixelImage {
        guard let percentiles else { return image }
        let colours = image.colours(ofDomainWith: inputDomain.channels)
        // Whatever does not fit the domain is refused as it is.
        guard colours.bands == inputDomain.channels || inputDomain.valueRange?.common != nil,
            let bounds = colours.bounds(percentiles, channels: inputDomain.channels)
        else { return image }
        return colours.stretched(from: bounds, to: inputDomain.valueRange ?? ValueRange(0...1))
    }

    func padded(_ size: ImageSize) -> ImageSize {
        ImageSize(height: paddedSide(size.height), width: paddedSide(size.width))
    }

    private func paddedSide(_ side: Int) -> Int {
        max((side + stride - 1) / stride * stride, smallestSide)
    }

    /// Extends images to the right and downwards by mirroring, again and again where they are smaller than what is added.
    static func mirror(_ images: Tensor, from size: (height: Int, width: Int), to target: (height: Int, width: Int)) -> Tensor {
        var images = images
        for (isHeight, start, side) in [(true, size.height, target.height), (false, size.width, target.width)] {
            var current = start
            while current < side {
                // A single row or column has nothing to mirror: it is repeated.
                let mode: PaddingMode = current == 1 ? .replicate : .reflect
                let added = mode == .replicate ? side - 1 : min(side - current, current - 1)
                images = images.padded(mode, left: 0, right: isHeight ? 0 : added, top: 0, bottom: isHeight ? added : 0)
                current += added
            }
        }
        return images
    }
}
