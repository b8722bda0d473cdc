import Foundation

/// A part of the program that reads what others made.
public protocol FuzzTarget {
    /// What stands in reports and on the command line.
    var name: String { get }
    /// Good inputs, which mutations start from.
    var seeds: [Data] { get }
    /// Pieces that mean something in the format.
    var tokens: [Data] { get }
    /// What the input is called in the program's messages.
    var inputName: String { get }

    /// Lets the program read an input.
    ///
    /// - Throws: What the program says against it.
    func read(_ input: Data) throws
}

/// All targets.
public enum FuzzTargets {
    /// Names of all targets.
    public static let names = [
        "pickle", "pickle-legacy", "archive", "archive-legacy", "safetensors", "safetensors-header", "npz", "npy", "checkpoint", "settings",
        "log", "dataset", "jpeg", "png",
        "webp", "tiff", "bmp", "ppm", "gif", "jp2", "avif", "jxl", "tiff-tags", "dicom", "nifti",
    ]

    /// - Parameters:
    ///   - name: One of `names`.
    ///   - folder: An existing folder for what the target writes.
    /// - Throws: What keeps the target from being made, or from reading its first seed.
    public static func named(_ name: String, folder: URL) throws -> (any FuzzTarget)? {
        let target = try make(name, folder: folder)
        if let target, let seed = target.seeds.first { try target.read(seed) }
        return target
    }

    private static func make(_ name: String, folder: URL) throws -> (any FuzzTarget)? {
        switch name {
        case "pickle": try PickleTarget(folder: folder, isLegacy: false)
        case "pickle-legacy": try PickleTarget(folder: folder, isLegacy: true)
        case "archive": try WeightsTarget(name: name, folder: folder, format: .archive)
        case "archive-legacy": try WeightsTarget(name: name, folder: folder, format: .legacy)
        case "safetensors": try WeightsTarget(name: name, folder: folder, format: .safetensors)
        case "safetensors-header": try HeaderTarget(folder: folder)
        case "npz", "npy": try NumpyTarget(name: name, folder: folder)
        case "checkpoint": try CheckpointTarget(folder: folder)
        case "settings": SettingsTarget(folder: folder)
        case "log": try LogTarget(folder: folder)
        case "dataset": DatasetArchiveTarget(folder: folder)
        case "tiff-tags": try TIFFTagsTarget()
        case "jpeg", "png", "webp", "tiff", "bmp", "ppm", "gif", "jp2", "avif", "jxl", "dicom", "nifti": try PictureTarget(name: name)
        default: nil
        }
    }
}

/// Files of the tests, which serve as good inputs.
enum Fixtures {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()

    /// The contents of a test target's fixtures with one of some extensions, the smallest first; those over 64 KiB are left out.
    static func contents(of target: String, _ extensions: Set<String>, folder: String = "") throws -> [Data] {
        let root = tests.appending(path: "\(target)/Fixtures/\(folder)")
        let files = try FileManager.default.contentsOfDirectory(at: root, includingPropertiesForKeys: nil)
        return try files.filter { extensions.contains($0.pathExtension) }.sorted { $0.path < $1.path }
            .map { try Data(contentsOf: $0) }.filter { $0.count <= 1 << 16 }.sorted { $0.count < $1.count }
    }
}
