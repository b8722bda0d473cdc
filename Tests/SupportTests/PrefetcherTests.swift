import Foundation
import Synchronization
import Testing

@testable import Support

@Suite(.timeLimit(.minutes(1))) struct PrefetcherTests {
    private struct Failure: Error, Equatable {
        let position: Int
    }

    /// What was begun and what is in the making.
    private final class Log: Sendable {
        private struct State {
            var begun: [Int] = []
            var making = 0
            var mostMaking = 0
        }
        private let state = Mutex(State())

        var begun: [Int] { state.withLock { $0.begun.sorted() } }
        var making: Int { state.withLock { $0.making } }
        var mostMaking: Int { state.withLock { $0.mostMaking } }

        func make(_ position: Int, seconds: Double = 0) -> Int {
            state.withLock { state in
                state.begun.append(position)
                state.making += 1
                state.mostMaking = max(state.mostMaking, state.making)
            }
            if seconds > 0 { Thread.sleep(forTimeInterval: seconds) }
            state.withLock { $0.making -= 1 }
            return position
        }
    }

    private func waitUntil(_ condition: () -> Bool, sourceLocation: SourceLocation = #_sourceLocation) {
        for _ in 0..<1000 where !condition() { Thread.sleep(forTimeInterval: 0.005) }
        #expect(condition(), sourceLocation: sourceLocation)
    }

    private func values<Value>(_ prefetcher: Prefetcher<Value, some Error>) throws -> [Value] {
        var result: [Value] = []
        while let value = try prefetcher.next() { result.append(value) }
        return result
    }

    @Test(arguments: [(1, 1), (1, 4), (3, 1), (3, 4), (8, 100)]) func givesValuesInOrder(workers: Int, capacity: Int) throws {
        let log = Log()
        let prefetcher = Prefetcher(count: 40, workers: workers, capacity: capacity) { position in
            log.make(position, seconds: position.isMultiple(of: 3) ? 0.002 : 0)
        }
        let found = try values(prefetcher)
        #expect(found == Array(0..<40))
        #expect(log.begun == found)
        #expect(log.mostMaking <= min(workers, capacity))
        let afterTheLast = prefetcher.next()
        #expect(afterTheLast == nil)
    }

    @Test func staysWithinItsCapacityAndFillsWhatIsTaken() throws {
        let log = Log()
        let prefetcher = Prefetcher(count: 1000, workers: 3, capacity: 5) { log.make($0) }
        for taken in 0..<4 {
            waitUntil { log.begun.count == 5 + taken }
            Thread.sleep(forTimeInterval: 0.02)
            #expect(log.begun == Array(0..<5 + taken))
            let value = prefetcher.next()
            #expect(value == taken)
        }
    }

    @Test func startsNoMoreThreadsThanThereAreValues() throws {
        let prefetcher = Prefetcher<Int, Never>(workers: 4, capacity: 9)
        #expect(prefetcher.next() == nil)
        for (count, threads) in [(0, 0), (1, 1), (3, 3), (2, 3), (9, 4)] {
            prefetcher.start(0..<count) { $0 }
            waitUntil { prefetcher.workerCount == threads }
            #expect(try values(prefetcher) == Array(0..<count))
        }
    }

    @Test func aRunThatWasGivenUpIsNotSeen() throws {
        let prefetcher = Prefetcher<String, Never>(workers: 3, capacity: 4)
        for run in 0..<200 {
            prefetcher.start(run..<run + 9) { position in
                if position.isMultiple(of: 4) { Thread.sleep(forTimeInterval: 0.0005) }
                return "\(run) \(position)"
            }
            for position in run..<run + run % 5 { #expect(prefetcher.next() == "\(run) \(position)") }
        }
        prefetcher.start(3..<7) { "last \($0)" }
        #expect(try values(prefetcher) == ["last 3", "last 4", "last 5", "last 6"])
    }

    @Test func aFailureStaysAndEndsTheRun() throws {
        let log = Log()
        let prefetcher = Prefetcher<Int, Failure>(workers: 2, capacity: 3)
        let make: Prefetcher<Int, Failure>.Make = { position throws(Failure) in
            guard log.make(position) != 4 else { throw Failure(position: position) }
            return position
        }
        prefetcher.start(0..<1000, make: make)
        for position in 0..<4 { #expect(try prefetcher.next() == position) }
        for _ in 0..<3 { #expect(throws: Failure(position: 4)) { try prefetcher.next() } }
        Thread.sleep(forTimeInterval: 0.02)
        #expect(log.begun.allSatisfy { $0 < 7 })
        prefetcher.start(5..<8, make: make)
        #expect(try values(prefetcher) == [5, 6, 7])
    }

    /// As where the system has no memory for threads.
    @Test(arguments: [0, 1]) func withoutThreadsTheCallerMakesTheValues(startedThreads: Int) throws {
        var refused = 0
        var left = startedThreads
        let prefetcher = Prefetcher<Int, Failure>(workers: 3, capacity: 2) { thread in
            left -= 1
            if left >= 0 { thread.start() } else { refused += 1 }
        }
        let log = Log()
        prefetcher.start(3..<9) { log.make($0, seconds: 0.001) }
        #expect(try values(prefetcher) == Array(3..<9))
        #expect(log.begun == Array(3..<9))
        prefetcher.start(0..<5) { position throws(Failure) in
            guard position != 2 else { throw Failure(position: position) }
            return position
        }
        #expect(try [prefetcher.next(), prefetcher.next()] == [0, 1])
        for _ in 0..<2 { #expect(throws: Failure(position: 2)) { try prefetcher.next() } }
        #expect(refused == 3 - startedThreads)
    }

    @Test func theCallerMakesOnlyWhatItWaitsFor() {
        let caller = ObjectIdentifier(Thread.current)
        let log = Log()
        var threads = 0
        let prefetcher = Prefetcher<Bool, Never>(workers: 2, capacity: 4) { thread in
            if threads == 0 { thread.start() }
            threads += 1
        }
        prefetcher.start(0..<4) { position in
            _ = log.make(position, seconds: 0.05)
            return ObjectIdentifier(Thread.current) == caller
        }
        waitUntil { log.begun == [0] }
        #expect(prefetcher.next() == false)
    }

    @Test func releasingItEndsItsThreads() throws {
        for round in 0..<50 {
            let log = Log()
            var threads: [Thread] = []
            weak var held: Log?
            do {
                let captured = Log()
                held = captured
                let prefetcher = Prefetcher<Int, Never>(workers: 3, capacity: 100) { thread in
                    threads.append(thread)
                    thread.start()
                }
                prefetcher.start(0..<100) { captured.making + log.make($0, seconds: 0.001) }
                for position in 0..<round % 3 { #expect(prefetcher.next() == position) }
                if round.isMultiple(of: 2) { waitUntil { log.making > 0 } }
            }
            #expect(log.making == 0)
            #expect(held == nil)
            #expect(threads.count == 3)
            let begun = log.begun.count
            waitUntil { threads.allSatisfy(\.isFinished) }
            #expect(log.begun.count == begun)
        }
    }

    @Test func stoppingWaitsForTheThreads() throws {
        for _ in 0..<50 {
            let log = Log()
            let prefetcher = Prefetcher(count: 100, workers: 3, capacity: 100) { log.make($0, seconds: 0.001) }
            waitUntil { prefetcher.workerCount == 3 && log.making > 0 }
            prefetcher.stop()
            #expect(prefetcher.workerCount == 0)
            #expect(log.making == 0)
            #expect(prefetcher.next() == nil)
        }
    }

    @Test func aThreadThatComesUpAfterTheStopMakesNothing() throws {
        let log = Log()
        var threads: [Thread] = []
        let prefetcher = Prefetcher<Int, Never>(workers: 2, capacity: 4) { threads.append($0) }
        prefetcher.start(0..<10) { log.make($0) }
        prefetcher.stop()
        for thread in threads { thread.start() }
        waitUntil { threads.allSatisfy(\.isFinished) }
        #expect(log.begun.isEmpty)
        #expect(prefetcher.workerCount == 0)
    }

    @Test func itsThreadsHaveAName() {
        let caller = ObjectIdentifier(Thread.current)
        for _ in 0..<50 {
            let prefetcher = Prefetcher(count: 4, workers: 2, capacity: 4) { _ in
                Thread.sleep(forTimeInterval: 0.002)
                return ObjectIdentifier(Thread.current) == caller ? "caller" : Thread.current.name
            }
            while let name = prefetcher.next() { #expect(name == "cyclegan worker" || name == "caller") }
        }
    }
}
