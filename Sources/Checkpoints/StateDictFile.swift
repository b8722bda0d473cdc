import Foundation

extension StateDict {
    /// Reads a file of weights in any known format, which is recognised by its content: safetensors or a PyTorch file.
    ///
    /// - Parameter isWanted: Which tensors to read by name; the others are not even copied.
    /// - Throws: `CheckpointError` naming the file; `.unknownFormat` tells how it begins.
    public static func read(from url: URL, where isWanted: @escaping (String) -> Bool = { _ in true }) throws(CheckpointError) -> StateDict
    {
        try read(FileBytes(contentsOf: url, where: isWanted))
    }

    /// Reads the content of a file of weights; `name` stands for it in messages.
    package static func read(_ data: Data, name: String) throws(CheckpointError) -> StateDict {
        try read(FileBytes(name: name, data: data))
    }

    /// Writes a file in the format that its extension names: `safetensors`, or `pth` and `pt` for PyTorch.
    ///
    /// - Throws: `CheckpointError.unwritable`, also for any other extension.
    public func write(to url: URL) throws(CheckpointError) {
        switch url.pathExtension.lowercased() {
        case "safetensors": try SafetensorsFile.write(self, to: url)
        case "pth", "pt": try PyTorchArchive.write(self, to: url)
        case let other:
            throw .unwritable(file: url.path, reason: "unknown extension '\(other)'; use .safetensors, or .pth or .pt for PyTorch")
        }
    }

    private static func read(_ file: FileBytes) throws(CheckpointError) -> StateDict {
        if PyTorchArchive.isZip(file) || LegacyPyTorchFile.matches(file) { return try PyTorchArchive.read(file) }
        if SafetensorsFile.matches(file) { return try SafetensorsFile.read(file) }
        if file.data.starts(with: Data("version https://git-lfs".utf8)) {
            throw .notWeights(file: file.name, what: "a Git LFS pointer", advice: "get the file that it stands for with git lfs pull")
        }
        let start = String(decoding: file.data.prefix(512), as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        if ["<!doctype", "<html", "<?xml"].contains(where: start.hasPrefix) {
            throw .notWeights(
                file: file.name, what: "a web page",
                advice: "the address may have moved or want a login: open it in a browser and download the file itself")
        }
        throw .unknownFormat(file: file.name, found: beginning(of: file.data))
    }

    private static func beginning(of data: Data) -> String {
        guard !data.isEmpty else { return "nothing (it is empty)" }
        let start = data.prefix(16)
        if let text = String(bytes: start, encoding: .utf8), text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) {
            return "the text \"\(text)\""
        }
        return "the bytes " + start.map { String(256 + Int($0), radix: 16).suffix(2) }.joined(separator: " ")
    }
}
