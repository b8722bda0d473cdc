import CycleGANInference
import CycleGANModels
import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Pages
import Support

/// The picture on the page of a model: an image and what becomes of it.
struct HubSample {
    /// Its name in the folder.
    static let fileName = "sample.jpg"
    private static let longerSide = 512

    /// The image alone, on which files are compared, too; nothing where there is none.
    private(set) var shown: PixelImage?
    /// The image and its translations, side by side, 8-bit RGB.
    private(set) var picture: PixelImage?
    /// What the translations are of, in their order.
    private(set) var titles: [String] = []
    /// What a person should know about it.
    private(set) var notices: [String] = []

    /// Translates a picture or, where none is given, the first image that the run was not trained on.
    ///
    /// - Throws: Errors of a picture that was given; without one there may be none.
    init(model: URL, file: GeneratorFile, picture given: URL?, use: GeneratorUse) throws {
        guard file.description.masking == nil else {
            shown = try given.map { try PixelImage(contentsOf: $0) }
            notices.append("there is no sample picture: the model wants a mask with each image")
            return
        }
        if let given {
            try show(given, file)
        } else if let found = Self.unseen(of: model, file.translation.from) {
            do {
                try show(found, file)
                notices.append("\(Self.fileName) shows \(found.path); give a picture of your own where that one must not be published")
            } catch {
                notices.append("there is no sample picture: \(error)")
            }
        } else {
            notices.append("there is no sample picture: none was given, and the run has no validation or test images")
        }
    }

    private mutating func show(_ url: URL, _ file: GeneratorFile) throws {
        let files = file.translation.condition == nil ? [file] : file.offeringAllDomains
        let axis = file.description.images(of: file.translation.from).sliceAxis
        let image = try PixelImage(contentsOf: url, axis: axis)
        let input = file.description.images(of: file.translation.from)
        let small = try image.picking(bands: input.bands, name: url.path).shrunk(toLongerSide: Self.longerSide)
        var pictures = [small.displayed(range: input.valueRange)]
        for file in files {
            let translator = Translator(file, device: .cpu)
            pictures.append(try translator.translate(small, name: url.path).displayed(range: translator.outputDomain.valueRange))
            titles.append(file.description.names[file.translation.to])
        }
        picture = PixelImage(sideBySide: pictures, gutter: 4)
        shown = image
    }

    /// An image of a domain of the run's validation or test data.
    private static func unseen(of model: URL, _ domain: Domain) -> URL? {
        guard let configuration = try? RunFolder(model).readConfiguration() else { return nil }
        for split in [Split.validation, .test] where configuration.hasImages(split) {
            let data = try? configuration.deterministic.dataset(split)
            guard let data, data.domains.contains(domain), let source = data.imageSources(of: domain).first else { continue }
            // Halves of pictures and pages of volumes are no files.
            if (try? source.size()) == (try? PixelImage.size(contentsOf: source.url)) { return source.url }
        }
        return nil
    }
}
