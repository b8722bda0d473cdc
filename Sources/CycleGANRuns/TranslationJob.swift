import Datasets
import Foundation
import Imaging
import Support

/// One image to translate and where the result goes.
public struct TranslationJob: Equatable, Sendable {
    /// The image.
    public let input: URL
    /// Where its translation goes.
    public internal(set) var output: URL
    /// The input's mask, or why it has none; `nil` where no masks are given.
    public let mask: Result<URL, DatasetError>?
}

/// All images to translate and where the results go, checked before any work starts.
public struct TranslationPlan: Sendable {
    /// The images, in order.
    public private(set) var jobs: [TranslationJob]
    /// The folder that holds all results.
    public let folder: URL
    /// How many files of the folders are left out, and of which extensions; `nil` where there are none.
    public let leftOut: String?
    private let naming: TranslationOutput
    /// Whether the only result has the name that was asked for.
    private let isNamed: Bool
    private var changes: [FormatChange: Int] = [:]

    /// Finds all images and their outputs.
    ///
    /// - Parameters:
    ///   - inputs: Image files and folders, whose tree is kept.
    ///   - output: A file for one input file, else a folder.
    ///   - masks: A folder of masks under the images' paths, or a file for one image.
    ///   - naming: The names and formats of the results.
    /// - Throws: `TranslationPlanError` when an input is missing, there is nothing to do, the output's extension names no format,
    ///   the masks cannot be those of the inputs, or a result would overwrite an input, a mask or another result.
    public init(inputs: [URL], output: URL, masks: URL? = nil, naming: TranslationOutput = TranslationOutput()) throws {
        let masks = try masks.map(MaskSource.init)
        var (jobs, others): ([TranslationJob], [String]) = ([], [])
        // A series of DICOM files becomes one volume.
        let isSeries = inputs.count == 1 && inputs[0].isFolder && MedicalFormat(fileName: output.lastPathComponent) == .nifti
        let isNamed =
            try isSeries || (inputs.count == 1 && inputs[0].exists && !inputs[0].isFolder && Self.namesFile(output, naming))
        for input in inputs {
            if isSeries {
                jobs = [TranslationJob(input: input, output: output, mask: nil)]
                break
            }
            guard input.exists else {
                throw TranslationPlanError("\(input.path) does not exist; expected an image file or a folder of images")
            }
            func add(_ image: URL, path: String) {
                let result = isNamed ? output : output.appending(path: naming.path(for: path, of: image))
                jobs.append(TranslationJob(input: image, output: result, mask: masks?.mask(of: image, path: path)))
            }
            if input.isFolder {
                let listing = try ImageFolder(input)
                for path in listing.files { add(input.appending(path: path), path: path) }
                others += listing.otherFiles
            } else {
                add(input, path: input.lastPathComponent)
            }
        }
        if jobs.isEmpty {
            throw TranslationPlanError(
                "no images in \(inputs.map(\.path).joined(separator: ", ")); readable are \(ImageFileFormat.extensions.joined(separator: ", "))"
            )
        }
        if jobs.count > 1, case .file(let file) = masks {
            throw TranslationPlanError(
                "the masks: found the file \(file.path) for \(jobs.count) images; give a folder of masks under the images' paths"
            )
        }
        try Self.checkTargets(jobs, naming)
        self.jobs = jobs
        self.naming = naming
        self.isNamed = isNamed
        folder = isNamed ? output.deletingLastPathComponent() : output
        leftOut = ImageFolder.leftOut(others)
    }

    /// Gives results that the format of their image cannot hold one that can.
    ///
    /// - Parameters:
    ///   - channels: Of the results.
    ///   - samples: The type of their samples; `nil` where each has that of its image.
    /// - Throws: `TranslationPlanError` where the format that was asked for cannot hold the results, and as when the plan was made.
    public mutating func fit(channels: Int, samples: PixelImage.Format?) throws {
        let kind = ImageFileFormat.kind(bands: channels, samples ?? .uint8)
        for (index, job) in jobs.enumerated() {
            let own = ImageFileFormat(fileExtension: job.input.pathExtension)
            guard let format = ImageFileFormat(fileExtension: job.output.pathExtension) else { continue }
            // At the image's own depth, its format holds the samples.
            let holdsSamples = format.holds(bands: channels, samples ?? .uint8)
            let hasPages = PixelImage.pageCount(of: job.input) > 1
            let fits = holdsSamples && (format.holdsPages || !hasPages)
            if !holdsSamples, isNamed || naming.format != nil {
                throw TranslationPlanError(
                    "\(format.name) cannot hold \(kind), as the model gives; choose "
                        + TranslationOutput.format(holding: channels, samples ?? .uint8).name)
            }
            let chosen =
                fits || isNamed || naming.format != nil
                ? format : TranslationOutput.format(holding: channels, samples ?? .uint8, hasPages: hasPages)
            if chosen != format {
                jobs[index].output = job.output.deletingPathExtension().appendingPathExtension(chosen.fileExtensions[0])
            }
            if let own, own != chosen, !isNamed, naming.format == nil {
                changes[FormatChange(from: own, to: chosen, kind: own.isWritable ? kind : nil), default: 0] += 1
            }
        }
        try Self.checkTargets(jobs, naming)
        try checkPyramids()
    }

    /// Checks that all results are of the format that pyramids are, where these are asked for.
    ///
    /// - Throws: `TranslationPlanError`.
    private func checkPyramids() throws {
        guard naming.isPyramid,
            let other = jobs.first(where: { ImageFileFormat(fileExtension: $0.output.pathExtension) != .tiff })
        else { return }
        throw TranslationPlanError(
            "\(other.output.path): a pyramid of smaller copies is a TIFF file, and this is none", remedies: [.chooseTIFF])
    }

    /// Checks that no result would overwrite an image that gives a style.
    ///
    /// - Throws: `TranslationPlanError`.
    public func check(keeps style: StyleImages) throws {
        let sources = Set(style.sources.map(\.url.resolvingLinks.path))
        guard let target = jobs.map(\.output.resolvingLinks.path).first(where: sources.contains) else { return }
        throw TranslationPlanError("\(target) is an image of the style and would be overwritten", remedies: [.chooseAnotherOutput])
    }

    /// What to say of results in other formats than their images.
    ///
    /// - Parameter wording: A remedy in words.
    package func notices(_ wording: (ErrorRemedy) -> String = \.description) -> [String] {
        changes.map { "\($0.text(count: $1)); \(wording(.chooseFormat))" }.sorted()
    }

    /// Whether some of the inputs are DICOM or NIfTI.
    public var holdsMedicalFiles: Bool { jobs.contains { $0.input.isFolder || MedicalFormat(at: $0.input) != nil } }

    /// Whether the output of a single file is meant as a file: its path has an extension and is not a folder's.
    private static func namesFile(_ output: URL, _ naming: TranslationOutput) throws -> Bool {
        if output.pathExtension.isEmpty || output.hasDirectoryPath || output.isFolder { return false }
        switch MedicalFormat(fileName: output.lastPathComponent) {
        case .nifti: return true
        case .dicom:
            throw TranslationPlanError(
                "\(output.path): DICOM is read and not written: what a model makes is no picture of a scanner; write .tif, .png or .nii.gz")
        case nil: break
        }
        guard let format = ImageFileFormat(fileExtension: output.pathExtension), format.isWritable else {
            throw TranslationPlanError(
                "\(output.path): found the extension .\(output.pathExtension); allowed: "
                    + "\(ImageFileFormat.writableExtensions.joined(separator: ", ")), or none for a folder")
        }
        if let wanted = naming.format, wanted != format {
            throw TranslationPlanError("\(output.path): a \(format.name) file by its extension, but \(wanted.name) was asked for")
        }
        if !naming.suffix.isEmpty {
            throw TranslationPlanError("\(output.path): the name of the result is given, so that it gets no suffix; give a folder for one")
        }
        return true
    }

    private static func checkTargets(_ jobs: [TranslationJob], _ naming: TranslationOutput) throws {
        var sources: [String: String] = [:]
        let inputs = Set(jobs.flatMap { job in [job.input] + [try? job.mask?.get()].compactMap { $0 } }.map(\.resolvingLinks.path))
        for (job, file) in jobs.flatMap({ job in naming.files(of: job.output).map { (job, $0) } }) {
            // A result written through a link would hit its target.
            let target = file.resolvingLinks.path
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
