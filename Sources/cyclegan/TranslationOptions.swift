import ArgumentParser
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
    @Option(help: "The domain of the images to translate (default: the first that the model translates from).") var from: String?
    @Option(help: "The domain to translate to.") var to: String?
    @Option(help: "Short for --from A --to B, or --from B --to A.") var direction: Direction?

    func validate() throws {
        if direction != nil, from != nil || to != nil { throw ValidationError("give --direction, or --from and --to, not both") }
    }

    /// The translation that was asked for among those that a model offers; `nil` where nothing was asked for.
    ///
    /// - Parameter offered: Nothing for a file that does not say what it offers, which is taken for any.
    /// - Throws: `ValidationError` when the model does not offer it.
    func translation(from offered: [Translation]) throws -> Translation? {
        if from == nil, to == nil, direction == nil { return nil }
        let (source, target) = (direction?.translation.from.name ?? from, direction?.translation.to.name ?? to)
        if offered.isEmpty {
            guard let source, let target else {
                throw ValidationError("give both --from and --to: this file does not say what it translates")
            }
            return Translation(from: Domain(source), to: Domain(target))
        }
        let found = offered.first { $0.from.name == source ?? $0.from.name && $0.to.name == target ?? $0.to.name }
        guard let found else {
            let flags =
                direction.map { "--direction \($0.rawValue)" }
                ?? [source.map { "--from \($0)" }, target.map { "--to \($0)" }].compactMap { $0 }.joined(separator: " ")
            throw ValidationError("\(flags): this model translates \(offered.map(\.title).joined(separator: " and "))")
        }
        return found
    }
}
