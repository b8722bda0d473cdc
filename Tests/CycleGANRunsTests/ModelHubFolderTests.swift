import Checkpoints
import CycleGANExport
import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import TestSupport
import Testing
import Torch
import TorchNN

@testable import CycleGANRuns

/// `ModelHubFolder`: what a person puts on a model hub.
@Suite struct ModelHubFolderTests {
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardizedFileURL

    /// A file of a generator, whose weights come from a seed.
    private func model(
        in folder: URL, masking: GeneratorMasking? = nil, images: DomainConfiguration = DomainConfiguration(),
        _ change: (inout GeneratorConfiguration, inout ModelCard) -> Void = { _, _ in }
    ) throws -> URL {
        var configuration = GeneratorConfiguration(architecture: .resnet(blocks: 1), filters: 4)
        var card = ModelCard()
        (card.objective, card.steps) = ("cyclegan", 1200)
        (configuration.inputChannels, configuration.outputChannels) = (images.channels + (masking == nil ? 0 : 1), images.channels)
        change(&configuration, &card)
        let domains = (0..<max(2, configuration.conditions)).map { Domain(["A", "B", "C"][$0]) }
        var description = GeneratorDescription(
            Translation(from: domains[0], to: domains[1], condition: configuration.conditions > 1 ? 1 : nil), configuration: configuration,
            input: images, output: images, masking: masking)
        if configuration.conditions > 1 {
            description.translations += [(0, 2), (1, 0), (1, 2), (2, 0), (2, 1)].map {
                Translation(from: domains[$0.0], to: domains[$0.1], condition: $0.1)
            }
            for domain in domains { description.domains[domain] = images }
        }
        description.domainNames = DomainNames(Dictionary(uniqueKeysWithValues: zip(domains, ["horse", "zebra", "okapi"])))
        var state = configuration.makeGenerator(initialization: .xavier, random: TorchRandom(seed: 7)).stateDict()
        state.metadata["generator"] = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        state.metadata[ModelCard.key] = String(decoding: try JSONEncoder().encode(card), as: UTF8.self)
        let url = folder.appending(path: "model.safetensors")
        try state.write(to: url)
        return url
    }

    private func files(of folder: URL) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
    }

    @Test func aFolderHasAllThatAHubWants() throws {
        try withTemporaryFolder { folder in
            var hub = ModelHubFolder(try model(in: folder) { $1.note = "Trained on the pictures of a zoo." })
            try writeSyntheticImages(["pictures": 1], to: folder, width: 50, height: 30)
            hub.picture = folder.appending(path: "pictures/000.png")
            hub.licence = "cc-by-4.0"
            let output = folder.appending(path: "new/hub")
            var told: [String] = []
            let result = try hub.write(to: output) { told.append($0.name) }
            let models = [
                "generator.safetensors", "model.onnx", "model-f16.onnx", "model-int8.onnx", "model-pictures.onnx", "model.mlpackage",
            ]
            #expect(told == models && result.files.map(\.name) == models && result.notices.isEmpty, "\(result.notices)")
            #expect(try files(of: output) == (models + ["README.md", "sample.jpg", "LICENSE-swift-cyclegan.txt"]).sorted())
            #expect(try files(of: output.deletingLastPathComponent()) == ["hub"])
            for file in result.files where file.name != "model.mlpackage" {
                #expect(try output.appending(path: file.name).resourceValues(forKeys: [.fileSizeKey]).fileSize == file.bytes)
            }
            let licence = try String(contentsOf: Self.root.appending(path: "LICENSE"), encoding: .utf8)
            #expect(try String(contentsOf: output.appending(path: "LICENSE-swift-cyclegan.txt"), encoding: .utf8) == licence)
            // The image, a gap of 4 pixels, and its translation.
            #expect(try PixelImage(contentsOf: output.appending(path: "sample.jpg")).size == ImageSize(height: 30, width: 104))

            let page = try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8)
            #expect(
                page.hasPrefix(
                    """
                    ---
                    license: cc-by-4.0
                    library_name: swift-cyclegan
                    pipeline_tag: image-to-image
                    tags:
                    - safetensors
                    - onnx
                    - coreml
                    - cyclegan
                    ---

                    # Horse to zebra

                    A network that turns images of horse into images of zebra: a resnet1 with 4 filters and
                    """))
            for part in [
                "Trained on the pictures of a zoo.", "![An image and what becomes of it](sample.jpg)", "- trained: cyclegan, 1200 steps",
                "<https://spdx.org/licenses/CC-BY-4.0.html>", "| [model-int8.onnx](model-int8.onnx) | ",
                "cyclegan translate photo.jpg --model generator.safetensors --output translated.png",
            ] { #expect(page.contains(part), "\(part)") }
            // What goes with the weights says so, too.
            let metadata = try StateDict.read(from: output.appending(path: "generator.safetensors")) { _ in false }.metadata
            #expect(try #require(ModelCard(metadata)).licence == "cc-by-4.0")

            // Nothing is put over what is there.
            let error = #expect(throws: (any Error).self) { try hub.write(to: output) }
            #expect("\(try #require(error))".contains("\(output.path): "))
            #expect(try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8) == page)
            let empty = folder.appending(path: "empty")
            try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: false)
            #expect(try hub.write(to: empty).files.count == models.count)
        }
    }

    /// A part that cannot be written leaves nothing.
    @Test func whatFailsLeavesNothing() throws {
        try withTemporaryFolder { folder in
            var hub = ModelHubFolder(try model(in: folder))
            hub.picture = folder.appending(path: "none.png")
            #expect(throws: ImageError.self) { try hub.write(to: folder.appending(path: "hub")) }
            hub.picture = nil
            hub.options.size = ImageSize(30)
            #expect(throws: ExportError.self) { try hub.write(to: folder.appending(path: "hub")) }
            #expect(throws: (any Error).self) { try hub.write(to: folder.appending(path: "model.safetensors/hub")) }
            #expect(try files(of: folder) == ["model.safetensors"])
        }
    }

    @Test func licencesAreWhatIsSaidOfThem() {
        #expect(HubLicence(nil).header == ["license: unknown"] && HubLicence(" ").isUnknown)
        #expect(HubLicence("apache-2.0").text == apacheLicence && HubLicence("apache-2.0").header == ["license: apache-2.0"])
        #expect(HubLicence("MIT").text == nil && HubLicence("MIT").sentence.contains("https://spdx.org/licenses/MIT.html"))
        let own = HubLicence("Ask me: first")
        #expect(own.header == ["license: other", "license_name: \"Ask me: first\""] && own.sentence.contains("Ask me: first"))
        let text = HubLicence("My licence\nin full\n")
        #expect(text.header == ["license: other", "license_link: LICENSE.txt"] && text.text == "My licence\nin full\n")
    }

    /// Where there is neither a licence nor a picture, the page invents none.
    @Test func whatIsNotKnownIsSaid() throws {
        try withTemporaryFolder { folder in
            let output = folder.appending(path: "hub")
            let result = try ModelHubFolder(model(in: folder)).write(to: output)
            #expect(
                result.notices.contains { $0.hasPrefix("there is no sample picture") } && result.notices.contains { $0.contains("licence") }
            )
            let page = try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8)
            #expect(page.contains("license: unknown") && page.contains("has not said under which licence") && !page.contains("sample.jpg"))
        }
    }

    /// The kinds of models whose pages have other programs.
    static let kinds: [(name: String, masking: GeneratorMasking?, images: DomainConfiguration, conditions: Int)] = [
        ("colour", nil, DomainConfiguration(), 0), ("grey", nil, DomainConfiguration(channels: 1), 0),
        ("masks", .composite, DomainConfiguration(), 0), ("told", nil, DomainConfiguration(), 3),
        ("strength", nil, DomainConfiguration(), 1),
        ("numbers", nil, DomainConfiguration(channels: 2, bitDepth: .sixteen, valueRange: ValueRange(0...4095)), 0),
    ]

    /// The program of the page, in the folder, gives what the generator gives.
    @Test(.enabled(if: PythonPeers.areThere, PythonPeers.reason), arguments: kinds)
    func thePagesProgramRuns(_ kind: (name: String, masking: GeneratorMasking?, images: DomainConfiguration, conditions: Int)) throws {
        try withTemporaryFolder { folder in
            let url = try model(in: folder, masking: kind.masking, images: kind.images) { configuration, _ in
                configuration.conditions = kind.conditions
                configuration.hasStrength = kind.conditions == 1
            }
            let output = folder.appending(path: "hub")
            _ = try ModelHubFolder(url).write(to: output)
            let page = try String(contentsOf: output.appending(path: "README.md"), encoding: .utf8)
            let program = try #require(fencedCode("python", in: page).first)
            // Sides that are no multiples of 4: 48 and 32 of them are used.
            let picture = PixelImage.synthetic(variant: 3, width: 50, height: 33, bands: kind.images.channels == 1 ? 1 : 3)
            try picture.write(to: output.appending(path: "photo.png"))
            let setup = """
                import os, numpy
                os.rename("photo.png", "photo.jpg")
                numpy.save("image.npy", numpy.linspace(-1, 1, 2 * 33 * 50, dtype=numpy.float32).reshape(2, 33, 50))

                """
            let result = try PythonPeers.run(["-c", setup + program], in: output)
            #expect(result.status == 0, "\(result.output)\n\(program)")
            if kind.name == "numbers" {
                #expect(try files(of: output).contains("translated.npy"))
                return
            }
            let found = try PixelImage(contentsOf: output.appending(path: "translated.png"))
            let file = try GeneratorFile(url)
            let cut = picture.cropped(x: 0, y: 0, size: ImageSize(height: 32, width: 48))
            let mask = kind.masking.map { _ in PixelImage(width: 48, height: 32, bands: 1, bytes: [UInt8](repeating: 255, count: 48 * 32)) }
            let expected = try Translator(file, device: .cpu).translate(cut, mask: mask)
            #expect(found.size == expected.size && found.bands == expected.bands)
            // Weights of half the size.
            let differences = zip(found.bytes, expected.bytes).map { abs(Int($0) - Int($1)) }
            #expect(differences.max() ?? 255 <= 2, "\(kind.name)")
        }
    }
}
