extension Array where Element: Sendable {
    /// The results of a closure for all elements, in order, computed by several threads; each thread holds one element at a time.
    ///
    /// - Parameters:
    ///   - workers: The number of threads.
    ///   - progress: Called on the caller's thread with how many elements are done, counted from the first.
    /// - Throws: The error of the first element, in order, whose closure fails; elements not yet begun are then left out.
    package func concurrentMap<Result: Sendable, Failure: Error>(
        workers: Int, progress: (_ done: Int) -> Void = { _ in },
        _ transform: @escaping @Sendable (Element) throws(Failure) -> Result
    ) throws(Failure) -> [Result] {
        // Without a bound: all results are kept anyway.
        let made = Prefetcher(count: count, workers: workers, capacity: .max) { index throws(Failure) in
            try transform(self[index])
        }
        defer { made.stop() }
        var results: [Result] = []
        results.reserveCapacity(count)
        while let result = try made.next() {
            results.append(result)
            progress(results.count)
        }
        return results
    }
}
