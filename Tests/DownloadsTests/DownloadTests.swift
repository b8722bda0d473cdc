import Foundation
import Support
import TestSupport
import Testing

@testable import Downloads

@Suite(.serialized) struct DownloadTests {
    /// 200,000 bytes without a period that a wrong place would hide in.
    private static let content: [UInt8] = {
        var random = SplitMix64(seed: 7)
        return (0..<200_000).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }()
    private static let quick = Download.Patience(waits: [0.01, 0.01, 0.01], stallSeconds: 20)

    /// Downloads from a server that answers so.
    private func download(
        patience: Download.Patience = quick, path: String = "/file", part: (_ destination: URL, _ address: URL) -> Void = { _, _ in },
        _ answer: @escaping @Sendable (LoopbackServer.Request, Int) -> LoopbackServer.Reply
    ) throws -> (bytes: [UInt8]?, left: [String], requests: [LoopbackServer.Request], events: [DownloadEvent], error: (any Error)?) {
        try withTemporaryFolder { folder in
            let server = try LoopbackServer(answer)
            defer { server.stop() }
            let destination = folder.appending(path: "file.bin")
            part(destination, server.url(path))
            var events: [DownloadEvent] = []
            var failure: (any Error)?
            do {
                try Download(server.url(path), to: destination, patience: patience).run { events.append($0) }
            } catch {
                failure = error
            }
            let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0 != "file.bin" }.sorted()
            return ((try? Data(contentsOf: destination)).map(Array.init), left, server.requests, events, failure)
        }
    }

    /// What an earlier process has left.
    private func leave(_ count: Int, tag: String) -> (URL, URL) -> Void {
        { destination, address in
            try? Data(Self.content.prefix(count)).write(to: URL(filePath: destination.path + ".part"))
            let record = #"{"address":"\#(address.absoluteString)","validator":"\"\#(tag)\"","total":200000}"#
            try? Data(record.utf8).write(to: URL(filePath: destination.path + ".part.json"))
        }
    }

    @Test func wholeFile() throws {
        let result = try download { request, _ in .file(Self.content, tag: "a", to: request) }
        #expect(result.error == nil && result.bytes == Self.content && result.left.isEmpty)
        #expect(result.requests.count == 1 && result.requests[0].fields["range"] == nil)
        guard case .received(let progress)? = result.events.last else { return #expect(Bool(false), "no progress was reported") }
        #expect(progress.received == 200_000 && progress.total == 200_000)
    }

    @Test func brokenConnectionsGoOnWhereTheyBroke() throws {
        let result = try download { request, number in
            var reply = LoopbackServer.Reply.file(Self.content, tag: "a", to: request)
            if number < 3 { reply.cutAfter = 50_000 }
            return reply
        }
        #expect(result.error == nil && result.bytes == Self.content && result.left.isEmpty)
        #expect(result.requests.map { $0.fields["range"] } == [nil, "bytes=50000-", "bytes=100000-", "bytes=150000-"])
        #expect(result.requests.dropFirst().allSatisfy { $0.fields["if-range"] == "\"a\"" })
    }

    @Test func anotherProcessGoesOn() throws {
        let result = try download(part: leave(150_000, tag: "a")) { request, _ in .file(Self.content, tag: "a", to: request) }
        #expect(result.error == nil && result.bytes == Self.content && result.left.isEmpty)
        #expect(result.requests.map { $0.fields["range"] } == ["bytes=150000-"])
    }

    @Test func whatWasNotFinishedStays() throws {
        let result = try download(patience: Download.Patience(waits: [], stallSeconds: 20)) { request, _ in
            var reply = LoopbackServer.Reply.file(Self.content, tag: "a", to: request)
            reply.cutAfter = 50_000
            return reply
        }
        #expect(result.bytes == nil && result.left == ["file.bin.part", "file.bin.part.json"])
        guard case .cutOff(_, 50_000, 200_000, _)? = result.error as? DownloadError else {
            return #expect(Bool(false), "\(String(describing: result.error))")
        }
    }

    @Test func changedFileComesWhole() throws {
        let other = Array(Self.content.reversed())
        let result = try download(part: leave(150_000, tag: "a")) { request, _ in .file(other, tag: "b", to: request) }
        #expect(result.error == nil && result.bytes == other)
        #expect(result.events.contains { if case .startingOver = $0 { true } else { false } })
    }

    @Test func serversWithoutPartsGiveAll() throws {
        let result = try download(part: leave(150_000, tag: "a")) { _, _ in LoopbackServer.Reply(body: Self.content) }
        #expect(result.bytes == Self.content && result.requests.count == 1)
    }

    @Test func partWithoutAMarkIsNotTrusted() throws {
        let part: (URL, URL) -> Void = { destination, _ in
            try? Data(Self.content.prefix(9)).write(to: URL(filePath: destination.path + ".part"))
        }
        let result = try download(part: part) { request, _ in .file(Self.content, tag: nil, to: request) }
        #expect(result.bytes == Self.content && result.requests.map { $0.fields["range"] } == [nil])
    }

    @Test func wholePartNeedsNoMoreBytes() throws {
        let result = try download(part: leave(200_000, tag: "a")) { request, _ in .file(Self.content, tag: "a", to: request) }
        #expect(result.error == nil && result.bytes == Self.content && result.requests.count == 1)
    }

    @Test func wrongRangeStartsOver() throws {
        let result = try download(part: leave(150_000, tag: "a")) { request, number in
            number > 0
                ? .file(Self.content, tag: "a", to: request)
                : LoopbackServer.Reply(status: 206, fields: ["Content-Range": "bytes 5-9/200000"], body: Array(Self.content[5..<10]))
        }
        #expect(result.error == nil && result.bytes == Self.content)
        #expect(result.requests.map { $0.fields["range"] } == ["bytes=150000-", nil])
    }

    @Test(arguments: [
        ["ETag": "\"b\"", "Content-Range": "bytes 150000-199999/200000"], ["ETag": "\"a\"", "Content-Range": "bytes 150000-249999/250000"],
    ]) func partsOfAnotherFileStartOver(fields: [String: String]) throws {
        let result = try download(part: leave(150_000, tag: "a")) { request, number in
            number > 0
                ? .file(Self.content, tag: "a", to: request)
                : LoopbackServer.Reply(status: 206, fields: fields, body: Array(Self.content[..<50_000]))
        }
        #expect(result.error == nil && result.bytes == Self.content)
        #expect(result.requests.map { $0.fields["range"] } == ["bytes=150000-", nil])
    }

    @Test func theLargestLengthOfAPart() throws {
        let fields = ["Content-Range": "bytes 150000-199999/*", "Content-Length": "\(Int.max)"]
        let result = try download(part: leave(150_000, tag: "a")) { request, number in
            number > 0
                ? .file(Self.content, tag: "a", to: request)
                : LoopbackServer.Reply(status: 206, fields: fields, body: Array(Self.content[150_000...]))
        }
        #expect(result.error == nil && result.bytes == Self.content)
    }

    @Test(arguments: ["nan", "-nan", "inf", "-1"]) func uselessTimesToWait(text: String) throws {
        let result = try download { request, number in
            number < 1 ? LoopbackServer.Reply(status: 503, fields: ["Retry-After": text]) : .file(Self.content, tag: "a", to: request)
        }
        #expect(result.error == nil && result.bytes == Self.content)
        #expect(result.events.contains(.waiting(seconds: 0.01, reason: "the server answered 503")))
    }

    @Test func goingBackAndForthIsNoProgress() throws {
        let result = try download { request, number in
            // Another file each time, of which sometimes more comes and sometimes less.
            var reply = LoopbackServer.Reply.file(Self.content, tag: "\(number)", to: request)
            if number < 20 { reply.cutAfter = number.isMultiple(of: 2) ? 50_000 : 10_000 }
            return reply
        }
        // The first attempt and the three that patience has.
        #expect(result.requests.count == 4 && result.bytes == nil)
        guard case .cutOff? = result.error as? DownloadError else { return #expect(Bool(false), "\(String(describing: result.error))") }
    }

    /// By the numbers of libcurl's documentation (libcurl-errors).
    @Test func failuresByTheirKinds() {
        for code in [60, 77, 83, 90, 91] { #expect(HTTPFailure(code: code, reason: "").isDistrust, "\(code)") }
        for code in [18, 28, 52, 55, 56, 92] { #expect(HTTPFailure(code: code, reason: "").isPassing, "\(code)") }
        for code in [1, 3, 8, 23, 27, 59, 61, 94] {
            let failure = HTTPFailure(code: code, reason: "")
            #expect(!failure.isPassing && !failure.isDistrust && !failure.isUnreachable, "\(code)")
        }
    }

    @Test func serversWithTooMuchToDoAreAskedAgain() throws {
        let result = try download { request, number in
            number < 2 ? LoopbackServer.Reply(status: 503, fields: ["Retry-After": "0"]) : .file(Self.content, tag: "a", to: request)
        }
        #expect(result.error == nil && result.bytes == Self.content && result.requests.count == 3)
        #expect(result.events.contains(.waiting(seconds: 0, reason: "the server answered 503")))
    }

    @Test(arguments: [(403, "everyone"), (404, "no such file"), (410, "moved")]) func refusalsAreFinal(status: Int, meaning: String) throws
    {
        let result = try download { _, _ in LoopbackServer.Reply(status: status, body: Array("<html>".utf8)) }
        #expect(result.requests.count == 1 && result.bytes == nil && result.left.isEmpty)
        let text = "\(result.error as? DownloadError ?? .busy(path: ""))"
        #expect(text.contains("http://127.0.0.1:") && text.contains("\(status)") && text.contains(meaning), "\(text)")
    }

    @Test func pagesAreNoFiles() throws {
        let result = try download { _, _ in
            LoopbackServer.Reply(fields: ["Content-Type": "text/html; charset=utf-8"], body: Array("<html>log in</html>".utf8))
        }
        guard case .page? = result.error as? DownloadError else { return #expect(Bool(false), "\(String(describing: result.error))") }
        #expect(result.left.isEmpty)
    }

    @Test func redirectionsAreFollowed() throws {
        let result = try download(path: "/old") { request, _ in
            request.path == "/old"
                ? LoopbackServer.Reply(status: 302, fields: ["Location": "/new"]) : .file(Self.content, tag: "a", to: request)
        }
        #expect(result.bytes == Self.content && result.requests.map(\.path) == ["/old", "/new"])
    }

    @Test func silenceEndsAnAttempt() throws {
        let result = try download(patience: Download.Patience(waits: [0.01], stallSeconds: 1)) { request, number in
            var reply = LoopbackServer.Reply.file(Self.content, tag: "a", to: request)
            if number == 0 { reply.pause = 4 }
            return reply
        }
        #expect(result.error == nil && result.bytes == Self.content)
        #expect(result.requests.map { $0.fields["range"] } == [nil, "bytes=100000-"])
    }

    @Test func nobodyThere() throws {
        try withTemporaryFolder { folder in
            let server = try LoopbackServer { _, _ in LoopbackServer.Reply() }
            server.stop()
            let begin = ContinuousClock.now
            #expect {
                try Download(server.url("/file"), to: folder.appending(path: "file")).run()
            } throws: { error in
                guard case DownloadError.unreachable(let address, _) = error else { return false }
                return address == server.url("/file").absoluteString
            }
            // Who is offline does not wait for the other attempts, of half a minute.
            #expect(ContinuousClock.now - begin < .seconds(10))
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path).isEmpty)
        }
    }

    @Test(arguments: ["file:///etc/passwd", "ftp://127.0.0.1/file", "http://", "nothing"]) func otherAddressesAreRefused(text: String)
        throws
    {
        try withTemporaryFolder { folder in
            let address = try #require(URL(string: text))
            #expect(throws: DownloadError.address(text)) { try Download(address, to: folder.appending(path: "file")).run() }
        }
    }

    @Test func twoProcessesDoNotMix() throws {
        try withTemporaryFolder { folder in
            let destination = folder.appending(path: "file")
            let first = try PartialFile(for: destination)
            #expect(throws: DownloadError.busy(path: destination.path + ".part")) { try PartialFile(for: destination) }
            withExtendedLifetime(first) {}
        }
    }

    @Test func progressInWords() {
        let progress = DownloadProgress(received: 45_200_000, total: 111_500_000, bytesPerSecond: 3_100_000)
        // 66.3 MB at 3.1 MB/s are 21.4 s.
        #expect(progress.text == "45.2 MB of 111.5 MB, 3.1 MB/s, 0:21 left")
        #expect(DownloadProgress(received: 2_500_000_000, total: nil, bytesPerSecond: 0).text == "2.5 GB")
    }
}
