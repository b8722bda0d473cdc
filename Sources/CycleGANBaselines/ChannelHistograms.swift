import Imaging

/// How often each value occurs in one channel, by rising value.
struct ValueCounts: Sendable, Equatable {
    private(set) var values: [Double] = []
    private(set) var counts: [Int] = []

    // Whole numbers of 16 bits have fewer. Of floats, neighbours are then counted as one: quantiles move by less than a millionth.
    private static let most = 1 << 20

    /// Of one band of an image's levels.
    init(of levels: [Float], band: Int, bands: Int, isWhole: Bool) {
        if isWhole {
            var bins = [Int](repeating: 0, count: 65536)
            for index in stride(from: band, to: levels.count, by: bands) { bins[Int(levels[index])] += 1 }
            for value in bins.indices where bins[value] > 0 { append(Double(value), bins[value]) }
            return
        }
        let found = stride(from: band, to: levels.count, by: bands).compactMap { levels[$0].isNaN ? nil : levels[$0] }.sorted()
        for value in found { append(Double(value), 1) }
    }

    /// None yet.
    init() {}

    var total: Int { counts.reduce(0, +) }

    /// The shares of values that are no greater than each.
    var quantiles: [Double] {
        let total = Double(total)
        var sum = 0
        return counts.map {
            sum += $0
            return Double(sum) / total
        }
    }

    private mutating func append(_ value: Double, _ count: Int) {
        if values.last == value {
            counts[counts.count - 1] += count
        } else {
            values.append(value)
            counts.append(count)
        }
    }

    /// The same with all values multiplied.
    func scaled(by factor: Double) -> ValueCounts {
        var result = self
        for index in values.indices { result.values[index] = values[index] * factor }
        return result
    }

    /// The same with all values divided: exact where they were multiplied by as much.
    func divided(by divisor: Double) -> ValueCounts {
        var result = self
        for index in values.indices { result.values[index] = values[index] / divisor }
        return result
    }

    mutating func add(_ other: ValueCounts) {
        var merged = ValueCounts()
        var (own, added) = (0, 0)
        while own < values.count || added < other.values.count {
            let isOwn = added == other.values.count || (own < values.count && values[own] <= other.values[added])
            if isOwn {
                merged.append(values[own], counts[own])
                own += 1
            } else {
                merged.append(other.values[added], other.counts[added])
                added += 1
            }
        }
        self = merged.reduced
    }

    /// So few values that any number of images fits into memory.
    var reduced: ValueCounts {
        var result = self
        while result.values.count > Self.most { result = result.halved }
        return result
    }

    /// Every second value, with the counts of the one before it.
    private var halved: ValueCounts {
        var result = ValueCounts()
        for index in stride(from: 0, to: values.count, by: 2) {
            let last = min(index + 1, values.count - 1)
            result.append(values[last], counts[index] + (last > index ? counts[last] : 0))
        }
        return result
    }
}

/// How often each value occurs in each channel, over all pixels of any number of images.
public struct ChannelHistograms: Sendable, Equatable {
    /// Of each channel; values in levels of 16 bits, or numbers where the domain has a range of values.
    var channels: [ValueCounts] = []

    /// Of no image yet.
    public init() {}

    /// Of one image of a domain.
    public init(of image: PixelImage, in domain: DomainConfiguration) {
        let unit = SampleUnit(image, domain)
        channels = Self.counts(of: image).map { $0.reduced.scaled(by: unit.size) }
    }

    /// Counts the pixels of other images, too.
    public mutating func add(_ other: ChannelHistograms) {
        guard !channels.isEmpty, !other.channels.isEmpty else {
            if channels.isEmpty { self = other }
            return
        }
        precondition(
            channels.count == other.channels.count,
            "histograms of \(channels.count) and \(other.channels.count) channels have no sum")
        for band in channels.indices { channels[band].add(other.channels[band]) }
    }

    /// In the image's own levels.
    static func counts(of image: PixelImage) -> [ValueCounts] {
        let levels = image.sampleLevels
        return (0..<image.bands).map {
            ValueCounts(of: levels, band: $0, bands: image.bands, isWhole: image.format != .float32)
        }
    }
}
