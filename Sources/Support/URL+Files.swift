import Foundation

extension URL {
    /// Whether there is something at this path.
    package var exists: Bool { FileManager.default.fileExists(atPath: path) }

    /// Whether there is a folder at this path, or a link to one.
    package var isFolder: Bool {
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }
}
