import Foundation
import Support

/// Looks at the values of images on their way into a domain, and tells once for each folder what is clamped and what would come out dark.
public struct ValueWatch: Sendable {
    private struct Folder: Sendable {
        var images = 0
        var samples = 0
        /// Images with values outside the range, the number of these values, and the extremes.
        var clamped: [String] = []
        var outside = 0
        /// Images that use less than a tenth of the range, and their extremes.
        var narrow: [(name: String, least: Double, greatest: Double)] = []
        /// Files of several pages one of which uses more.
        var usedFiles: Set<String> = []
        var range = ValueRange(0...1)
    }

    /// By the path of the folder, in the order of their first images.
    private var folders: [(path: String, folder: Folder)] = []
    /// Whether there were images of other than 8 bits.
    public private(set) var hasDeepImages = false

    /// Nothing seen yet.
    public init() {}

    /// Looks at an image before it is converted to its domain.
    ///
    /// - Parameters:
    ///   - image: With the domain's bands picked.
    ///   - name: The path of its file, perhaps with the page.
    public mutating func observe(_ image: PixelImage, of domain: DomainConfiguration, name: String) {
        var part = SeenImage(of: domain)
        part.add(image)
        observe(part, name: name)
    }

    /// Looks at an image of which parts were seen.
    package mutating func observe(_ image: SeenImage, name: String) {
        if image.isDeep { hasDeepImages = true }
        guard let range = image.range else { return }
        let use = image.use
        let path = (name as NSString).deletingLastPathComponent
        let index = folders.firstIndex { $0.path == path && $0.folder.range == range } ?? folders.count
        if index == folders.count {
            folders.append((path, Folder()))
            folders[index].folder.range = range
        }
        folders[index].folder.images += 1
        folders[index].folder.samples += use.count
        guard use.count > 0 else { return }
        if use.outside > 0 {
            folders[index].folder.clamped.append((name as NSString).lastPathComponent)
            folders[index].folder.outside += use.outside
        }
        // A picture of one level uses nothing and needs nothing.
        if use.greatest > use.least, use.usedShare < 0.1 {
            folders[index].folder.narrow.append(((name as NSString).lastPathComponent, use.least, use.greatest))
        } else if use.greatest > use.least, let file = Self.file(ofPage: (name as NSString).lastPathComponent) {
            folders[index].folder.usedFiles.insert(file)
        }
    }

    /// The values of one image, part by part.
    package struct SeenImage {
        private let domain: DomainConfiguration
        fileprivate private(set) var isDeep = false
        fileprivate private(set) var range: ValueRange?
        fileprivate private(set) var use = PixelImage.ValueUse()

        /// Nothing seen yet.
        package init(of domain: DomainConfiguration) { self.domain = domain }

        /// Looks at a part, with the domain's bands picked.
        package mutating func add(_ image: PixelImage) {
            if image.format != .uint8 { isDeep = true }
            // A type without a white needs a range; without one it is refused.
            range = domain.valueRange ?? image.storedAs.white.map { ValueRange(0...$0) }
            if let range { use.add(image.use(of: range, channels: domain.channels)) }
        }
    }

    /// The file of a page; `nil` for a file of one picture.
    private static func file(ofPage name: String) -> String? {
        name.range(of: " (page ", options: .backwards).map { String(name[..<$0.lowerBound]) }
    }

    /// A line for each folder and finding.
    ///
    /// - Parameter wording: A remedy in words.
    package func notices(_ wording: (ErrorRemedy) -> String = \.description) -> [String] {
        folders.flatMap { path, folder -> [String] in
            let range = folder.range.common == nil ? "the ranges of their bands" : "\(folder.range)"
            func found(_ names: [String]) -> String {
                "\(path): \(grouped(names.count)) of \(counted(folder.images, "image"))"
            }
            func examples(_ names: [String]) -> String {
                "such as \(names.prefix(3).joined(separator: ", "))"
            }
            var lines: [String] = []
            if !folder.clamped.isEmpty {
                let share = Double(folder.outside) / Double(max(1, folder.samples)) * 100
                lines.append(
                    "\(found(folder.clamped)) \(folder.clamped.count == 1 ? "has" : "have") values outside \(range), which are clamped: "
                        + "\(share < 0.01 ? "less than 0.01" : String(format: "%.2f", share)) % of all, \(examples(folder.clamped))")
            }
            // A volume ends with slices that show little.
            let narrowImages = folder.narrow.filter { !(Self.file(ofPage: $0.name).map(folder.usedFiles.contains) ?? false) }
            if let first = narrowImages.first {
                let narrow = narrowImages.map(\.name)
                let least = narrowImages.reduce(first.least) { min($0, $1.least) }
                let greatest = narrowImages.reduce(first.greatest) { max($0, $1.greatest) }
                lines.append(
                    "\(found(narrow)) \(narrow.count == 1 ? "uses" : "use") less than a tenth of \(range), "
                        + "\(examples(narrow)): values \(plainNumber(least))...\(plainNumber(greatest)); "
                        + wording(.giveRange(Self.suggestion(least, greatest))))
            }
            return lines
        }
    }

    /// The range of cameras and scanners that the values come from, of 8, 10, 12 or 14 bits; else the values' own.
    private static func suggestion(_ least: Double, _ greatest: Double) -> String {
        let tops = [255.0, 1023, 4095, 16383]
        if least >= 0, greatest > 1, greatest == greatest.rounded(), let top = tops.first(where: { greatest <= $0 }), greatest > top / 8 {
            return "0,\(plainNumber(top))"
        }
        return "\(plainNumber(least)),\(plainNumber(greatest))"
    }
}
