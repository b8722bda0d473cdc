import Foundation
import Support

/// One file from one address, tried again where the connection breaks, from the byte where it broke.
///
/// What has come lies in `FILE.part` until the file is whole. The next attempt asks for the rest with `Range`, and with `If-Range` for
/// all of it where the server's file has changed since (RFC 9110, sections 13.1.5 and 14).
package struct Download {
    /// How often and how long is tried.
    package struct Patience: Sendable {
        /// The seconds before each further attempt; counted anew when more bytes are there than ever before.
        package var waits: [Double] = [1, 2, 4, 8, 16]
        /// The seconds until a connection must be there.
        package var connectSeconds = 20
        /// The seconds without a byte after which an attempt ends.
        package var stallSeconds = 30

        package init() {}

        package init(waits: [Double], stallSeconds: Int) {
            self.waits = waits
            self.stallSeconds = stallSeconds
        }
    }

    private let address: URL
    private let destination: URL
    private let patience: Patience

    /// - Parameters:
    ///   - address: Of http or https.
    ///   - destination: The file to be made; its folder exists.
    package init(_ address: URL, to destination: URL, patience: Patience = Patience()) {
        self.address = address
        self.destination = destination
        self.patience = patience
    }

    /// Downloads the file; afterwards it is whole, or nothing is there but its part.
    ///
    /// - Throws: `DownloadError`, or `FileError` for a file that cannot be written.
    package func run(report: (DownloadEvent) -> Void = { _ in }) throws {
        guard let scheme = address.scheme?.lowercased(), ["http", "https"].contains(scheme), address.host?.isEmpty == false else {
            throw DownloadError.address(address.absoluteString)
        }
        let part = try PartialFile(for: destination)
        try withoutActuallyEscaping(report) { report in
            var failures = 0
            var hasReceived = false
            // A server that begins anew each time gets no further, although bytes come.
            var most = part.origin?.address == address.absoluteString ? part.count : 0
            while true {
                let before = part.count
                let attempt = DownloadAttempt(part, address: address, report: report)
                do {
                    if try attempt.run(patience) { break }
                } catch let problem as PassingProblem {
                    if part.count > before { hasReceived = true }
                    if part.count > most { (failures, most) = (0, part.count) }
                    // Who is offline from the start need not wait to be told.
                    guard problem.isWorthWaiting || hasReceived, failures < patience.waits.count else { throw problem.error }
                    let seconds = problem.seconds ?? patience.waits[failures]
                    failures += 1
                    report(.waiting(seconds: seconds, reason: problem.reason))
                    Thread.sleep(forTimeInterval: seconds)
                }
            }
        }
        try part.finish()
    }
}

/// A failure that may have passed when one tries again.
struct PassingProblem: Error {
    /// What to say if one does not.
    let error: DownloadError
    /// In a few words.
    let reason: String
    /// Whether to try again also where nothing has come yet.
    let isWorthWaiting: Bool
    /// The seconds to wait, where the server names them.
    var seconds: Double?
}
