import Downloads
import Foundation

/// Archives of data sets, as `dataset fetch` unpacks them.
struct DatasetArchiveTarget: FuzzTarget {
    let name = "dataset"
    let inputName: String
    let seeds: [Data]
    /// Among them a slash that is none by Swift's characters, and the largest size.
    let tokens = [
        "../", "/", "ustar\u{0}00", "27 path=../../elsewhere/file\n", "L", "x", "2", "5", "../\u{301}escaped", "/\u{301}",
        "28 size=9223372036854775807\n",
    ].map { Data($0.utf8) }
    private let file: URL
    private let folder: URL

    init(folder: URL) {
        file = folder.appending(path: "archive")
        self.folder = folder.appending(path: "unpacked")
        inputName = file.path
        let members = ["set/trainA/a.png", "set/trainB/b.png"].map { (name: $0, content: Data("content of \($0)".utf8)) }
        let tar = members.reduce(Data()) { $0 + Self.entry($1.name, kind: "0", $1.content) } + Data(count: 1024)
        let long =
            Self.entry("././@LongLink", kind: "L", Data("set/trainA/long.png".utf8)) + Self.entry("set/short", kind: "0", Data([1, 2, 3]))
        let pax = Self.entry("set/PaxHeader", kind: "x", Data("29 path=set/trainA/named.png\n".utf8)) + Self.entry("set", kind: "5", Data())
        seeds = [Containers.zip(members), tar, long + pax + tar]
    }

    func read(_ input: Data) throws {
        try? FileManager.default.removeItem(at: folder)
        try Self.withCheckSums(input).write(to: file)
        let before = try FileManager.default.contentsOfDirectory(atPath: folder.deletingLastPathComponent().path)
        defer {
            let after = (try? FileManager.default.contentsOfDirectory(atPath: folder.deletingLastPathComponent().path)) ?? []
            precondition(Set(after).subtracting(before + ["unpacked", "archive"]).isEmpty, "something was written beside the folder")
        }
        try ArchiveContents(of: file).unpack(into: folder)
    }

    /// An entry of a tar archive: a header of 512 bytes, and the content up to the next block.
    private static func entry(_ name: String, kind: String, _ content: Data) -> Data {
        var header = Data(count: 512)
        func put(_ text: String, at place: Int) {
            header.replaceSubrange(place..<place + text.utf8.count, with: Data(text.utf8))
        }
        put(name, at: 0)
        put("0000644", at: 100)
        put(String(format: "%011o", content.count), at: 124)
        put(kind, at: 156)
        put("ustar\u{0}00", at: 257)
        return withCheckSums(header) + content + Data(count: (512 - content.count % 512) % 512)
    }

    /// A tar archive with the sums that its headers should have, so that readers look at what is in them.
    private static func withCheckSums(_ archive: Data) -> Data {
        var bytes = [UInt8](archive)
        for start in stride(from: 0, through: bytes.count - 512, by: 512)
        where bytes[(start + 257)..<(start + 262)].elementsEqual(Array("ustar".utf8)) {
            bytes.replaceSubrange(start + 148..<start + 156, with: [UInt8](repeating: 32, count: 8))
            let sum = bytes[start..<start + 512].reduce(0) { $0 + Int($1) }
            let digits = String(sum, radix: 8)
            bytes.replaceSubrange(
                start + 148..<start + 156, with: Array((String(repeating: "0", count: 6 - digits.count) + digits).utf8) + [0, 32])
        }
        return Data(bytes)
    }
}
