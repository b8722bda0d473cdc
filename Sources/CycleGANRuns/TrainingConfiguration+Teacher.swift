import CycleGANInference
import CycleGANModels
import CycleGANObjectives
import CycleGANTraining
import Foundation
import Settings
import Torch

extension TrainingConfiguration {
    /// The chosen objective with new networks and, where it learns from another generator, that one.
    ///
    /// - Throws: Errors of the teacher's file, and `ConfigurationError` where it does not translate these images.
    func loadedObjective(device: Device) throws -> any TrainingObjective {
        guard objective.kind == .distill else { return makeObjective(device: device) }
        guard let path = distillation.teacher else {
            throw ConfigurationError(key: "teacher", value: "nothing", allowed: "a model to learn from with objective distill")
        }
        let wanted = distillation.from == nil && distillation.to == nil ? nil : oneWayTranslation
        let file = try GeneratorFile(URL(filePath: path), translation: wanted)
        try check(file)
        return makeObjective(device: device, teacher: Teacher(file.generator, file.description, translation: file.translation))
    }

    private func check(_ file: GeneratorFile) throws {
        if file.translation.from != trainedDomains[0] || file.translation.to != trainedDomains[1] {
            throw ConfigurationError(
                key: "from", value: "\(trainedDomains[0]), and to \(trainedDomains[1])",
                allowed: "\(file.translation.from), and to \(file.translation.to), which \(file.url.path) translates")
        }
        try file.checkMasks(areGiven: false)
        for domain in trainedDomains {
            let (own, taught) = (images(of: domain), file.description.images(of: domain))
            guard own.channels == taught.channels else {
                throw ConfigurationError(
                    key: "channels", value: "\(domain)=\(own.channels)", allowed: "\(domain)=\(taught.channels), as of \(file.url.path)")
            }
        }
    }
}
