import Support

/// Why a file could not be downloaded from an address.
package enum DownloadError: ErrorWithRemedies, Equatable {
    /// The text is no address that can be asked.
    case address(String)
    /// Nothing was reached that could have answered.
    case unreachable(address: String, reason: String)
    /// The server could not prove who it is.
    case distrusted(address: String, reason: String)
    /// The proxy does not let the request through.
    case proxy(address: String, reason: String)
    /// The transfer failed for a reason that stays, in libcurl's words.
    case failed(address: String, reason: String)
    /// The server answered that it does not give the file.
    case refused(address: String, status: Int, phrase: String)
    /// A page for people came in place of the file.
    case page(address: String)
    /// Again and again the answer stopped before its end.
    case cutOff(address: String, received: Int, total: Int?, reason: String)
    /// The file does not fit on the disk.
    case noSpace(path: String, needed: Int, available: Int)
    /// Another process downloads the same file.
    case busy(path: String)
    /// The library that speaks HTTP is not there.
    case noLibrary(reason: String)

    package var problem: String {
        switch self {
        case .address(let text): "'\(quoted(text))' is no address that can be asked; expected http://... or https://..."
        case .unreachable(let address, let reason): "\(address): cannot be reached: \(reason); check the network connection"
        case .distrusted(let address, let reason):
            "\(address): is not trusted: \(reason); check this computer's date and certificates (Debian: ca-certificates)"
        case .proxy(let address, let reason): "\(address): the proxy refused: \(quoted(reason)); check https_proxy and who may use it"
        case .failed(let address, let reason): "\(address): cannot be downloaded: \(quoted(reason))"
        case .refused(let address, let status, let phrase):
            "\(address): the server answered \(status)\(phrase.isEmpty ? "" : " " + quoted(phrase)): \(Self.meaning(of: status))"
        case .page(let address):
            "\(address): a web page came in place of the file; a network that asks for a login answers so, and so does a server that has "
                + "moved its files"
        case .cutOff(let address, let received, let total, let reason):
            "\(address): broke off after \(megabytes(received))\(total.map { " of \(megabytes($0))" } ?? ""): \(reason); "
                + "the same command goes on from there"
        case .noSpace(let path, let needed, let available):
            "\(path): \(megabytes(needed)) are still to come, and the disk has \(megabytes(available)) free"
        case .busy(let path): "\(path): another process downloads this file; wait for it, or stop it"
        case .noLibrary(let reason): "libcurl, which downloads, was not found: \(quoted(reason)); install it (Debian: libcurl4)"
        }
    }

    package var remedies: [ErrorRemedy] { [] }
    package var description: String { problem }

    /// Whether another server may do better.
    package var isOfServer: Bool {
        switch self {
        case .unreachable, .distrusted, .proxy, .failed, .refused, .page, .cutOff: true
        case .address, .noSpace, .busy, .noLibrary: false
        }
    }

    private static func meaning(of status: Int) -> String {
        switch status {
        case 401, 403: "it does not give this file to everyone"
        case 404, 410: "there is no such file; it may have moved"
        case 408, 429: "it has too much to do; try again later"
        case 407: "the proxy asks for a login"
        case 500...: "it has a fault or too much to do; try again later"
        default: "the file was expected (200)"
        }
    }
}
