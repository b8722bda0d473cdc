import Testing

@testable import Support

struct SplitMix64Tests {
    @Test func producesTheReferenceSequence() {
        // Output of Vigna's splitmix64.c for the seed 1234567.
        var generator = SplitMix64(seed: 1_234_567)
        #expect(generator.next() == 6_457_827_717_110_365_317)
        #expect(generator.next() == 3_203_168_211_198_807_973)
        #expect(generator.next() == 9_817_491_932_198_370_423)
    }

    @Test func streamsDifferAndRepeat() {
        var seen: Set<UInt64> = []
        for epoch in 0..<20 as Range<UInt64> {
            for index in 0..<50 as Range<UInt64> {
                var generator = SplitMix64(seed: 1, epoch, index)
                var again = SplitMix64(seed: 1, epoch, index)
                let value = generator.next()
                #expect(again.next() == value)
                seen.insert(value)
            }
        }
        #expect(seen.count == 1000)
    }

    @Test func integersAreUniform() {
        var generator = SplitMix64(seed: 2)
        var counts = [Int](repeating: 0, count: 6)
        for _ in 0..<60_000 { counts[generator.integer(below: 6)] += 1 }
        // Five standard deviations of a binomial count.
        for count in counts { #expect(abs(count - 10_000) < 460) }
    }

    @Test func uniformNumbersHaveTheMomentsOfTheUniformDistribution() {
        var generator = SplitMix64(seed: 3)
        let numbers = (0..<40_000).map { _ in generator.uniform() }
        let mean = numbers.reduce(0, +) / 40_000
        let variance = numbers.map { ($0 - mean) * ($0 - mean) }.reduce(0, +) / 40_000
        #expect(numbers.allSatisfy { (0..<1).contains($0) })
        #expect(abs(mean - 0.5) < 0.01)
        #expect(abs(variance - 1.0 / 12) < 0.005)
    }

    @Test func permutationsHoldEveryIndexOnceAndAllOrdersOccur() {
        var generator = SplitMix64(seed: 4)
        #expect(generator.permutation(100).sorted() == Array(0..<100))
        #expect(generator.permutation(0) == [])
        let orders = Set((0..<400).map { _ in generator.permutation(4) })
        #expect(orders.count == 24)
    }
}
