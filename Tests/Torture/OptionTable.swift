import Foundation
import Support

/// A flag of `cyclegan train`, without its dashes, and its value; a switch has none.
package struct Setting: Hashable, Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    package let flag: String
    package let value: String?

    package init(_ flag: String, _ value: String? = nil) {
        (self.flag, self.value) = (flag, value)
    }

    /// `crop-size 16`, or `masks` for a switch.
    package init(stringLiteral text: String) {
        let parts = text.split(separator: " ", maxSplits: 1).map(String.init)
        self.init(parts[0], parts.count > 1 ? parts[1] : nil)
    }

    package var description: String { value.map { "\(flag) \($0)" } ?? flag }

    /// What can be given once: the flag or, where the value is for one domain, the flag for that domain.
    var key: String {
        guard let value, let sign = value.firstIndex(of: "=") else { return flag }
        return "\(flag) \(value[..<sign])"
    }
}

/// Folders of images that a run needs besides `trainA` and `trainB`.
package enum ExtraImages: Hashable, Sendable {
    /// `valA` and `valB`.
    case validation
    /// A folder of masks beside each folder of images.
    case masks
    /// As many images of B as of A, with the same names.
    case pairs
    /// The same images in `train/A` and so on, and some in `train/C`, of which objectives for many domains take theirs.
    case folders
}

/// One option of `cyclegan train`, with values for a tiny run.
package struct TrainingOption: Sendable {
    /// What becomes of the value when a run is resumed.
    package enum OnResume: Sendable {
        /// It is kept and cannot be changed.
        case fixed
        /// It is kept and may be changed by a flag beside `--resume`.
        case changeable
        /// It holds for one process.
        case forgotten
    }

    package let flag: String
    /// None for a switch.
    package let values: [String]
    /// The settings that it has no effect without, or is refused without.
    package let beside: [Setting]
    package let images: Set<ExtraImages>
    /// Whether it has no state, file or event of its own: a number, a size or a choice that enters what every run computes.
    package let isPlain: Bool
    package let onResume: OnResume

    init(
        _ flag: String, _ values: [String] = [], beside: [Setting] = [], images: Set<ExtraImages> = [], isPlain: Bool = false,
        onResume: OnResume = .fixed
    ) {
        (self.flag, self.values, self.beside, self.images) = (flag, values, beside, images)
        (self.isPlain, self.onResume) = (isPlain, onResume)
    }

    /// One case for each value.
    package var cases: [OptionCase] {
        let settings = values.isEmpty ? [Setting(flag)] : values.map { Setting(flag, $0) }
        return settings.map { OptionCase(name: $0.description, settings: [$0] + beside, images: images, isPlain: isPlain) }
    }
}

/// Settings that fit together, laid over those of the tiny run.
package struct OptionCase: Sendable {
    package var name: String
    package var settings: [Setting]
    package var images: Set<ExtraImages>
    /// Whether this is one plain option.
    package let isPlain: Bool

    init(name: String, settings: [Setting], images: Set<ExtraImages> = [], isPlain: Bool = false) {
        (self.name, self.settings, self.images, self.isPlain) = (name, settings, images, isPlain)
    }

    /// The value of a flag, of the tiny run's too.
    package func value(of flag: String) -> String? {
        (settings.first { $0.flag == flag } ?? OptionTable.tinyRun.first { $0.flag == flag })?.value
    }

    /// The value of a flag for a domain, such as `A`.
    func value(of flag: String, domain: String) -> String? {
        let own = settings.first { $0.key == "\(flag) \(domain)" }?.value
        return own.map { String($0.dropFirst(domain.count + 1)) } ?? value(of: flag)
    }

    /// Whether `config.yaml` loses a line when the run is resumed.
    package var isForgetful: Bool {
        settings.contains { setting in OptionTable.options.contains { $0.flag == setting.flag && $0.onResume == .forgotten } }
    }

    /// Both together, where that is possible.
    func joined(with other: OptionCase) -> OptionCase? {
        let all = settings + other.settings.filter { !settings.contains($0) }
        guard Set(all.map(\.key)).count == all.count, !OptionTable.areContradictory(all) else { return nil }
        let allImages = images.union(other.images)
        if allImages.contains(.validation), all.contains(where: { $0.flag == "validation-fraction" }) { return nil }
        return OptionCase(name: "\(name), \(other.name)", settings: all, images: allImages, isPlain: isPlain && other.isPlain)
    }

    /// The arguments of a new run, every flag once.
    ///
    /// - Parameters:
    ///   - more: Settings over those of the case.
    ///   - inputs: The folder with `data`, `config.yaml` and the run `pretrained`, as `TinyInputs` names them.
    package func arguments(run: URL, more: [Setting] = [], inputs: TinyInputs) -> [String] {
        var (keys, last): ([String], [String: Setting]) = ([], [:])
        let isOfMany = settings.contains("objective stargan")
        for setting in OptionTable.tinyRun.filter({ !isOfMany || !OptionTable.ofTwoDomains.contains($0.flag) }) + settings + more {
            if last[setting.key] == nil { keys.append(setting.key) }
            last[setting.key] = setting
        }
        return ["train", inputs.data.path, "--run", run.path]
            + keys.compactMap { last[$0] }.flatMap { ["--" + $0.flag] + ($0.value.map { [inputs.filled($0)] } ?? []) }
    }
}

extension OptionTable {
    /// Each option with each of its values by itself.
    package static var singles: [OptionCase] { options.flatMap(\.cases) }

    /// All options alone and all combinations, in fewer cases: plain options share one.
    ///
    /// The rule: the networks' weights depend on every plain option, and in a shared case none replaces or switches off another's, so a
    /// fault of one shows in the bytes of the checkpoint whatever the others do. What has a state, a file or an event of its own is tried
    /// alone.
    package static var packed: [OptionCase] {
        let mostSettings = 12
        var shared: [OptionCase] = []
        for option in singles where option.isPlain {
            let joined = shared.indices.lazy.compactMap { index -> (Int, OptionCase)? in
                // "cycle-weight" counts only where "cycle-weight-a" does not, and "zoom" where "zoom A=2" does not.
                let isRelated = shared[index].settings.contains { old in
                    option.settings.contains { $0.key.hasPrefix(old.key) || old.key.hasPrefix($0.key) }
                }
                let isFull = shared[index].settings.count >= mostSettings
                return isRelated || isFull ? nil : shared[index].joined(with: option).map { (index, $0) }
            }.first
            if let (index, joined) = joined { shared[index] = joined } else { shared.append(option) }
        }
        return shared + singles.filter { !$0.isPlain } + combinations
    }

    /// Two to six of all options that fit together.
    package static func mixture(_ random: inout SplitMix64) -> OptionCase {
        let count = 2 + random.integer(below: 5)
        let all = options
        var (mixture, taken): (OptionCase?, Int) = (nil, 0)
        for index in random.permutation(all.count) where taken < count {
            let candidates = all[index].cases
            let candidate = candidates[random.integer(below: candidates.count)]
            guard let joined = mixture == nil ? candidate : mixture?.joined(with: candidate) else { continue }
            (mixture, taken) = (joined, taken + 1)
        }
        return mixture ?? combinations[0]
    }

    /// A single option, a combination or, half of the time, a mixture.
    static func randomCase(_ random: inout SplitMix64) -> OptionCase {
        let known = random.integer(below: 2) == 0 ? singles : combinations
        return random.integer(below: 2) == 0 ? mixture(&random) : known[random.integer(below: known.count)]
    }

    /// All cases: each option by itself, each combination, and some mixtures drawn from a seed.
    package static func cases(mixtures: Int, seed: UInt64) -> [OptionCase] {
        var random = SplitMix64(seed: seed)
        return singles + combinations + (0..<mixtures).map { _ in mixture(&random) }
    }

    /// Whether the program refuses these settings together.
    static func areContradictory(_ settings: [Setting]) -> Bool {
        func holds(_ pattern: Setting) -> Bool {
            settings.contains { $0.flag == pattern.flag && (pattern.value == nil || pattern.value == $0.value) }
        }
        return contradictions.contains { $0.one.contains(where: holds) && $0.other.contains(where: holds) }
    }
}
