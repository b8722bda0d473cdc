import CycleGANMetrics
import Downloads
import Foundation
import Support

/// What happens while something is fetched.
public enum FetchEvent: Equatable, Sendable {
    /// Something to be told once.
    case note(String)
    /// How far it is; takes the place of the last one.
    case progress(String)
}

/// Gets one published file: from where it is published, from another address, or from a file that was got by other means.
public struct FileFetch {
    /// What is wanted.
    public let file: PublishedFile
    /// An address, a file, or with a `/` at its end or as a folder the place where a file of the published name is; `nil` for the published
    /// addresses.
    public let source: String?
    private let patience: Download.Patience

    /// A file from where it is published or from `source`.
    public init(_ file: PublishedFile, from source: String? = nil) {
        self.init(file, from: source, patience: Download.Patience())
    }

    package init(_ file: PublishedFile, from source: String?, patience: Download.Patience) {
        self.file = file
        self.source = source
        self.patience = patience
    }

    /// Makes sure that the file is there, with the checksum that was published. What a broken transfer left is gone on with.
    ///
    /// - Parameter destination: Where it goes; a file there is taken for an earlier download, and checked.
    /// - Returns: The file: `destination`, or the one that was given in place of an address.
    /// - Throws: `FetchError`, `FileError`, or an error of the download that no other address helps with.
    public func fetch(to destination: URL, report: (FetchEvent) -> Void = { _ in }) throws -> URL {
        if let source, !Self.isAddress(source) {
            let path = URL(filePath: source)
            let given = path.isFolder ? path.appending(path: file.name) : path
            guard given.exists, !given.isFolder else { throw FetchError.missing(path: given.path) }
            try check(given, report)
            return given
        }
        if destination.exists {
            let sha256 = try contentKey(of: destination)
            if file.matches(sha256) == false, source == nil {
                throw FetchError.otherFile(path: destination.path, found: sha256, expected: Self.shown(file.checksums[0]))
            }
            let remark =
                switch file.matches(sha256) {
                case true?: ", with the published checksum"
                case false?: ", and is not the published file"
                case nil: ""
                }
            report(.note("\(destination.path) is there already\(remark)"))
            return destination
        }
        try AtomicFile.createFolder(destination.deletingLastPathComponent())
        if try takeArrived(destination, report) { return destination }
        var reasons: [String] = []
        var isDistrusted = false
        for address in source.map({ [$0.hasSuffix("/") ? $0 + file.name : $0] }) ?? file.addresses {
            // Whoever showed the wrong certificate could put any file in its place.
            if isDistrusted, isUnverified(address) {
                reasons.append("\(address): was not asked: the server is not trusted, and nobody has published a checksum of the file")
                continue
            }
            do {
                try download(address, destination, report)
                return destination
            } catch let error as DownloadError where error.isOfServer {
                if case .distrusted = error { isDistrusted = true }
                reasons.append("\(error)")
            } catch let error as WrongChecksum {
                reasons.append("\(address): \(error.text)")
            }
        }
        throw FetchError.failed(file: file.name, reasons: reasons)
    }

    private func download(_ address: String, _ destination: URL, _ report: (FetchEvent) -> Void) throws {
        guard let url = URL(string: address) else { throw DownloadError.address(address) }
        let size = source == nil ? file.size.map { " (\(megabytes($0)))" } ?? "" : ""
        report(.note(address + size + (isUnverified(address) ? ", over plain HTTP, unverified" : "")))
        let arrived = Self.arrived(for: destination)
        try Download(url, to: arrived, patience: patience).run { event in
            switch event {
            case .asking(_, let start): if start > 0 { report(.note("Going on after \(megabytes(start)) that are there")) }
            case .startingOver(let reason): report(.note("Starting over: \(reason)"))
            case .received(let progress): report(.progress("\(file.name): \(progress.text)"))
            case .waiting(let seconds, let reason):
                report(.note("\(reason); trying again in \(counted(Int(seconds.rounded(.up)), "second"))"))
            }
        }
        do {
            try check(arrived, report)
        } catch {
            try? FileManager.default.removeItem(at: arrived)
            throw error
        }
        try Self.place(arrived, destination)
    }

    /// Uses what a process has left that was killed between the last byte and the check, if it is the published file.
    private func takeArrived(_ destination: URL, _ report: (FetchEvent) -> Void) throws -> Bool {
        let arrived = Self.arrived(for: destination)
        guard arrived.exists else { return false }
        guard let sha256 = try? contentKey(of: arrived), file.matches(sha256) == true else {
            // Nobody can tell what it is.
            try? FileManager.default.removeItem(at: arrived)
            return false
        }
        report(.note("\(arrived.path) is whole: SHA-256 \(sha256), as published"))
        try Self.place(arrived, destination)
        return true
    }

    /// Beside the place of the result, which is not there before its content is known to be right.
    private static func arrived(for destination: URL) -> URL {
        destination.deletingLastPathComponent().appending(path: destination.lastPathComponent + ".download")
    }

    private static func place(_ arrived: URL, _ destination: URL) throws {
        guard rename(arrived.path, destination.path) == 0 else {
            throw FileError(path: destination.path, operation: "rename the new file")
        }
    }

    /// Whether nothing tells the file from one that somebody on the way has put in its place.
    private func isUnverified(_ address: String) -> Bool { address.lowercased().hasPrefix("http://") && file.checksums.isEmpty }

    /// Compares the checksum. Whoever names another source may have another file, and is told.
    private func check(_ url: URL, _ report: (FetchEvent) -> Void) throws {
        let sha256 = try contentKey(of: url)
        switch file.matches(sha256) {
        case nil: report(.note("SHA-256 \(sha256); nobody has published one to compare it with"))
        case true?: report(.note("SHA-256 \(sha256), as published"))
        case false?:
            let text = "its SHA-256 is \(sha256), that of the published file \(Self.shown(file.checksums[0]))"
            guard source != nil else { throw WrongChecksum(text: text) }
            report(.note("This is not the published file: \(text)"))
        }
    }

    private static func isAddress(_ source: String) -> Bool { source.contains("://") }

    private static func shown(_ checksum: String) -> String { checksum.count < 64 ? checksum + "..." : checksum }
}

/// What came is not what is published.
private struct WrongChecksum: Error {
    let text: String
}
