import Foundation
import Synchronization
import Testing

@testable import CycleGANMetrics

struct OrderedPrefetchTests {
    private struct Failure: Error {}

    @Test(arguments: [1, 3]) func givesValuesInOrder(_ workers: Int) throws {
        let prefetch = OrderedPrefetch(count: 20, workers: workers, capacity: 4) { position in
            Thread.sleep(forTimeInterval: position.isMultiple(of: 3) ? 0.002 : 0)
            return position
        }
        var found: [Int] = []
        while let value = try prefetch.next() { found.append(value) }
        #expect(found == Array(0..<20))
        #expect(try prefetch.next() == nil)
    }

    @Test func staysWithinItsCapacityAndStops() throws {
        let made = Mutex(0)
        do {
            let prefetch = OrderedPrefetch(count: 1000, workers: 2, capacity: 5) { position in
                made.withLock { $0 += 1 }
                return position
            }
            #expect(try prefetch.next() == 0)
            Thread.sleep(forTimeInterval: 0.05)
        }
        // One was taken, and so one more than the capacity could begin.
        #expect(made.withLock { $0 } <= 6)
    }

    @Test func failsWhereAValueFails() throws {
        let prefetch = OrderedPrefetch(count: 4, workers: 2, capacity: 2) { position in
            if position == 1 { throw Failure() }
            return position
        }
        #expect(try prefetch.next() == 0)
        #expect(throws: Failure.self) { try prefetch.next() }
    }
}
