import CycleGANModels
import Imaging
import Torch
import TorchNN

/// Translates images of any size with one generator, deterministically, at their own size and bit depth.
public final class Translator {
    public let description: GeneratorDescription
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
    /// - Throws: `ImageError` when the image cannot be of the input domain, `TorchError` when memory runs out.
    public func translate(_ image: PixelImage, name: String = "the image") throws -> PixelImage {
        let (input, output) = domains(for: image)
        let pixels = try image.converted(to: input, name: name).tensor(for: input)
        let translated = try withTorchErrors {
            withoutGradients { translate(pixels.to(device)).to(.cpu) }
        }
        return PixelImage(tensor: translated, domain: output)
    }

    /// Translates images [N, C, H, W] in -1...1 of any height and width.
    public func translate(_ images: Tensor) -> Tensor {
        let (height, width) = (images.shape[2], images.shape[3])
        let padded = Self.mirror(images, height: paddedSide(height), width: paddedSide(width))
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
        let stride = description.configuration.architecture.stride
        // Reflection padding inside the network mirrors 3 pixels of the input and 1 pixel at a quarter of the size.
        let smallest = max(stride, 8)
        return max((side + stride - 1) / stride * stride, smallest)
    }

    /// Extends images to the right and downwards by mirroring, again and again where they are smaller than what is added.
    static func mirror(_ images: Tensor, height: Int, width: Int) -> Tensor {
        var images = images
        for (dimension, side) in [(2, height), (3, width)] {
            var current = images.shape[dimension]
            while current < side {
                // A single row or column has nothing to mirror: it is repeated.
                let mode: PaddingMode = current == 1 ? .replicate : .reflect
                let added = mode == .replicate ? side - 1 : min(side - current, current - 1)
                images = images.padded(mode, left: 0, right: dimension == 3 ? added : 0, top: 0, bottom: dimension == 2 ? added : 0)
                current += added
            }
        }
        return images
    }
}
