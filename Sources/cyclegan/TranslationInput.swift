import ArgumentParser
import CycleGANRuns
import Foundation
import Imaging
import Support

/// What `translate` is given.
enum TranslationInput {
    /// Files and folders of images.
    case files([String])
    /// One image through standard input or output.
    case image(PipedImage)
    /// Frames through standard input.
    case frames(FrameReader)
    case video(VideoFile)

    init(inputs: [String], output: String, format: OutputOptions.Format?) throws {
        let (isPiped, isPipedOut) = (inputs == ["-"], output == "-")
        if !isPiped, inputs.count == 1, VideoFile.isVideo(url(inputs[0])), !url(inputs[0]).isFolder {
            self = .video(try VideoFile(url(inputs[0])))
            return
        }
        guard isPiped || isPipedOut else {
            self = .files(inputs)
            return
        }
        if !isPiped, url(inputs[0]).isFolder {
            throw ValidationError("--output - is of one image, and \(inputs[0]) is a folder; give a folder for the results")
        }
        let stream = ByteStream(FileHandle.standardInput.fileDescriptor)
        if isPiped, isPipedOut, format == nil, let reader = try FrameReader(stream, name: "standard input") {
            self = .frames(reader)
            return
        }
        let data = isPiped ? try stream.takeAll() : nil
        if isPiped, data?.isEmpty != false { throw ImageError.empty(path: "standard input") }
        self = .image(PipedImage(input: isPiped ? nil : url(inputs[0]), data: data, output: isPipedOut ? nil : url(output)))
    }
}

/// An image that comes through standard input or goes to standard output, with files in between.
struct PipedImage {
    /// The file; `nil` for standard input.
    let input: URL?
    /// What came through standard input.
    let data: Data?
    /// The file; `nil` for standard output.
    let output: URL?

    /// Lets `translate` make a file of a file.
    func translated(_ translate: (_ input: URL, _ output: URL, _ naming: @escaping @Sendable (String) -> String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "cyclegan-\(getpid())-\(UUID().uuidString.prefix(8))")
        try AtomicFile.createFolder(folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        var source = input
        if let data {
            let format = ImageFileFormat(signature: data)
            let held = folder.appending(path: "image.\(format?.fileExtensions[0] ?? "bin")")
            try AtomicFile.write(data, to: held)
            source = held
        }
        guard let source else { return }
        let results = folder.appending(path: "result")
        let name = data == nil ? source.path : "standard input"
        try translate(source, output ?? results) { $0.replacing(source.path, with: name) }
        guard output == nil else { return }
        let files = try FileManager.default.contentsOfDirectory(at: results, includingPropertiesForKeys: nil)
        guard let made = files.first else { return }
        try ByteStream.write(Data(contentsOf: made), to: FileHandle.standardOutput.fileDescriptor, name: "standard output")
    }
}
