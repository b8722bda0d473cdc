import CCurl
import Foundation

/// The head of an answer over HTTP.
struct HTTPHead {
    /// The status, such as 200.
    let status: Int
    /// What the server calls it, such as `OK`; HTTP/2 has no words for it.
    let phrase: String
    /// The fields by their names in small letters.
    private(set) var fields: [String: String] = [:]

    /// Reads the first line of a head: `HTTP/1.1 206 Partial Content`.
    init?(statusLine line: String) {
        let words = line.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true)
        guard line.hasPrefix("HTTP/"), words.count >= 2, let status = Int(words[1]) else { return nil }
        self.status = status
        phrase = words.count > 2 ? String(words[2]) : ""
    }

    mutating func add(fieldLine line: String) {
        guard let colon = line.firstIndex(of: ":") else { return }
        let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        fields[line[..<colon].lowercased()] = value
    }

    /// Whether another answer follows: the server is still thinking, or sends the request elsewhere.
    var isPreliminary: Bool { (100..<200).contains(status) || (300..<400).contains(status) && fields["location"] != nil }

    /// The bytes that the body has, where the server says so.
    var length: Int? { fields["content-length"].flatMap { Int($0) }.flatMap { $0 >= 0 ? $0 : nil } }

    /// Which bytes of how many the body has: `bytes 100-199/200`. A range that cannot be satisfied has no bytes.
    var range: (start: Int?, total: Int?) {
        guard let match = fields["content-range"]?.firstMatch(of: /bytes\s+(?:(\d+)-\d+|\*)\/(\d+|\*)/) else { return (nil, nil) }
        return (match.1.flatMap { Int($0) }, Int(match.2))
    }
}

/// Takes an answer as it comes.
protocol HTTPReceiver: AnyObject {
    /// Takes the head, before any of the body; an error ends the transfer.
    func receive(_ head: HTTPHead) throws
    /// Takes the next bytes of the body; an error ends the transfer.
    func receive(_ bytes: UnsafeRawBufferPointer) throws
}

/// A transfer that did not come to its end, by no fault of the receiver.
struct HTTPFailure: Error {
    /// How it ended, by libcurl's number.
    let code: Int
    /// What libcurl says of it.
    let reason: String

    /// Whether nothing was reached that speaks HTTP: no network, no such host, nobody there.
    var isUnreachable: Bool {
        [cc_no_host, cc_no_proxy, cc_no_connection, cc_no_tls, cc_too_many_redirects].contains(code)
    }
    /// Whether the server could not prove who it is, or nothing is there to check its proof by.
    var isDistrust: Bool {
        [cc_bad_certificate, cc_bad_certificate_file, cc_bad_issuer, cc_bad_pinned_key, cc_bad_certificate_status].contains(code)
    }
    /// Whether the connection broke, which may go better the next time.
    var isPassing: Bool {
        [cc_cut_off, cc_too_slow, cc_got_nothing, cc_send_failed, cc_receive_failed, cc_stream_failed].contains(code)
    }
    var isProxyRefusal: Bool { code == cc_proxy_refused }
    var isMissingLibrary: Bool { code == cc_no_library }
}

/// A request that waits for its answer.
struct HTTPTransfer {
    let address: URL
    let fields: [String: String]
    /// The seconds until a connection must be there.
    let connectSeconds: Int
    /// The seconds without a byte after which the transfer ends.
    let stallSeconds: Int

    /// Performs the request.
    ///
    /// - Throws: What the receiver throws, or `HTTPFailure`.
    func run(_ receiver: any HTTPReceiver) throws {
        let state = State(receiver)
        let lines = fields.sorted { $0.key < $1.key }.map { strdup("\($0.key): \($0.value)") }
        defer { for line in lines { free(line) } }
        var message = [CChar](repeating: 0, count: 300)
        let code: Int32 = address.absoluteString.withCString { address in
            "swift-cyclegan".withCString { agent in
                lines.map { UnsafePointer($0) }.withUnsafeBufferPointer { lines in
                    var request = cc_request()
                    request.address = address
                    request.agent = agent
                    request.headers = lines.baseAddress
                    request.header_count = lines.count
                    request.allows_plain = self.address.scheme == "http" ? 1 : 0
                    request.connect_seconds = connectSeconds
                    request.stall_seconds = stallSeconds
                    request.context = Unmanaged.passUnretained(state).toOpaque()
                    request.on_header = { context, bytes, count in State.of(context).take(header: bytes, count) }
                    request.on_body = { context, bytes, count in State.of(context).take(body: bytes, count) }
                    return cc_transfer(&request, &message, message.count)
                }
            }
        }
        if let error = state.error { throw error }
        guard code == cc_done else {
            let text = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw HTTPFailure(code: Int(code), reason: String(decoding: text, as: UTF8.self))
        }
    }

    /// The answer so far, as the functions called by libcurl see it.
    private final class State {
        let receiver: any HTTPReceiver
        var head: HTTPHead?
        var error: (any Error)?

        init(_ receiver: any HTTPReceiver) {
            self.receiver = receiver
        }

        static func of(_ context: UnsafeMutableRawPointer?) -> State {
            guard let context else { preconditionFailure("libcurl lost the context of a transfer") }
            return Unmanaged<State>.fromOpaque(context).takeUnretainedValue()
        }

        func take(header bytes: UnsafePointer<CChar>?, _ count: Int) -> Int32 {
            let line = String(decoding: UnsafeRawBufferPointer(start: bytes, count: count), as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            if let new = HTTPHead(statusLine: line) {
                head = new
            } else if !line.isEmpty {
                head?.add(fieldLine: line)
            } else if let complete = head {
                // What follows the body, if anything, belongs to no head.
                head = nil
                if !complete.isPreliminary { return attempt { try receiver.receive(complete) } }
            }
            return 0
        }

        func take(body bytes: UnsafePointer<CChar>?, _ count: Int) -> Int32 {
            attempt { try receiver.receive(UnsafeRawBufferPointer(start: bytes, count: count)) }
        }

        private func attempt(_ body: () throws -> Void) -> Int32 {
            do {
                try body()
                return 0
            } catch {
                self.error = error
                return 1
            }
        }
    }
}
