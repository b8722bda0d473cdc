import CycleGANTraining
import Foundation
import Imaging
import Settings
import TestSupport
import Testing

@testable import CycleGANRuns

struct PresetTests {
    private func texts(_ preset: Preset, data: URL? = nil) -> [String] {
        preset.settings(data: data, domains: TrainingConfiguration.domains).map { "\($0.key) \($0.text)" }
    }

    @Test(arguments: Preset.allCases)
    func settingsAreThoseOfTheTable(preset: Preset) throws {
        let settings = preset.settings(data: nil, domains: TrainingConfiguration.domains)
        let configuration = try TrainingConfiguration.configuration(arguments: settings)
        #expect(TrainingConfiguration.domains.allSatisfy { configuration.domains.colorJitter[$0] == nil })
        // Mirrored patients have their heart on the right.
        #expect(TrainingConfiguration.domains.allSatisfy { configuration.domains.flip[$0] == !preset.isMedical })
        #expect(Preset.text(settings).contains("flip"))
    }

    @Test func hounsfieldUnitsAndPercentiles() throws {
        #expect(texts(.ct).contains("range A=-1000,1000") && texts(.ct).contains("channels 1"))
        #expect(texts(.mri).contains("range B=percentile:0.5,99.5") && texts(.mri).contains("emptySlices 0.1"))
        #expect(!texts(.photo).contains { $0.hasPrefix("range") })
    }

    @Test func filesDecideWhatTheirBandsAndBitsAre() throws {
        try withTemporaryFolder { root in
            for (domain, bands, format) in [("trainA", 8, PixelImage.Format.uint16), ("trainB", 3, .uint8)] {
                let folder = root.appending(path: domain)
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                let bytes = [UInt8](repeating: 7, count: 4 * 4 * bands * format.byteCount)
                try PixelImage(width: 4, height: 4, bands: bands, format: format, bytes: bytes).write(to: folder.appending(path: "1.tif"))
            }
            let found = texts(.multispectral, data: root)
            #expect(found == ["flip true", "channels A=8", "bitDepth A=16", "range A=percentile:1,99", "channels B=3"])
            // Pictures of 8 bits have their range already.
            #expect(!texts(.ct, data: root).contains { $0.contains("B=") })
            #expect(texts(.ct, data: root).contains("bitDepth A=16"))
        }
    }
}
