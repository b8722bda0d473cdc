import Datasets
import Foundation
import Imaging
import Settings
import Support

extension TrainingConfiguration {
    /// Images of each domain that are looked at, and samples of each.
    private static let (looked, samples) = (64, 20_000)

    /// The configuration with fixed ranges in place of percentiles, found once from training images that are spread evenly.
    ///
    /// - Returns: The configuration, and what was found in words.
    /// - Throws: `DatasetError` for folders that are missing or empty, and where no image of a domain can be read.
    public func withMeasuredRanges() throws -> (configuration: TrainingConfiguration, notices: [String]) {
        var (found, notices) = (self, [String]())
        let measured = imageDomains.filter { domains.range[$0].map { $0.bounds == nil } ?? false }
        guard !measured.isEmpty else { return (self, []) }
        let dataset = try dataset(.train)
        for domain in measured {
            guard let choice = domains.range[domain] else { continue }
            let images = images(of: domain)
            let sources = Self.spread(dataset.imageSources(of: domain), Self.looked)
            var (levels, count, failure): ([Float], Int, String) = ([], 0, "")
            for source in sources {
                do {
                    let image = try source.readMiddle(for: images)
                    let colours = image.colours(ofDomainWith: images.channels)
                    let all = colours.sampleLevels
                    let pixels = Self.spread(Array(0..<colours.width * colours.height), max(1, Self.samples / colours.bands))
                    levels += pixels.flatMap { all[$0 * colours.bands..<($0 + 1) * colours.bands] }
                    count += 1
                } catch {
                    failure = "\(error)"
                }
            }
            guard let bounds = choice.bounds(of: levels, bands: images.channels) else {
                throw DatasetError.nothingReadable(folder: dataset.folder(of: domain).root.path, example: failure)
            }
            found.domains.range[domain] = .fixed(bounds)
            notices.append(
                "the range of \(domainNames[domain]) is \(bounds): "
                    + "\(choice.form.text) of \(count) images")
        }
        return (found, notices)
    }

    /// Takes the ranges that a run has found, where only percentiles are asked for.
    package mutating func takeMeasuredRanges(of run: TrainingConfiguration) {
        for domain in trainedDomains where domains.range[domain].map({ $0.bounds == nil }) ?? false {
            domains.range[domain] = run.domains.range[domain]
        }
    }

    /// What to know of the values of some images of each domain: how many lie outside its range, and whether they use it.
    package func valueNotices(of dataset: any ImageDataset, wording: (ErrorRemedy) -> String = \.description) -> [String] {
        dataset.domains.flatMap { domain -> [String] in
            let images = images(of: domain)
            var watch = ValueWatch()
            for (number, source) in Self.spread(dataset.imageSources(of: domain), Self.looked).enumerated() {
                // Pictures of 8 bits are as they are meant.
                if number == 8, images.valueRange == nil, !watch.hasDeepImages { break }
                guard let image = try? source.readMiddle(for: images) else { continue }
                watch.observe(image, of: images, name: source.name)
            }
            return watch.notices(wording)
        }
    }

    private static func spread<Element>(_ all: [Element], _ limit: Int) -> [Element] {
        let count = min(all.count, limit)
        return (0..<count).map { all[$0 * all.count / count] }
    }
}
