import Imaging
import Torch

/// What a batch holds of one domain.
public struct DomainImages {
    /// Images, shape [N, channels, height, width], float32, the domain's value range mapped to -1...1.
    public var images: Tensor
    /// Regions of interest, shape [N, 1, height, width], float32, 1 inside and 0 outside, where the data set has them.
    public var masks: Tensor?
    /// Further images for the discriminators alone, shape [M, channels, height, width], where the data set draws them.
    public var extraImages: Tensor?
    /// The files the images were read from, without the extra ones.
    public var paths: [String]

    /// Images, with masks where there are any.
    public init(images: Tensor, masks: Tensor? = nil, paths: [String] = []) {
        self.images = images
        self.masks = masks
        self.paths = paths
    }

    fileprivate func moved(to device: Device) -> DomainImages {
        var moved = self
        moved.images = images.to(device)
        moved.masks = masks?.to(device)
        moved.extraImages = extraImages?.to(device)
        return moved
    }
}

/// Some samples, stacked for the networks.
public struct ImageBatch {
    /// The domains of its images, in the order of the data set.
    public let domains: [Domain]
    private var parts: [DomainImages]
    /// For each sample, whether its images show the same thing and were transformed alike.
    public var areAligned: [Bool]

    /// A batch of images, none of which belong together unless told otherwise.
    public init(_ parts: [(domain: Domain, images: DomainImages)], areAligned: [Bool]? = nil) {
        precondition(!parts.isEmpty, "a batch needs images")
        domains = parts.map(\.domain)
        self.parts = parts.map(\.images)
        self.areAligned = areAligned ?? Array(repeating: false, count: parts[0].images.images.shape[0])
    }

    /// The number of samples.
    public var count: Int { areAligned.count }

    /// What it holds of a domain, which must be one of its own.
    public subscript(domain: Domain) -> DomainImages {
        get { parts[index(of: domain)] }
        set { parts[index(of: domain)] = newValue }
    }

    private func index(of domain: Domain) -> Int {
        guard let index = domains.firstIndex(of: domain) else {
            preconditionFailure("the batch has no images of \(domain), only of \(domains)")
        }
        return index
    }

    /// All files that its images were read from.
    public var paths: [String] { parts.flatMap(\.paths) }

    /// The same batch with its tensors on another device.
    public func moved(to device: Device) -> ImageBatch {
        var batch = self
        batch.parts = parts.map { $0.moved(to: device) }
        return batch
    }
}

extension ImageBatch {
    /// Stacks samples of a data set on the CPU.
    ///
    /// - Throws: `DatasetError.sizesDiffer` naming two files.
    public init(_ samples: [ImageSample], of dataset: some ImageDataset) throws(DatasetError) {
        var parts: [(domain: Domain, images: DomainImages)] = []
        for domain in dataset.domains {
            let (configuration, own) = (dataset.configuration(of: domain), samples.flatMap(\.parts).filter { $0.domain == domain })
            // A sample may hold images of some of many domains.
            if own.isEmpty { continue }
            let paths = own.map(\.path)
            var part = DomainImages(images: try Self.stack(own.map(\.image), paths, configuration), paths: paths)
            let masks = own.compactMap(\.mask)
            if !masks.isEmpty { part.masks = try Self.stack(masks, paths, .mask) }
            // Data sets with extra images crop, so that all have one size.
            let extra = own.flatMap(\.extraImages)
            if !extra.isEmpty { part.extraImages = try Self.stack(extra, [], configuration) }
            parts.append((domain, part))
        }
        self.init(parts, areAligned: samples.map(\.isAligned))
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
}
