import ArgumentParser
import CycleGANInference
import CycleGANModels
import Imaging
import NIfTI

/// What the values and bands of image files mean, for a model that does not say or where someone knows better.
struct ImageOptions: ParsableArguments {
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            """
            The values of images that are black and white: LOW,HIGH, or percentile:1,99 of each image that goes in; 0,4095/0,1 for two bands, \
            A=0,4095 for one domain. In place of the model's.
            """, valueName: "low,high"))
    var range: [String] = []
    @Option(
        parsing: .unconditionalSingleValue,
        help: ArgumentHelp(
            "The same by their middle and extent, as radiologists say it: 40,400 is -160...240; A=40,400 for one domain.",
            valueName: "centre,width"))
    var window: [String] = []
    @Option(
        help: ArgumentHelp(
            "The bands of files that are the model's channels, from 1 and in this order, such as 4,3,2; A=4,3,2 for one domain.",
            valueName: "numbers"))
    var bands: [String] = []
    @Option(help: "How NIfTI volumes are cut into slices, in place of the model's axis, which is axial where it does not say.")
    var axis: SliceAxis?

    func validate() throws {
        for text in range { _ = try RangeChoice.parsed(text, flag: "--range") }
        for text in window { _ = try RangeChoice.parsed(RangeChoice.argument(ofWindow: text), flag: "--window") }
        for text in bands { _ = try Self.numbers(text) }
    }

    /// What was said for the domains of a translation.
    ///
    /// - Throws: `ValidationError` for a domain that is none of these.
    func adjustments(of names: DomainNames, _ translation: Translation) throws -> [Domain: ImageAdjustment] {
        let domains = [translation.from, translation.to]
        var found: [Domain: ImageAdjustment] = [:]
        func set(_ flag: String, _ text: String, _ change: (inout ImageAdjustment) throws -> Void) throws {
            var meant = domains
            if let name = domainName(of: text) {
                guard let domain = names.domain(String(name), among: domains) else {
                    throw ValidationError("\(flag) \(text): the model translates \(names.title(of: translation))")
                }
                meant = [domain]
            }
            for domain in meant { try change(&found[domain, default: ImageAdjustment()]) }
        }
        for text in range { try set("--range", text) { $0.range = try RangeChoice.parsed(text, flag: "--range") } }
        for text in window {
            try set("--window", text) { $0.range = try RangeChoice.parsed(RangeChoice.argument(ofWindow: text), flag: "--window") }
        }
        for text in bands {
            // What a model gives are its channels; only what it takes is picked from more.
            try set("--bands", text) { $0.bands = try Self.numbers(text) }
            if domainName(of: text) == nil { found[translation.to]?.bands = nil }
        }
        if let axis { for domain in domains { found[domain, default: ImageAdjustment()].axis = axis } }
        return found
    }

    private static func numbers(_ text: String) throws -> [Int] {
        let texts = value(of: text).split(separator: ",", omittingEmptySubsequences: false)
        let numbers = texts.compactMap { Int($0) }
        guard numbers.count == texts.count, numbers.allSatisfy(DomainConfiguration.possibleChannels.contains) else {
            throw ValidationError("--bands: found \(text); allowed: numbers of bands from 1, such as 4,3,2, or A=4,3,2 for one domain")
        }
        return numbers
    }
}

/// The domain that `A=...` is for; `nil` for all.
private func domainName(of text: String) -> Substring? { text.firstIndex(of: "=").map { text[..<$0] } }

/// What is said, without the domain.
private func value(of text: String) -> Substring { text.firstIndex(of: "=").map { text[text.index(after: $0)...] } ?? text[...] }

extension RangeChoice {
    /// What is given behind `--window` as `--range` takes it: `A=40,400` becomes `A=window:40,400`.
    static func argument(ofWindow text: String) -> String {
        let rest = value(of: text)
        return "\(text.dropLast(rest.count))window:\(rest)"
    }

    /// - Throws: `ValidationError`.
    static func parsed(_ text: String, flag: String) throws -> RangeChoice {
        if let choice = RangeChoice(String(value(of: text))) { return choice }
        let allowed = flag == "--window" ? "the middle and the extent, above 0, such as 40,400" : words
        throw ValidationError("\(flag): found \(text.replacing("window:", with: "")); allowed: \(allowed), with A= for one domain")
    }
}
