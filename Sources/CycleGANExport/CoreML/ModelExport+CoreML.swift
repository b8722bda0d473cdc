import CycleGANModels
import Foundation
import Imaging
import Support

extension ModelExport {
    /// Writes a Core ML package: reads it back and compares it before it gets its name.
    ///
    /// - Parameters:
    ///   - url: A folder that is to be; a package that is there is replaced.
    ///   - picture: A picture to compare on, besides two made-up images.
    ///   - verifies: Whether it is compared.
    /// - Throws: `ExportError`, and `FileError` where the package cannot be written.
    public func writeCoreML(to url: URL, picture: PixelImage? = nil, verifies: Bool = true) throws -> Result {
        var export = CoreMLExport(description: file.description, options: options)
        if !calibration.isEmpty { export.calibration = try measuredRanges() }
        let package = try export.package(of: file.generator, metadata: coreMLMetadata())
        var check = self
        check.options.size = export.size
        var found: ExportComparison?
        try AtomicFolder.write(to: url, isReplaceable: CoreMLPackage.isPackage) { folder in
            try package.write(into: folder)
            guard verifies else { return }
            let program = try MILInterpreter(CoreMLPackage(contentsOf: folder, name: url.path), file: url.path)
            found = try check.verify(program, .coreML, picture, url.path)
        }
        let files = ["Manifest.json", CoreMLPackage.modelPath, CoreMLPackage.weightPath].map { url.appending(path: $0) }
        let bytes = files.reduce(0) { $0 + ((try? $1.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0) }
        return Result(files: [url], bytes: bytes, largestDifference: found?.largest, psnr: found?.psnr)
    }

    private func coreMLMetadata() throws -> CoreMLMetadata {
        var found = CoreMLMetadata()
        let title = file.description.names.title(of: file.translation)
        found.shortDescription = (["Translates \(title)."] + (card?.lines ?? [])).joined(separator: "\n")
        found.author = options.author ?? "made with swift-cyclegan"
        found.license = card?.licence ?? ""
        found.version = card?.epoch.map { "epoch \($0)" } ?? ""
        found.userDefined = try metadata()
        return found
    }
}
