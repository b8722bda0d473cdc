/// The path of an entry of an archive, from which nothing can be reached but what lies below the folder that is unpacked into.
struct ArchivePath: Hashable {
    let components: [String]
    let isFolder: Bool

    /// - Returns: A reason in place of the path, where the name leads elsewhere or is none that a data set has.
    static func checked(_ name: String) -> Result<ArchivePath, Refusal> {
        // The system separates at bytes, while a slash and a combining mark behind it are one character of Swift, and no slash.
        let bytes = Array(name.utf8)
        if bytes.first == UInt8(ascii: "/") { return .failure(Refusal(reason: "has an absolute path")) }
        if bytes.contains(UInt8(ascii: "\\")) { return .failure(Refusal(reason: "has a backslash in its path")) }
        if bytes.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
            return .failure(Refusal(reason: "has control characters in its path"))
        }
        let components = bytes.split(separator: UInt8(ascii: "/")).map { String(decoding: $0, as: UTF8.self) }.filter { $0 != "." }
        if components.contains("..") { return .failure(Refusal(reason: "leads out of the folder")) }
        if components.contains(where: { ("/" + $0).first != "/" || ($0 + "/").last != "/" }) {
            return .failure(Refusal(reason: "has a mark in its path that combines with a slash"))
        }
        if components.count > 32 || components.contains(where: { $0.utf8.count > 255 }) {
            return .failure(Refusal(reason: "has a longer path than can be made"))
        }
        return .success(ArchivePath(components: components, isFolder: bytes.last == UInt8(ascii: "/")))
    }

    /// Why a path was refused.
    struct Refusal: Error {
        let reason: String
    }

    /// Whether it is what macOS and file managers add to archives.
    var isLitter: Bool {
        components.isEmpty || components.first == "__MACOSX" || components.last == ".DS_Store" || components.last == "Thumbs.db"
            || components.last?.hasPrefix("._") == true
    }
}
