import Datasets
import Foundation
import Imaging
import Support

/// One image to translate and where the result goes.
public struct TranslationJob: Equatable {
    /// The image.
    public let input: URL
    /// Where its translation goes.
    public let output: URL
    /// The input's mask, or why it has none; `nil` where no masks are given.
    public let mask: Result<URL, DatasetError>?
}

/// All images to translate and where the results go, checked before any work starts.
public struct TranslationPlan {
    /// The images, in order.
    public let jobs: [TranslationJob]
    /// The folder that holds all results.
    public let folder: URL

    /// Finds all images and their outputs.
    ///
    /// - Parameters:
    ///   - inputs: Image files and folders, whose tree is kept.
    ///   - output: A file for one input file, else a folder.
    ///   - masks: A folder of masks under the images' paths, or a file for one image.
    /// - Throws: `TranslationPlanError` when an input is missing, there is nothing to do, the output's extension names no format,
    ///   the masks cannot be those of the inputs, or a result would overwrite an input, a mask or another result.
    public init(inputs: [URL], output: URL, masks: URL? = nil) throws {
        let masks = try masks.map(MaskSource.init)
        var jobs: [TranslationJob] = []
        var folder = output
        for input in inputs {
            // A series of DICOM files becomes one volume.
            if inputs.count == 1, input.isFolder, MedicalFormat(fileName: output.lastPathComponent) == .nifti {
                jobs = [TranslationJob(input: input, output: output, mask: nil)]
                folder = output.deletingLastPathComponent()
                break
            }
            guard input.exists else {
                throw TranslationPlanError("\(input.path) does not exist; expected an image file or a folder of images")
            }
            if input.isFolder {
                for path in try ImageFolder(input).files {
                    let image = input.appending(path: path)
                    let result = output.appending(path: MedicalFormat.resultPath(path, of: image))
                    jobs.append(TranslationJob(input: image, output: result, mask: masks?.mask(of: image, path: path)))
                }
            } else {
                let namesFile = try inputs.count == 1 && Self.namesFile(output)
                if namesFile { folder = output.deletingLastPathComponent() }
                let name = input.lastPathComponent
                jobs.append(
                    TranslationJob(
                        input: input, output: namesFile ? output : output.appending(path: MedicalFormat.resultPath(name, of: input)),
                        mask: masks?.mask(of: input, path: name)))
            }
        }
        if jobs.isEmpty {
            throw TranslationPlanError(
                "no images in \(inputs.map(\.path).joined(separator: ", ")); readable are \(Self.extensions)")
        }
        if jobs.count > 1, case .file(let file) = masks {
            throw TranslationPlanError(
                "the masks: found the file \(file.path) for \(jobs.count) images; give a folder of masks under the images' paths"
            )
        }
        try Self.checkTargets(jobs)
        self.jobs = jobs
        self.folder = folder
    }

    /// Whether some of the inputs are DICOM or NIfTI.
    public var holdsMedicalFiles: Bool { jobs.contains { $0.input.isFolder || MedicalFormat(at: $0.input) != nil } }

    /// Whether the output of a single file is meant as a file: its path has an extension and is not a folder's.
    private static func namesFile(_ output: URL) throws -> Bool {
        if output.pathExtension.isEmpty || output.hasDirectoryPath || output.isFolder { return false }
        switch MedicalFormat(fileName: output.lastPathComponent) {
        case .nifti: return true
        case .dicom:
            throw TranslationPlanError(
                "\(output.path): DICOM is read and not written: what a model makes is no picture of a scanner; write .tif, .png or .nii.gz")
        case nil: break
        }
        guard ImageFileFormat(fileExtension: output.pathExtension) != nil else {
            throw TranslationPlanError(
                "\(output.path): found the extension .\(output.pathExtension); allowed: \(extensions), "
                    + "or none for a folder")
        }
        return true
    }

    private static var extensions: String { ImageFileFormat.extensions.joined(separator: ", ") }

    /// The path without symbolic links, also of a file that does not exist yet: a result written through a link would hit its target.
    private static func realPath(_ url: URL) -> String {
        var existing = url.standardizedFileURL
        var rest: [String] = []
        while !existing.exists, existing.path != "/" {
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
                throw TranslationPlanError("\(target) is an input or a mask and would be overwritten", remedies: [.chooseAnotherOutput])
            }
            if let other = sources.updateValue(job.input.path, forKey: target) {
                throw TranslationPlanError(
                    "\(other) and \(job.input.path) would both be written to \(target); translate them into different folders")
            }
        }
    }
}

/// A translation that cannot start.
public struct TranslationPlanError: ErrorWithRemedies {
    /// What is in the way.
    public let problem: String
    package let remedies: [ErrorRemedy]

    init(_ problem: String, remedies: [ErrorRemedy] = []) {
        self.problem = problem
        self.remedies = remedies
    }

    public var description: String { text(\.description) }
}
