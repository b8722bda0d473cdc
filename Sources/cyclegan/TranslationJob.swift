import Datasets
import Foundation
import Imaging

/// One image to translate and where the result goes.
struct TranslationJob: Equatable {
    let input: URL
    let output: URL

    /// Finds all images and their outputs before any work starts.
    ///
    /// - Throws: `TranslationPlanError` when an input is missing, there is nothing to do, or a result would overwrite
    ///   an input or another result.
    static func plan(inputs: [URL], output: URL) throws -> [TranslationJob] {
        var jobs: [TranslationJob] = []
        for input in inputs {
            var isFolder: ObjCBool = false
            guard FileManager.default.fileExists(atPath: input.path, isDirectory: &isFolder) else {
                throw TranslationPlanError(description: "\(input.path) does not exist; expected an image file or a folder of images")
            }
            if isFolder.boolValue {
                for path in try ImageFolder(input).files {
                    jobs.append(TranslationJob(input: input.appending(path: path), output: output.appending(path: path)))
                }
            } else {
                // For a single file, a path with an image's extension is meant as the file itself.
                let namesFile = inputs.count == 1 && ImageFileFormat(fileExtension: output.pathExtension) != nil
                jobs.append(TranslationJob(input: input, output: namesFile ? output : output.appending(path: input.lastPathComponent)))
            }
        }
        if jobs.isEmpty {
            let extensions = ImageFileFormat.extensions.joined(separator: ", ")
            throw TranslationPlanError(
                description: "no images in \(inputs.map(\.path).joined(separator: ", ")); readable are \(extensions)")
        }
        try checkTargets(jobs)
        return jobs
    }

    private static func checkTargets(_ jobs: [TranslationJob]) throws {
        var sources: [String: String] = [:]
        let inputs = Set(jobs.map { $0.input.standardizedFileURL.path })
        for job in jobs {
            let target = job.output.standardizedFileURL.path
            if inputs.contains(target) {
                throw TranslationPlanError(description: "\(target) is an input and would be overwritten; choose another --output")
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
