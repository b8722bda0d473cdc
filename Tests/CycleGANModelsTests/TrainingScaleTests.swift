import Foundation
import Imaging
import Testing

@testable import CycleGANModels

@Suite struct TrainingScaleTests {
    private static func size(_ width: Int, _ height: Int) -> ImageSize { ImageSize(height: height, width: width) }

    /// (rule, size in training, image, factor), sizes as width and height.
    @Test(
        arguments: [
            (.size, size(286, 286), size(143, 286), 2), (.size, size(96, 64), size(192, 128), 2), (.size, size(96, 64), size(90, 80), 1.25),
            // The width alone counts, whatever the height.
            (.width, size(200, 50), size(100, 900), 2), (.width, size(200, 50), size(200, 900), 1),
            // 64 · 64 pixels against 256 · 256, and a turned image of the same area.
            (.own, size(64, 64), size(256, 256), 4), (.own, size(400, 300), size(300, 400), 1), (.own, size(400, 100), size(100, 100), 2),
        ] as [(TrainingScale.Rule, ImageSize, ImageSize, Double)])
    func factorsAreRatiosOfSides(rule: TrainingScale.Rule, trained: ImageSize, image: ImageSize, factor: Double) {
        let scale = TrainingScale(rule, trained)
        #expect(abs(scale.factor(of: image) - factor) < 1e-12)
        #expect(scale.isFar(image) == (factor > 1.5))
    }

    @Test(
        arguments: [
            (.size, size(286, 143), size(640, 480), size(286, 143)),
            // 100 · 480 / 640 = 75; and 100 · 30 / 400 = 7 is less than the least height.
            (.width, size(100, 60), size(640, 480), size(100, 75)), (.width, size(100, 60), size(400, 30), size(100, 60)),
            // A quarter of the area is half of each side.
            (.own, size(320, 240), size(640, 480), size(320, 240)), (.own, size(320, 240), size(480, 640), size(240, 320)),
        ] as [(TrainingScale.Rule, ImageSize, ImageSize, ImageSize)])
    func imagesAreScaledAsInTraining(rule: TrainingScale.Rule, trained: ImageSize, image: ImageSize, scaled: ImageSize) {
        #expect(TrainingScale(rule, trained).scaled(image) == scaled)
    }

    @Test func descriptionsOfOlderFilesHaveNoScaleAndNoNames() throws {
        var description = GeneratorDescription(
            .aToB, configuration: GeneratorConfiguration(), input: DomainConfiguration(), output: DomainConfiguration())
        let old = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        #expect(!old.contains("scales") && !old.contains("domainNames"))
        #expect(try JSONDecoder().decode(GeneratorDescription.self, from: Data(old.utf8)) == description)
        description.scales = [.a: TrainingScale(.own, Self.size(96, 64), crop: ImageSize(64)), .b: TrainingScale(.size, ImageSize(286))]
        description.domainNames = DomainNames([.a: "photo", .b: "monet"])
        let text = String(decoding: try JSONEncoder().encode(description), as: UTF8.self)
        // The height first, as in settings.
        #expect(text.contains(#""size":"64x96""#))
        #expect(try JSONDecoder().decode(GeneratorDescription.self, from: Data(text.utf8)) == description)
    }

    @Test func domainsAreFoundByEitherName() {
        let names = DomainNames([.a: "photo", .b: "Monet"])
        for (text, domain) in [("A", .a), ("b", .b), ("photo", .a), ("monet", .b), ("MONET", .b), ("van gogh", nil)] as [(String, Domain?)]
        {
            #expect(names.domain(text, among: Domain.pair) == domain, "\(text)")
        }
        // A domain's own name comes first.
        #expect(DomainNames([.a: "B", .b: "A"]).domain("A", among: Domain.pair) == .a)
        #expect(names.all(of: Domain.pair) == [.a: "photo", .b: "Monet"] && DomainNames.own.all(of: [.b]) == [.b: "B"])
    }
}
