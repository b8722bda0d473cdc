import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A web server on this computer that answers as a test wants, also as no good server does.
final class LoopbackServer: Sendable {
    struct Request: Sendable {
        let path: String
        /// By names in small letters.
        let fields: [String: String]
    }

    struct Reply: Sendable {
        var status = 200
        var fields: [String: String] = [:]
        var body: [UInt8] = []
        /// The connection ends after that many bytes of the body, whatever was promised.
        var cutAfter: Int?
        /// Seconds to wait after half of what is sent.
        var pause = 0.0
    }

    let port: UInt16
    private let socket: Int32
    private let log = Mutex<[Request]>([])

    /// What was asked for so far.
    var requests: [Request] { log.withLock { $0 } }
    func url(_ path: String) -> URL { URL(string: "http://127.0.0.1:\(port)\(path)") ?? URL(filePath: "/") }

    /// - Parameter answer: Gets a request and how many came before it.
    init(_ answer: @escaping @Sendable (Request, Int) -> Reply) throws {
        socket = Self.makeSocket()
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (socket, size) = (socket, length)
        let isListening = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(socket, address, size) == 0 && listen(socket, 8) == 0 && getsockname(socket, address, &length) == 0
            }
        }
        guard isListening else { throw POSIXError(.EADDRNOTAVAIL) }
        port = UInt16(bigEndian: address.sin_port)
        Thread { [self] in serve(answer) }.start()
    }

    /// Ends it; the port is closed afterwards.
    func stop() {
        shutdown(socket, Int32(SHUT_RDWR))
        close(socket)
    }

    private func serve(_ answer: @escaping @Sendable (Request, Int) -> Reply) {
        while true {
            let connection = accept(socket, nil, nil)
            guard connection >= 0 else { return }
            // Each connection has its thread, so that one that is held up holds up no other.
            Thread { [self] in
                if let request = Self.read(connection) {
                    let number = log.withLock { requests in
                        requests.append(request)
                        return requests.count - 1
                    }
                    Self.send(answer(request, number), to: connection)
                }
                close(connection)
            }.start()
        }
    }

    private static func makeSocket() -> Int32 {
        #if canImport(Glibc)
            Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
    }

    private static func read(_ connection: Int32) -> Request? {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !bytes.suffix(4).elementsEqual([13, 10, 13, 10]) {
            let count = recv(connection, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            bytes += buffer.prefix(count)
        }
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        var fields: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            fields[line[..<colon].lowercased()] = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
        }
        let words = lines[0].split(separator: " ")
        return words.count == 3 ? Request(path: String(words[1]), fields: fields) : nil
    }

    private static func send(_ reply: Reply, to connection: Int32) {
        var fields = reply.fields
        if fields["Content-Length"] == nil { fields["Content-Length"] = "\(reply.body.count)" }
        fields["Connection"] = "close"
        let head = "HTTP/1.1 \(reply.status) Words\r\n" + fields.map { "\($0.key): \($0.value)\r\n" }.joined() + "\r\n"
        let body = Array(reply.body.prefix(reply.cutAfter ?? reply.body.count))
        send(Array(head.utf8) + body.prefix(body.count / 2), to: connection)
        if reply.pause > 0 { Thread.sleep(forTimeInterval: reply.pause) }
        send(Array(body.dropFirst(body.count / 2)), to: connection)
    }

    private static func send(_ bytes: [UInt8], to connection: Int32) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(connection, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }
}

extension LoopbackServer.Reply {
    /// A file as a good server gives it: whole, or from the byte that is asked for if it is still the same (RFC 9110, 13.1.5 and 14).
    static func file(_ bytes: [UInt8], tag: String?, to request: LoopbackServer.Request) -> LoopbackServer.Reply {
        let fields = tag.map { ["ETag": "\"\($0)\""] } ?? [:]
        guard let range = request.fields["range"], request.fields["if-range"] == fields["ETag"],
            let start = range.firstMatch(of: /bytes=(\d+)-/).flatMap({ Int($0.1) })
        else { return LoopbackServer.Reply(fields: fields, body: bytes) }
        guard start < bytes.count else {
            return LoopbackServer.Reply(status: 416, fields: ["Content-Range": "bytes */\(bytes.count)"])
        }
        let range206 = ["Content-Range": "bytes \(start)-\(bytes.count - 1)/\(bytes.count)"]
        return LoopbackServer.Reply(status: 206, fields: fields.merging(range206) { $1 }, body: Array(bytes[start...]))
    }
}
