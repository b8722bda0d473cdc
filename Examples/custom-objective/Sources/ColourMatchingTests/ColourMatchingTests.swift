import CycleGANInference
import CycleGANTraining
import Foundation
import Imaging
import Testing
import TrainingReports

/// The example as its readers get it: compiled against the public parts of the libraries.
@Suite struct ColourMatchingTests {
    @Test func theExampleTrainsAndGoesOn() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "colour-matching-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (data, run) = (folder.appending(path: "data"), folder.appending(path: "run"))
        try Example.drawImages(in: data)
        let first = try Example.train(data: data, run: run, steps: 4, observers: [])
        #expect(first.step == 4 && first.reason == .completed)
        let more = try Example.train(data: data, run: run, steps: 6, observers: [])
        #expect(more.step == 6 && more.reason == .completed)

        let model = try GeneratorFile(run.appending(path: "checkpoints/latest.safetensors"))
        let translated = try Translator(model, device: .cpu).translate(contentsOf: data.appending(path: "trainA/0.png"))
        #expect(translated.size == ImageSize(32))
    }
}
