import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Support

/// Where a compression keeps the discriminator that the model's generator was trained against.
enum TeacherDiscriminator {
    private static func file(in folder: URL) -> URL { folder.appending(path: "discriminator.safetensors") }

    /// Reads what `copy` has written; `nil` where the model had none.
    static func read(in folder: URL) throws -> DiscriminatorFile? {
        let file = file(in: folder)
        return file.exists ? try DiscriminatorFile(file, network: nil) : nil
    }

    /// Keeps the discriminator of a model in a folder, where it has one that judges images of the generator's target by themselves.
    static func copy(of model: GeneratorFile, to folder: URL) throws {
        let target = model.translation.to
        for name in ["discriminator\(target)", GeneratorPart.Name.discriminator(of: target)] {
            guard let found = try DiscriminatorFile(model.url, network: name), found.configuration.domains == 0,
                found.configuration.inputChannels == model.description.images(of: target).channels
            else { continue }
            return try found.weights.write(to: file(in: folder))
        }
    }
}
