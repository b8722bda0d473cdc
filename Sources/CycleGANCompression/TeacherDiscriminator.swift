import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Support

/// The discriminator that a model's generator was trained against.
struct TeacherDiscriminator {
    let weights: StateDict
    let configuration: DiscriminatorConfiguration

    private static func file(in folder: URL) -> URL { folder.appending(path: "discriminator.safetensors") }

    /// Reads what `copy` has written; `nil` where the model had none.
    init?(in folder: URL) throws {
        let file = Self.file(in: folder)
        guard file.exists else { return nil }
        weights = try StateDict.read(from: file)
        guard case .discriminator(let found) = try InferredNetwork(tensors: weights.map { ($0.name, $0.tensor.shape) }) else { return nil }
        configuration = found
    }

    /// Keeps the discriminator of a model in a folder, where it has one that judges images of the generator's target by themselves.
    static func copy(of model: GeneratorFile, to folder: URL) throws {
        let target = model.translation.to
        let names = ["discriminator\(target)", GeneratorPart.Name.discriminator(of: target)]
        let all = try StateDict.read(from: model.url) { key in names.contains { key.hasPrefix("networks.\($0).") } }
        for name in names {
            let found = all.below("networks.\(name)")
            guard !found.isEmpty,
                case .discriminator(let layers)? = try? InferredNetwork(tensors: found.map { ($0.name, $0.tensor.shape) }),
                layers.domains == 0, layers.inputChannels == model.description.images(of: target).channels
            else { continue }
            return try found.write(to: file(in: folder))
        }
    }
}
