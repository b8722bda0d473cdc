import Foundation
import Imaging
import Support

extension DatasetChecks {
    private typealias DecodedImage = (path: String, facts: ImageInspection.Facts)

    /// The decoded images of a domain in all splits.
    private func images(_ domain: Domain) -> [DecodedImage] {
        inspection.folders.filter { $0.domain == domain || $0.domain == nil }.flatMap { folder in
            folder.images.compactMap { image in
                guard var facts = image.facts else { return nil }
                facts.mode = facts.mode.picking(preparation(of: domain).images.bands)
                if folder.domain == nil, domain != preparations[0].domain { facts.values = facts.rightValues }
                return (image.path, facts)
            }
        }
    }

    /// Whether a domain's images have its channels and depth.
    func channels(_ domain: Domain) -> [Finding] {
        let images = images(domain)
        if images.isEmpty { return [] }
        let wanted = preparation(of: domain).images
        var findings: [Finding] = []
        if let (found, odd) = odd(
            images, of: domain, isRight: { $0.mode.channels == wanted.channels || $0.mode.colours == wanted.channels })
        {
            let kinds = frequencies(odd.map(\.facts.mode)).map { "\($0.count) \($0.value)" }.joined(separator: ", ")
            let colours = Set(odd.map(\.facts.mode.colours))
            let remedy =
                if odd.count == images.count, colours.count == 1, let only = colours.first {
                    "set \(setting("channels", domain, only))"
                } else if odd.contains(where: { !wanted.accepts(channels: $0.facts.mode.channels, hasAlpha: $0.facts.mode.hasAlpha) }) {
                    "replace or convert them"
                } else {
                    "they will be converted"
                }
            let message = "\(found) its \(counted(wanted.channels, "channel")) (\(kinds)): \(remedy)"
            findings.append(Finding(.warning, .channels, message, files: examples(odd, of: images)))
        }
        // With a range numbers stay what they are in any type.
        if wanted.valueRange == nil, let (found, odd) = odd(images, of: domain, isRight: { $0.mode.bitDepth == wanted.bitDepth }) {
            let kinds = frequencies(odd.map(\.facts.mode.bitDepth.text)).map { "\($0.count) \($0.value)" }.joined(separator: ", ")
            let depths = Set(odd.map(\.facts.mode.bitDepth))
            let remedy =
                if odd.count == images.count, depths.count == 1, let only = depths.first {
                    "set \(setting("bitDepth", domain, only.rawValue))"
                } else {
                    "they will be converted"
                }
            let message = "\(found) its depth of \(wanted.bitDepth.text) (\(kinds)): \(remedy)"
            findings.append(Finding(.warning, .channels, message, files: examples(odd, of: images)))
        }
        let transparent = images.filter { $0.facts.mode.hasAlpha && $0.facts.mode.channels != wanted.channels }
        if !transparent.isEmpty {
            let message =
                "\(transparent.count) of \(counted(images.count, "image")) of domain \(domain) with "
                + "an alpha channel: what is transparent will show the background (setting background)"
            findings.append(Finding(.note, .channels, message, files: examples(transparent, of: images)))
        }
        if findings.isEmpty {
            findings = [Finding(.ok, .channels, "all images of domain \(domain) are \(images[0].facts.mode)")]
        }
        return findings
    }

    /// Whether a domain's value range suits the values of its 16-bit and float images.
    func values(_ domain: Domain) -> [Finding] {
        let wanted = preparation(of: domain).images
        let deep = images(domain).filter { $0.facts.values != nil }
        let matching = deep.filter { $0.facts.mode.bitDepth == wanted.bitDepth || wanted.valueRange != nil }
        var findings: [Finding] = []
        let broken = deep.filter { ($0.facts.values?.nonFiniteCount ?? 0) > 0 }
        if !broken.isEmpty {
            let message =
                "\(counted(broken.count, "image")) of domain \(domain) with values that are NaN or infinite; "
                + "NaN and -infinity will become the low end of the range, infinity the high end"
            findings.append(Finding(.warning, .values, message, files: examples(broken, of: deep)))
        }
        guard let used = ValueSample.summary((matching.isEmpty ? deep : matching).compactMap(\.facts.values)) else { return findings }
        let (low, high) = (number(used.lowPercentile), number(used.highPercentile))
        let found =
            "values of domain \(domain) lie in \(number(used.minimum))...\(number(used.maximum)), 99.8 % of them in \(low)...\(high)"
        // A line to paste: nearly all values, so that a few stray ones do not decide what black and white are.
        let bounds = used.lowPercentile < used.highPercentile ? (low, high) : (number(used.minimum), number(used.maximum))
        let line = "\(naming("range")) \(domain)=\(bounds.0)...\(bounds.1)"
        guard !matching.isEmpty else {
            let depths = Set(deep.map(\.facts.mode.bitDepth))
            guard depths.count == 1, let depth = depths.first, used.minimum < used.maximum else {
                return findings + [Finding(.note, .values, found)]
            }
            let lines = "\(naming("bitDepth")) \(domain)=\(depth.rawValue) \(line)"
            return findings + [Finding(.note, .values, "\(found); to train on their own depth: \(lines)")]
        }
        let range = wanted.effectiveRange.hull
        findings += clamped(matching, of: domain, range)
        let remedy = "set \(line)"
        let mapped = "the domain's range is \(number(range.lowerBound))...\(number(range.upperBound))"
        if used.lowPercentile < range.lowerBound || used.highPercentile > range.upperBound {
            findings.append(Finding(.warning, .values, "\(found), but \(mapped) and cuts off the others: \(remedy)"))
        } else if used.maximum > used.minimum, used.highPercentile - used.lowPercentile < (range.upperBound - range.lowerBound) / 2 {
            findings.append(Finding(.warning, .values, "\(found), but \(mapped), of which they use less than half: \(remedy)"))
        } else {
            findings.append(Finding(.ok, .values, "\(found); \(mapped)"))
        }
        return findings
    }

    /// The images with values outside the range, by folder, and the share of these values.
    private func clamped(_ images: [DecodedImage], of domain: Domain, _ range: ClosedRange<Double>) -> [Finding] {
        let folders = Dictionary(grouping: images) { String($0.path.prefix { $0 != "/" }) }
        return folders.sorted { $0.key < $1.key }.compactMap { folder, images in
            func isOutside(_ value: Float) -> Bool { Double(value) < range.lowerBound || Double(value) > range.upperBound }
            let found = images.filter { image in
                image.facts.values?.range.map { isOutside($0.lowerBound) || isOutside($0.upperBound) } ?? false
            }
            if found.isEmpty { return nil }
            let samples = images.flatMap { $0.facts.values?.samples ?? [] }
            let share = Double(samples.count(where: isOutside)) / Double(max(1, samples.count)) * 100
            let message =
                "\(found.count) of \(counted(images.count, "image")) of \(folder) with values outside \(number(range.lowerBound))..."
                + "\(number(range.upperBound)), which are clamped: about \(String(format: "%.2f", share)) % of all"
            return Finding(.note, .values, message, files: found.map { .init([$0.path]) })
        }
    }

    /// The images that are not right, with the start of a sentence about them; `nil` where all are.
    private func odd(
        _ images: [DecodedImage], of domain: Domain, isRight: (ImageInspection.Facts) -> Bool
    ) -> (found: String, images: [DecodedImage])? {
        let odd = images.filter { !isRight($0.facts) }
        if odd.isEmpty { return nil }
        let share = odd.count == images.count ? "all \(images.count)" : "\(odd.count) of \(images.count)"
        return ("\(share) images of domain \(domain) do not have", odd)
    }

    /// Nothing where the message is about all images, which need no list.
    private func examples(_ some: [DecodedImage], of all: [DecodedImage]) -> [Finding.Example] {
        some.count == all.count ? [] : some.map { .init([$0.path], detail: "\($0.facts.mode)") }
    }

    /// A setting of one domain, as it is given.
    private func setting(_ name: String, _ domain: Domain, _ value: Any) -> String {
        "\(naming(name)) \(domain)=\(value)"
    }

    /// Whole numbers as such, others with six significant digits.
    private func number(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : String(format: "%g", value)
    }
}
