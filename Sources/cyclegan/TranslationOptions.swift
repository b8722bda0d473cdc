import ArgumentParser
import CycleGANInference
import CycleGANModels
import Imaging

/// The two translations between domains A and B, in one word.
enum Direction: String, CaseIterable, ExpressibleByArgument {
    case aToB = "AtoB"
    case bToA = "BtoA"

    var translation: Translation { self == .aToB ? .aToB : .bToA }
}

/// Which translation of a model is meant.
struct TranslationOptions: ParsableArguments {
    @Option(help: "The domain to translate from: A, B, or what the run calls it.") var from: String?
    @Option(help: "The domain to translate to; all for the image and its pictures in all domains side by side.") var to: String?
    @Option(help: "Short for --from A --to B, or --from B --to A.") var direction: Direction?

    func validate() throws {
        if direction != nil, from != nil || to != nil { throw ValidationError("give --direction, or --from and --to, not both") }
    }

    /// Whether a picture of every domain is wanted.
    var isToAll: Bool { to == "all" }

    /// The translation that was asked for, or the only one of a model.
    ///
    /// - Throws: `ValidationError` naming all, when the model does not offer what was asked for, or more than one.
    func oneTranslation(of model: ModelContents) throws -> Translation? {
        let found = try translations(of: model)
        guard found.count > 1 else { return found.first }
        // What is made decides the target alone, whatever domain goes in.
        if let first = found.first, first.condition != nil, to != nil, found.allSatisfy({ $0.condition == first.condition }) {
            return first
        }
        if let all = Self.anyToAny(found, model) {
            throw ValidationError("choose the \(model.isTold ? "domain with --to" : "domains with --from and --to"): \(all)")
        }
        throw ValidationError("choose one with --direction, or with --from or --to: this model translates \(Self.choices(found, model))")
    }

    /// The translations that were asked for, all where nothing was; empty for a file that does not say what it translates.
    ///
    /// - Throws: `ValidationError` when the model offers none of them.
    func translations(of model: ModelContents) throws -> [Translation] {
        let offered = model.translations
        if from == nil, to == nil, direction == nil { return offered }
        if offered.isEmpty { return [try givenTranslation()] }
        let domains = offered.flatMap { [$0.from, $0.to] }
        func domain(_ text: String?, _ chosen: Domain?) -> Domain? {
            text.map { model.names.domain($0, among: domains) ?? Domain($0) } ?? chosen
        }
        let source = domain(from, direction?.translation.from)
        let target = isToAll ? nil : domain(to, direction?.translation.to)
        let found = offered.filter { $0.from == source ?? $0.from && $0.to == target ?? $0.to }
        guard found.isEmpty else { return found }
        if let all = Self.anyToAny(offered, model) { throw ValidationError("\(flags): this model translates between \(all)") }
        throw ValidationError("\(flags): this model translates \(Self.choices(offered, model))")
    }

    /// The translations of images of one domain to all others, for `--to all`; empty for a file that does not say what it translates.
    ///
    /// - Throws: `ValidationError` where images of several domains could be meant.
    func translationsToAll(of model: ModelContents) throws -> [Translation] {
        let found = try model.translations.isEmpty ? [] : translations(of: model)
        guard Set(found.map(\.from)).count > 1, !model.isTold else { return found }
        throw ValidationError(
            "choose the domain of the images with --from: \(Set(found.map { model.names[$0.from] }).sorted().joined(separator: ", "))")
    }

    /// The domains of a model that makes images of all of them; `nil` for any other.
    private static func anyToAny(_ translations: [Translation], _ model: ModelContents) -> String? {
        translations.anyToAny?.map { model.names[$0] }.sorted().joined(separator: ", ")
    }

    /// What was asked for, of a file that does not say what it translates.
    private func givenTranslation() throws -> Translation {
        if let direction { return direction.translation }
        guard let to else { throw ValidationError("give both --from and --to: this file does not say what it translates") }
        // A generator of many domains needs to know the target alone.
        return Translation(from: Domain(from ?? ""), to: Domain(to))
    }

    private var flags: String {
        direction.map { "--direction \($0.rawValue)" }
            ?? [from.map { "--from \($0)" }, to.map { "--to \($0)" }].compactMap { $0 }.joined(separator: " ")
    }

    /// `photo -> monet (AtoB), monet -> photo (BtoA)`.
    private static func choices(_ translations: [Translation], _ model: ModelContents) -> String {
        translations.map(model.names.choice).joined(separator: ", ")
    }
}

/// How strongly a model translates.
struct StrengthOptions: ParsableArguments {
    @Option(help: "How strongly to translate, from 0 for the image itself to 1, with a model trained with --strength.") var strength:
        Double?

    func validate() throws {
        guard let strength, !(0...1).contains(strength) else { return }
        throw ValidationError("--strength: found \(strength); allowed: a number from 0 for the image itself to 1")
    }

    /// Lets a translator translate so.
    ///
    /// - Throws: `ModelFileError` for a model without a strength.
    func apply(to translator: Translator) throws {
        if let strength { try translator.setStrength(strength) }
    }
}

extension InputScaling: ExpressibleByArgument {
    public init?(argument: String) {
        self.init(argument)
    }

    public var defaultValueDescription: String { description }
}
