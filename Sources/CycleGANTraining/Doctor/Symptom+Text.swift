import Foundation
import Support

extension Symptom {
    /// What is wrong, with the numbers.
    func message(since step: Int) -> String {
        "\(statement) (\(evidence), since step \(grouped(step)))"
    }

    private var statement: String {
        switch kind {
        case .colorInversion: "\(subjectText) turns light into dark"
        case .idleGenerator: "\(subjectText) returns its input unchanged"
        case .modeCollapse: "\(subjectText) makes nearly the same picture of every image"
        case .discriminatorWon: "\(subjectText) recognises every generated image, so its generator learns nothing from it"
        case .discriminatorLost: "\(subjectText) gives real and generated images the same score"
        case .checkerboard: "\(subjectText) draws a grid over its pictures"
        case .explodingCycleLoss: "\(subjectText) is a multiple of what it was"
        case .explodingScores: "\(subjectText) gives scores beyond all bounds"
        case .notFinite: "\(subject) is not a finite number"
        }
    }

    /// `generator photo to monet`, `discriminator monet`, `loss cycle photo`; of domains without names `discriminator B`, `loss cycleA`.
    private var subjectText: String {
        switch kind {
        case .colorInversion, .idleGenerator, .modeCollapse, .checkerboard: title ?? subject
        case .discriminatorWon, .discriminatorLost, .explodingScores:
            title ?? subject.replacing("discriminator", with: "discriminator ").trimmed
        case .explodingCycleLoss, .notFinite: "loss \(title ?? subject)"
        }
    }
}

extension String {
    fileprivate var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
