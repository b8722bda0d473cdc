import Imaging

/// Images of some domains, drawn sample by sample.
///
/// Every sample is a function of the files, the seed, the epoch and its position; no state is carried from sample to sample.
public protocol ImageDataset: AnyObject, Sendable {
    /// The domains, in a fixed order.
    var domains: [Domain] { get }
    /// The number of samples of one epoch.
    var count: Int { get }
    /// Decides orders, draws and augmentation.
    var seed: UInt64 { get }
    /// What the images of a domain become.
    func configuration(of domain: Domain) -> DomainConfiguration
    /// The files that a domain's images are read from.
    func folder(of domain: Domain) -> ImageFolder
    /// Where each of a domain's images is read from; by default the pictures in the files of its folder.
    func imageSources(of domain: Domain) -> [ImageSource]
    /// The files that all samples come from; by default the domains' folders.
    var sources: [ImageFolder] { get }

    /// The sample at a position of an epoch, `0..<count`; may be called from any thread.
    ///
    /// A file that cannot be used is replaced by the next of its domain.
    /// - Throws: `DatasetError.nothingReadable` where a domain has no usable file.
    func sample(epoch: Int, position: Int) throws(DatasetError) -> ImageSample

    /// Checks before training that the images can be read: decodes some, evenly spread.
    ///
    /// - Throws: `DatasetError` where more than half cannot be used, with examples, or where images do not belong together as they should.
    func checkReadable() throws(DatasetError)

    /// The paths of all files found unusable so far.
    var unreadableFiles: [String] { get }
}

extension ImageDataset {
    public var sources: [ImageFolder] { domains.map(folder(of:)) }

    public func imageSources(of domain: Domain) -> [ImageSource] {
        folder(of: domain).sources()
    }

    /// The median size of a domain's images by area, of up to 64 that can be read, evenly spread; `nil` where there are none.
    package func typicalSize(of domain: Domain) -> ImageSize? {
        let sources = imageSources(of: domain)
        let count = min(sources.count, 64)
        let sizes = (0..<count).compactMap { try? sources[$0 * sources.count / count].size() }
        let sorted = sizes.sorted { ($0.height * $0.width, $0.height) < ($1.height * $1.width, $1.height) }
        return sorted.isEmpty ? nil : sorted[sorted.count / 2]
    }
}

/// An image of each domain.
public struct ImageSample: Sendable, Equatable {
    /// What a sample holds of one domain.
    public struct Part: Sendable, Equatable {
        /// Whose image it is.
        public let domain: Domain
        /// The image, transformed and of its domain's channels and depth.
        public let image: PixelImage
        /// The region of interest, where the data set has masks: transformed as its image, 8-bit grey, 255 inside and 0 outside.
        public let mask: PixelImage?
        /// Further images, drawn for the discriminators alone.
        public let extraImages: [PixelImage]
        /// Where the image was read from, without those of the extra images.
        public let source: ImageSource

        /// The file that was read.
        public var path: String { source.url.path }
    }

    /// The images, in the order of the data set's domains.
    public let parts: [Part]
    /// Whether the images show the same thing and were transformed alike.
    public let isAligned: Bool
    /// What happened on the way, each time anew.
    public let notices: [DatasetNotice]

    /// What it holds of a domain, which must be one of the data set's.
    public subscript(domain: Domain) -> Part {
        guard let part = parts.first(where: { $0.domain == domain }) else { preconditionFailure("the sample has no images of \(domain)") }
        return part
    }
}
