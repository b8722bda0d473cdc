import CycleGANModels
import Imaging
import Torch
import TorchNN

/// Translates images of any size with one generator, deterministically, at their own size and bit depth.
public final class Translator {
    /// What the generator is and which images it takes and gives.
    public let description: GeneratorDescription
    /// Where the generator runs.
    public let device: Device
    private let generator: any Layer

    /// - Parameter device: Where the generator runs.
    public init(_ file: GeneratorFile, device: Device) {
        description = file.description
        generator = file.generator
        self.device = device
        generator.move(to: device)
    }

    /// Translates one image.
    ///
    /// The image is mirrored outwards to the generator's stride and the result cut back to the image's size. An image deeper or
    /// shallower than those of the training keeps its depth, unless the domains map a value range of their own.
    /// - Parameter name: The image's file name, for messages.
    /// - Throws: `ImageError` when the image cannot be of the input domain, `NetworkConfigurationError` when it is too large for the
    ///   generator's attention, `TorchError` when memory runs out.
    public func translate(_ image: PixelImage, name: String = "the image") throws -> PixelImage {
        let (input, output) = domains(for: image)
        try description.configuration.checkImageSize(height: paddedSide(image.height), width: paddedSide(image.width))
        let pixels = try image.converted(to: input, name: name).tensor(for: input)
        let translated = try withTorchErrors {
            withoutGradients { translate(pixels.to(device), height: image.height, width: image.width).to(.cpu) }
        }
        return PixelImage(tensor: translated, domain: output)
    }

    // The size is passed on, because a tensor of a failed operation has none.
    private func translate(_ images: Tensor, height: Int, width: Int) -> Tensor {
        let padded = Self.mirror(images, from: (height, width), to: (paddedSide(height), paddedSide(width)))
        return generator(padded).narrowed(dimension: 2, start: 0, length: height).narrowed(dimension: 3, start: 0, length: width)
    }

    private func domains(for image: PixelImage) -> (input: DomainConfiguration, output: DomainConfiguration) {
        var (input, output) = (description.inputDomain, description.outputDomain)
        if input.valueRange == nil, output.valueRange == nil, input.bitDepth == output.bitDepth {
            let depth: BitDepth =
                switch image.format {
                case .uint8: .eight
                case .uint16: .sixteen
                case .float32: .float
                }
            input.bitDepth = depth
            output.bitDepth = depth
        }
        return (input, output)
    }

    private func paddedSide(_ side: Int) -> Int {
        let stride = description.configuration.stride
        return max((side + stride - 1) / stride * stride, description.configuration.smallestSide)
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
