import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Torch

/// Translates the images of a folder from domain A to B: `FolderTranslation RUN IMAGES RESULTS`.
@main struct FolderTranslation {
    static func main() async throws {
        let paths = CommandLine.arguments.dropFirst().map { URL(filePath: $0) }
        guard paths.count == 3 else { fatalError("usage: FolderTranslation RUN IMAGES RESULTS") }
        let names = try FileManager.default.contentsOfDirectory(atPath: paths[1].path).sorted()
        let files = names.filter { ImageFileFormat(fileExtension: URL(filePath: $0).pathExtension) != nil }.map {
            paths[1].appending(path: $0)
        }
        try FileManager.default.createDirectory(at: paths[2], withIntermediateDirectories: true)

        let translator = SharedTranslator(Translator(try GeneratorFile(paths[0], translation: .aToB), device: .cpu))
        var done = 0
        for await translation in translator.translations(of: files) {
            done += 1
            let output = paths[2].appending(path: translation.file.deletingPathExtension().lastPathComponent + ".png")
            do {
                try translation.result.get().write(to: output)
                print("\(done)/\(files.count) \(output.path)")
            } catch {
                print("\(done)/\(files.count) failed: \(error)")
            }
        }
    }
}
