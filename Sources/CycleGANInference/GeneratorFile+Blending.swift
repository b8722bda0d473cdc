import Checkpoints
import CycleGANModels
import Foundation
import Support
import Torch
import TorchNN

extension GeneratorFile {
    /// Moves the weights of the generator towards those of another one of the same layers and use: each tensor, running statistics too, becomes
    /// (1 - share) · own + share · other's.
    ///
    /// At 0 the generator stays as it is, and at 1 it is the other one. What lies between makes sense for networks that began as one, such as two
    /// checkpoints of a run, or a model and what was trained on from it: Wang, Yu, Dong, Tang and Loy, "Deep Network Interpolation for Continuous
    /// Imagery Effect Transition", CVPR 2019.
    ///
    /// - Parameter share: From 0 to 1.
    /// - Throws: `ModelFileError` naming all in which the generators differ, or a checkpoint error.
    public func blend(with other: GeneratorFile, share: Double) throws {
        precondition((0...1).contains(share), "the share \(share) is not from 0 to 1")
        let differences = differences(from: other)
        guard differences.isEmpty else {
            throw ModelFileError(
                file: other.url.path,
                problem: "its weights cannot be blended with those of \(url.path): \(differences.joined(separator: ", "))",
                remedies: [.other("give two models of the same network, such as two checkpoints of a run")])
        }
        var blended = generator.stateDict()
        // What is counted, such as batches, is no weight.
        for (name, theirs) in other.generator.stateDict() where theirs.dtype.isFloatingPoint {
            blended[name] = blended[name].map { $0 * (1 - share) + theirs * share }
        }
        try generator.load(blended, source: other.url.path)
    }

    /// In words, such as `filters 64 here and 32 there`.
    private func differences(from other: GeneratorFile) -> [String] {
        let (own, others) = (description, other.description)
        func differences(_ own: Any, _ others: Any, of subject: String = "") -> [String] {
            zip(Mirror(reflecting: own).children, Mirror(reflecting: others).children).compactMap { here, there in
                let (own, other) = (Self.text(here.value), Self.text(there.value))
                return own == other ? nil : "\(subject)\(here.label ?? "") \(other) here and \(own) there"
            }
        }
        let translations = [(own, translation), (others, other.translation)].map { $0.names.title(of: $1) }
        guard translation.from == other.translation.from, translation.to == other.translation.to,
            translations[0] == translations[1] || own.domainNames == nil || others.domainNames == nil
        else { return ["it translates \(translations[1]), and the other one \(translations[0])"] }
        let masks =
            own.masking == others.masking
            ? [] : ["masks \(Self.text(others.masking as Any)) here and \(Self.text(own.masking as Any)) there"]
        return differences(own.configuration, others.configuration) + masks
            + [translation.from, translation.to].flatMap { differences(own.images(of: $0), others.images(of: $0), of: "\($0)'s ") }
    }

    private static func text(_ value: Any) -> String {
        if let value = value as? any RawRepresentable { return "\(value.rawValue)" }
        let mirror = Mirror(reflecting: value)
        guard mirror.displayStyle == .optional else { return "\(value)" }
        return mirror.children.first.map { text($0.value) } ?? "none"
    }
}
