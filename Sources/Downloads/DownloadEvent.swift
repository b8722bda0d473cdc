import Support

/// What happens while a file is downloaded.
package enum DownloadEvent: Equatable, Sendable {
    /// An address is asked for the bytes from one on; from 0 for all.
    case asking(address: String, from: Int)
    /// The server does not go on from there, or the file has changed: all of it comes again.
    case startingOver(reason: String)
    /// More bytes have come.
    case received(DownloadProgress)
    /// The transfer failed and is tried again after some seconds.
    case waiting(seconds: Double, reason: String)
}

/// How far a download has come.
package struct DownloadProgress: Equatable, Sendable {
    /// The bytes that are there.
    package let received: Int
    /// The bytes of the whole file, where the server says so.
    package let total: Int?
    /// The bytes of this transfer for each second of it.
    package let bytesPerSecond: Double

    package init(received: Int, total: Int?, bytesPerSecond: Double) {
        self.received = received
        self.total = total
        self.bytesPerSecond = bytesPerSecond
    }

    /// `45.2 MB of 111.5 MB, 3.1 MB/s, 0:21 left`.
    package var text: String {
        var parts = [megabytes(received) + (total.map { " of \(megabytes($0))" } ?? "")]
        if bytesPerSecond > 0 {
            parts.append("\(megabytes(Int(bytesPerSecond)))/s")
            if let total { parts.append("\(durationText(Double(max(0, total - received)) / bytesPerSecond)) left") }
        }
        return parts.joined(separator: ", ")
    }
}
