import Foundation
import Support

/// One request of a download, and what it adds to the part that is there.
final class DownloadAttempt: HTTPReceiver {
    private let part: PartialFile
    private let address: URL
    private let report: (DownloadEvent) -> Void
    private let start: Int
    private var total: Int?
    private var outcome = Outcome.more
    private let begin = ContinuousClock.now
    private var reported = ContinuousClock.now - .seconds(1)

    private enum Outcome {
        case more
        /// The part was whole already.
        case whole
        /// The part is of no use: ask for everything.
        case anew
    }

    /// Ends a transfer whose answer says all without its body.
    private struct Settled: Error {}

    init(_ part: PartialFile, address: URL, report: @escaping (DownloadEvent) -> Void) {
        self.part = part
        self.address = address
        self.report = report
        // Without a mark of the server's file nobody could tell whether the rest belongs to the part.
        start = part.origin?.address == address.absoluteString ? part.count : 0
    }

    /// Asks once.
    ///
    /// - Returns: Whether the file is whole; if not, one is to ask again at once.
    /// - Throws: `PassingProblem`, `DownloadError`, `FileError`.
    func run(_ patience: Download.Patience) throws -> Bool {
        var fields: [String: String] = [:]
        if start > 0, let origin = part.origin {
            fields = ["Range": "bytes=\(start)-", "If-Range": origin.validator]
        }
        report(.asking(address: address.absoluteString, from: start))
        do {
            let transfer = HTTPTransfer(
                address: address, fields: fields, connectSeconds: patience.connectSeconds, stallSeconds: patience.stallSeconds)
            try transfer.run(self)
        } catch is Settled {
        } catch let failure as HTTPFailure {
            throw problem(of: failure)
        }
        switch outcome {
        case .whole: return true
        case .anew:
            try part.start(nil)
            report(.startingOver(reason: "the part that is there does not belong to the server's file"))
            return false
        case .more:
            // A proxy may end a transfer early and call that the end.
            if let total, part.count != total {
                if part.count > total { try part.start(nil) }
                throw cutOff("the connection ended")
            }
            return true
        }
    }

    func receive(_ head: HTTPHead) throws {
        switch head.status {
        case 206 where start > 0:
            guard head.range.start == start, continuesPart(head) else {
                outcome = .anew
                throw Settled()
            }
            total =
                head.range.total
                ?? head.length.flatMap { length -> Int? in
                    let (sum, overflows) = start.addingReportingOverflow(length)
                    return overflows ? nil : sum
                }
        case 200:
            if head.fields["content-type"]?.lowercased().hasPrefix("text/html") == true {
                throw DownloadError.page(address: address.absoluteString)
            }
            total = head.length
            let validator = Self.validator(of: head)
            if start > 0 { report(.startingOver(reason: "the server's file has changed, or it gives no parts")) }
            try part.start(validator.map { .init(address: address.absoluteString, validator: $0, total: total) })
        case 416 where start > 0:
            outcome = head.range.total == start ? .whole : .anew
            throw Settled()
        case let status:
            let error = DownloadError.refused(address: address.absoluteString, status: status, phrase: head.phrase)
            guard status == 408 || status == 429 || status >= 500 else { throw error }
            let seconds = head.fields["retry-after"].flatMap(Double.init).flatMap { $0.isFinite && $0 >= 0 ? min($0, 60) : nil }
            throw PassingProblem(error: error, reason: "the server answered \(status)", isWorthWaiting: true, seconds: seconds)
        }
        try checkSpace()
    }

    func receive(_ bytes: UnsafeRawBufferPointer) throws {
        try part.append(bytes)
        let now = ContinuousClock.now
        guard now - reported >= .milliseconds(200) || part.count == total else { return }
        reported = now
        let seconds = (now - begin) / .seconds(1)
        let transferred = part.count >= start ? part.count - start : part.count
        report(.received(DownloadProgress(received: part.count, total: total, bytesPerSecond: Double(transferred) / max(seconds, 1e-3))))
    }

    /// The mark by which a server tells one content of a file from another. A weak `ETag` does not tell parts apart (RFC 9110, 13.1.5).
    private static func validator(of head: HTTPHead) -> String? {
        if let tag = head.fields["etag"], tag.hasPrefix("\"") { return tag }
        return head.fields["last-modified"]
    }

    /// Whether a part that the server sends is of the file that the bytes before it are of: not all servers heed `If-Range`.
    private func continuesPart(_ head: HTTPHead) -> Bool {
        guard let origin = part.origin else { return false }
        if let total = head.range.total, let expected = origin.total, total != expected { return false }
        let mark = origin.validator.hasPrefix("\"") ? head.fields["etag"] : head.fields["last-modified"]
        return mark == nil || mark == origin.validator
    }

    private func checkSpace() throws {
        guard let total, let available = freeDiskSpace(at: part.url) else { return }
        let needed = total - part.count
        if needed > available { throw DownloadError.noSpace(path: part.destination.path, needed: needed, available: available) }
    }

    private func problem(of failure: HTTPFailure) -> any Error {
        if failure.isMissingLibrary { return DownloadError.noLibrary(reason: failure.reason) }
        if failure.isDistrust { return DownloadError.distrusted(address: address.absoluteString, reason: failure.reason) }
        if failure.isProxyRefusal { return DownloadError.proxy(address: address.absoluteString, reason: failure.reason) }
        if failure.isPassing { return cutOff(failure.reason) }
        guard failure.isUnreachable else { return DownloadError.failed(address: address.absoluteString, reason: failure.reason) }
        let error = DownloadError.unreachable(address: address.absoluteString, reason: failure.reason)
        return PassingProblem(error: error, reason: failure.reason, isWorthWaiting: false)
    }

    private func cutOff(_ reason: String) -> PassingProblem {
        let error = DownloadError.cutOff(
            address: address.absoluteString, received: part.count, total: total ?? part.origin?.total, reason: reason)
        return PassingProblem(error: error, reason: reason, isWorthWaiting: true)
    }
}
