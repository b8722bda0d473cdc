import Foundation
import Synchronization
import Testing

@testable import Support

@Suite(.timeLimit(.minutes(1))) struct ConcurrentMapTests {
    private struct Failure: Error, Equatable {
        let element: Int
    }

    @Test(arguments: [1, 2, 5, 50]) func givesResultsAndProgressInOrder(_ workers: Int) {
        let busy = Mutex((now: 0, most: 0))
        var progress: [Int] = []
        let results = Array(100..<130).concurrentMap(workers: workers) {
            progress.append($0)
        } _: { element in
            busy.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) }
            Thread.sleep(forTimeInterval: element.isMultiple(of: 4) ? 0.003 : 0)
            busy.withLock { $0.now -= 1 }
            return "\(element)"
        }
        #expect(results == (100..<130).map(String.init))
        #expect(progress == Array(1...30))
        #expect(busy.withLock { $0.most } <= workers)
    }

    @Test func nothingGivesNothing() {
        #expect([Int]().concurrentMap(workers: 3) { $0 } == [])
    }

    @Test(arguments: [1, 4]) func theFirstErrorInOrderWins(_ workers: Int) {
        for _ in 0..<20 {
            let state = Mutex((begun: 0, making: 0))
            var progress: [Int] = []
            let error = #expect(throws: Failure.self) {
                try Array(0..<1000).concurrentMap(workers: workers) {
                    progress.append($0)
                } _: { element throws(Failure) in
                    state.withLock { $0 = ($0.begun + 1, $0.making + 1) }
                    defer { state.withLock { $0.making -= 1 } }
                    // The earlier one fails later.
                    if element == 10 { Thread.sleep(forTimeInterval: 0.005) }
                    if element > 11 { Thread.sleep(forTimeInterval: 0.001) }
                    guard element != 10, element != 11 else { throw Failure(element: element) }
                    return element
                }
            }
            #expect(error == Failure(element: 10))
            #expect(progress == Array(1...10))
            let (begun, making) = state.withLock { $0 }
            #expect(making == 0)
            #expect(begun >= 11 && begun < 1000)
            if workers == 1 { #expect(begun == 11) }
        }
    }
}
