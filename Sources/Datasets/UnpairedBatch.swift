import Imaging
import Torch

/// Some samples, stacked for the networks.
public struct UnpairedBatch {
    /// Images, shape [N, channels, height, width], float32, the domain's value range mapped to -1...1.
    public var imagesA, imagesB: Tensor
    /// Further images for the discriminators alone, shape [M, channels, height, width], where the data set draws them.
    public var extraImagesA, extraImagesB: Tensor?
    /// The files the images were read from, without the extra ones.
    public var pathsA, pathsB: [String]
    /// Regions of interest, shape [N, 1, height, width], float32, 1 inside and 0 outside, where the data set has them.
    public var masksA, masksB: Tensor?

    /// A batch of images, with masks where there are any.
    public init(
        imagesA: Tensor, imagesB: Tensor, pathsA: [String], pathsB: [String], masksA: Tensor? = nil, masksB: Tensor? = nil
    ) {
        (self.imagesA, self.imagesB) = (imagesA, imagesB)
        (self.pathsA, self.pathsB) = (pathsA, pathsB)
        (self.masksA, self.masksB) = (masksA, masksB)
    }

    /// Stacks samples on the CPU.
    ///
    /// - Throws: `DatasetError.sizesDiffer` naming two files.
    public init(_ samples: [UnpairedSample], domainA: DomainConfiguration, domainB: DomainConfiguration) throws(DatasetError) {
        let (pathsA, pathsB) = (samples.map(\.pathA), samples.map(\.pathB))
        self.init(
            imagesA: try Self.stack(samples.map(\.imageA), pathsA, domainA),
            imagesB: try Self.stack(samples.map(\.imageB), pathsB, domainB), pathsA: pathsA, pathsB: pathsB)
        let (masksA, masksB) = (samples.compactMap(\.maskA), samples.compactMap(\.maskB))
        if !masksA.isEmpty { self.masksA = try Self.stack(masksA, pathsA, .mask) }
        if !masksB.isEmpty { self.masksB = try Self.stack(masksB, pathsB, .mask) }
        // Data sets with extra images crop, so that all have one size.
        let (extraA, extraB) = (samples.flatMap(\.extraImagesA), samples.flatMap(\.extraImagesB))
        if !extraA.isEmpty { extraImagesA = try Self.stack(extraA, [], domainA) }
        if !extraB.isEmpty { extraImagesB = try Self.stack(extraB, [], domainB) }
    }

    private static func stack(_ images: [PixelImage], _ paths: [String], _ domain: DomainConfiguration) throws(DatasetError) -> Tensor {
        precondition(!images.isEmpty, "a batch needs samples")
        let size = images[0].size
        if let odd = images.firstIndex(where: { $0.size != size }) {
            throw .sizesDiffer(first: paths[0], firstSize: size, second: paths[odd], secondSize: images[odd].size)
        }
        let length = domain.channels * size.height * size.width
        return Tensor(of: Float.self, shape: [images.count, domain.channels, size.height, size.width]) { values in
            for (number, image) in images.enumerated() {
                image.fill(UnsafeMutableBufferPointer(rebasing: values[number * length..<(number + 1) * length]), for: domain)
            }
        }
    }

    /// The same batch with its tensors on another device.
    public func moved(to device: Device) -> UnpairedBatch {
        var batch = self
        batch.imagesA = imagesA.to(device)
        batch.imagesB = imagesB.to(device)
        batch.extraImagesA = extraImagesA?.to(device)
        batch.extraImagesB = extraImagesB?.to(device)
        batch.masksA = masksA?.to(device)
        batch.masksB = masksB?.to(device)
        return batch
    }
}
