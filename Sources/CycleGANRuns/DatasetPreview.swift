import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Pages
import Support
import Torch

/// Some training images of both domains, each as its file is and as the networks see it in several epochs.
public struct DatasetPreview {
    /// One image.
    struct Row {
        let domain: Domain
        let source: ImageSource
        /// The file or its half, at most as large as the variants; 8-bit RGB.
        let original: PixelImage
        /// What the networks see, dimmed outside the mask where there are masks, 8-bit RGB with the domain's value range from black to white.
        let variants: [PixelImage]
        /// What the discriminators see in their place where their images are augmented once more.
        let discriminatorInputs: [PixelImage]
        /// The least and the greatest value that the networks see.
        let values: ClosedRange<Double>
    }

    private static let textHeight = 14

    let rows: [Row]
    /// What happened to files on the way, in words and without repetitions.
    public let notices: [String]
    private let dataset: any ImageDataset
    private let names: DomainNames

    /// Reads images evenly spread over both folders, the way that training does. Those of a pair come one below the other.
    ///
    /// - Parameters:
    ///   - dataset: In serial order, so that a position is the same file in every epoch; how an image is prepared does not depend on it.
    ///   - samples: The images per domain; all of a smaller folder.
    ///   - variants: The epochs that are shown.
    ///   - diffAugment: Whether to show differentiable augmentation too.
    ///   - names: What the domains are called.
    /// - Throws: `DatasetError` or `ImageError` naming the file or folder.
    public init(_ dataset: any ImageDataset, samples: Int, variants: Int, diffAugment: Bool = false, names: DomainNames = .own) throws {
        precondition(samples > 0 && variants > 0, "a preview needs samples (\(samples)) and variants (\(variants))")
        let augmentation = diffAugment ? DiffAugmentation(random: TorchRandom(seed: dataset.seed)) : nil
        var rows: [(number: Int, row: Row)] = []
        var areAligned = true
        var notices: [String] = []
        for domain in dataset.domains {
            let fileCount = dataset.imageSources(of: domain).count
            let count = min(samples, fileCount)
            for number in 0..<count {
                let shown = try (1...variants).map { try dataset.sample(epoch: $0, position: number * fileCount / count) }
                for notice in shown.flatMap(\.notices).map(\.description) where !notices.contains(notice) { notices.append(notice) }
                rows.append((number, try Row(shown, dataset, domain, augmentation)))
                areAligned = areAligned && shown.allSatisfy(\.isAligned)
            }
        }
        // All domains of an aligned data set have equally many rows.
        if areAligned { rows = (0..<samples).flatMap { number in rows.filter { $0.number == number } } }
        self.rows = rows.map(\.row)
        (self.dataset, self.notices, self.names) = (dataset, notices, names)
    }

    /// The sheet: a row for each image with its name, its file, its variants and what the discriminators see of these.
    public var sheet: PixelImage {
        let blank = PixelImage(width: 1, height: 1, bands: 3, bytes: [255, 255, 255])
        func label(_ text: String) -> PixelImage { .text(text, height: Self.textHeight) ?? blank }
        let variantCount = rows.map(\.variants.count).max() ?? 0
        let epochs = (0..<variantCount).map { "epoch \($0 + 1)" }
        let discriminatorInputs = rows.allSatisfy(\.discriminatorInputs.isEmpty) ? [] : (0..<variantCount).map { "D \($0 + 1)" }
        let header = ([" ", "file"] + epochs + discriminatorInputs).map(label)
        let pictures = [header] + rows.map { [label($0.label(names)), $0.original] + $0.variants + $0.discriminatorInputs }
        return ContactSheet(sizes: pictures.map { $0.map(\.size) }).drawn(pictures)
    }

    /// One line for each domain: how many images, their size, and their values before and after the map to -1...1.
    public var summary: [String] {
        dataset.domains.map { domain in
            let rows = rows.filter { $0.domain == domain }
            let sizes = Set(rows.flatMap(\.variants).map(\.size.dimensions)).sorted()
            let range = dataset.configuration(of: domain).effectiveRange
            let lowest = rows.map(\.values.lowerBound).min() ?? .nan
            let highest = rows.map(\.values.upperBound).max() ?? .nan
            return "\(names[domain]): \(rows.count) of \(counted(dataset.imageSources(of: domain).count, "image")), "
                + "\(sizes.joined(separator: " and ")) pixels; \(range) become -1...1, "
                + String(format: "found %.2f...%.2f", lowest, highest)
        }
    }
}

extension DatasetPreview.Row {
    fileprivate init(
        _ samples: [ImageSample], _ dataset: any ImageDataset, _ domain: Domain, _ augmentation: DiffAugmentation?
    ) throws {
        let configuration = dataset.configuration(of: domain)
        let tensors = try samples.map { sample in
            let part = try ImageBatch([sample], of: dataset)[domain]
            // Dark outside the mask, which the networks get beside the image.
            return part.masks.map { mask in part.images * mask + ((part.images + 1) * 0.3 - 1) * (-mask + 1) } ?? part.images
        }
        self.domain = domain
        source = samples[0][domain].source
        func displayed(_ tensor: Tensor) -> PixelImage {
            PixelImage(tensor: tensor, domain: configuration).displayed(range: configuration.effectiveRange)
        }
        variants = tensors.map(displayed)
        discriminatorInputs = augmentation.map { augmentation in tensors.map { displayed(augmentation($0)) } } ?? []
        let extremes = tensors.flatMap { [Double($0.min().item()), Double($0.max().item())] }
        values = (extremes.min() ?? 0)...(extremes.max() ?? 0)

        let file = try source.read()
        // The file's own colours, on white: what becomes of them is seen beside.
        let own = DomainConfiguration(channels: file.bands - (file.hasAlpha ? 1 : 0), bitDepth: configuration.bitDepth)
        original = try file.converted(to: own, name: source.name).displayed(range: configuration.effectiveRange)
            .shrunk(toFit: variants[0].size)
    }

    /// The domain, the file's name and, of longer ones, its end.
    fileprivate func label(_ names: DomainNames) -> String {
        let name = source.url.lastPathComponent
        return "\(names[domain]): \(name.count > 24 ? "…" + name.suffix(23) : name)"
    }
}

extension PixelImage {
    fileprivate func shrunk(toFit room: ImageSize) -> PixelImage {
        let scale = min(1, Double(room.height) / Double(height), Double(room.width) / Double(width))
        let (height, width) = (Int((Double(height) * scale).rounded()), Int((Double(width) * scale).rounded()))
        return resized(to: ImageSize(height: max(1, height), width: max(1, width)))
    }
}
