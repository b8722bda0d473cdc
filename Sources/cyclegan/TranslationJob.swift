import Datasets
import Foundation
import Imaging

/// One image to translate and where the result goes.
struct TranslationJob: Equatable {
    let input: URL
    let output: URL
    /// The input's mask, or why it has none; `nil` where no masks are given.
    let mask: Result<URL, DatasetError>?

    /// Finds all images and their outputs before any work starts.
    ///
    /// - Returns: The jobs, and the folder that holds all results.
    /// - Throws: `TranslationPlanError` when an input is missing, there is nothing to do, the output's extension names no format,
    ///   the masks cannot be those of the inputs, or a result would overwrite an input, a mask or another result.
    static func plan(inputs: [URL], output: URL, masks: URL? = nil) throws -> (jobs: [TranslationJob], folder: URL) {
        let masks = try masks.map(MaskSource.init)
        var jobs: [TranslationJob] = []
        var folder = output
        for input in inputs {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: input.path, isDirectory: &isFolder) else {
                throw TranslationPlanError(description: "\(input.path) does not exist; expected an image file or a folder of images")
            }
            if isFolder.boolValue {
                for path in try ImageFolder(input).files {
                    let image = input.appending(path: path)
                    jobs.append(
                        TranslationJob(input: image, output: output.appending(path: path), mask: masks?.mask(of: image, path: path)))
                }
            } else {
                let namesFile = try inputs.count == 1 && namesFile(output)
                if namesFile { folder = output.deletingLastPathComponent() }
                let name = input.lastPathComponent
                jobs.append(
                    TranslationJob(
                        input: input, output: namesFile ? output : output.appending(path: name), mask: masks?.mask(of: input, path: name)))
            }
        }
        if jobs.isEmpty {
            throw TranslationPlanError(
                description: "no images in \(inputs.map(\.path).joined(separator: ", ")); readable are \(extensions)")
        }
        if jobs.count > 1, case .file(let file) = masks {
            throw TranslationPlanError(
                description: "--masks: found the file \(file.path) for \(jobs.count) images; give a folder of masks under the images' paths"
            )
        }
        try checkTargets(jobs)
        return (jobs, folder)
    }

    /// Whether the output of a single file is meant as a file: its path has an extension and is not a folder's.
    private static func namesFile(_ output: URL) throws -> Bool {
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: output.path, isDirectory: &isFolder)
        if output.pathExtension.isEmpty || output.hasDirectoryPath || (exists && isFolder.boolValue) { return false }
        guard ImageFileFormat(fileExtension: output.pathExtension) != nil else {
            throw TranslationPlanError(
                description: "\(output.path): found the extension .\(output.pathExtension); allowed: \(extensions), "
                    + "or none for a folder")
        }
        return true
    }

    private static var extensions: String { ImageFileFormat.extensions.joined(separator: ", ") }

    /// The path without symbolic links, also of a file that does not exist yet: a result written through a link would hit its target.
    private static func realPath(_ url: URL) -> String {
        var existing = url.standardizedFileURL
        var rest: [String] = []
        while !FileManager.default.fileExists(atPath: existing.path), existing.path != "/" {
            rest.insert(existing.lastPathComponent, at: 0)
            existing.deleteLastPathComponent()
        }
        return rest.reduce(existing.resolvingSymlinksInPath()) { $0.appending(path: $1) }.path
    }

    private static func checkTargets(_ jobs: [TranslationJob]) throws {
        var sources: [String: String] = [:]
        let inputs = Set(jobs.flatMap { job in [job.input] + [try? job.mask?.get()].compactMap { $0 } }.map(realPath))
        for job in jobs {
            let target = realPath(job.output)
            if inputs.contains(target) {
                throw TranslationPlanError(description: "\(target) is an input or a mask and would be overwritten; choose another --output")
            }
            if let other = sources.updateValue(job.input.path, forKey: target) {
                throw TranslationPlanError(
                    description: "\(other) and \(job.input.path) would both be written to \(target); translate them into different folders")
            }
        }
    }
}

/// A translation that cannot start.
struct TranslationPlanError: Error, CustomStringConvertible {
    let description: String
}
