import ArgumentParser
import CycleGANInference
import CycleGANModels
import Foundation

/// How `translate` puts translations together with their images, with any model.
struct FinishOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How much of the translation is in the result, from 0 for the image itself to 1: a blend of both pictures, with any model. --strength is \
            what a model has learned.
            """, valueName: "share"))
    var blendInput = 1.0
    @Flag(help: "Keep the image's colours: only the brightness comes from the translation.") var lumaOnly = false
    @Flag(help: "Keep the image's brightness: only the colours come from the translation.") var keepLuma = false
    @Option(
        help: ArgumentHelp(
            "Soft edges of --masks: over so many pixels inside the edge the image goes over into the translation.", valueName: "pixels"))
    var feather: Int?

    func validate() throws {
        if !(0...1).contains(blendInput) {
            throw ValidationError("--blend-input: found \(blendInput); allowed: a number from 0 for the image itself to 1")
        }
        if lumaOnly, keepLuma { throw ValidationError("give --luma-only or --keep-luma, not both: together they give the image back") }
        if let feather, !(0...4096).contains(feather) {
            throw ValidationError("--feather: found \(feather); allowed: pixels from 0 for a hard edge to 4096")
        }
    }

    var values: TranslationFinish {
        var finish = TranslationFinish()
        finish.kept = lumaOnly ? .colours : keepLuma ? .luma : nil
        finish.blend = blendInput
        finish.feather = feather
        return finish
    }
}

/// A model whose weights are blended with those of another one.
struct BlendOptions: ParsableArguments {
    @Option(help: "Another model of the same network, such as an earlier checkpoint: --blend of its weights and the rest of the model's.")
    var blendModel: String?
    @Option(help: ArgumentHelp("How much of --blend-model, from 0 for none of it to 1 for that model alone.", valueName: "share"))
    var blend: Double?

    func validate() throws {
        if (blendModel == nil) != (blend == nil) { throw ValidationError("--blend-model and --blend go together; give both") }
        if blendModel == "" { throw ValidationError("--blend-model is empty; give a path") }
        guard let blend, !(0...1).contains(blend) else { return }
        throw ValidationError("--blend: found \(blend); allowed: a number from 0 for the model alone to 1 for --blend-model alone")
    }

    /// The generator of a model, with the weights of the other one in it where that was asked for.
    ///
    /// - Throws: As `GeneratorFile.blend(with:share:)`.
    func file(_ model: URL, translation: Translation?, use: GeneratorUse) throws -> GeneratorFile {
        let file = try GeneratorFile(model, translation: translation, use: use)
        if let blendModel, let blend {
            try file.blend(with: GeneratorFile(url(blendModel), translation: translation ?? file.translation, use: use), share: blend)
        }
        return file
    }
}
