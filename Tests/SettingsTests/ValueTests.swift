import Imaging
import Testing

@testable import Settings

@Suite struct ValueTests {
    @Test func everyKindReadsWhatItWrites() {
        func check<Value: SettingValue>(_ values: Value...) {
            for value in values {
                #expect(Value(form: value.form) == value)
                // A flag has the same text; only what is absent has none.
                if value.form != .nothing { #expect(Value(form: .scalar(value.form.text)) == value) }
            }
        }
        check(0, -3, Int.max)
        check(UInt64.max)
        check(0, 0.5, 1e-300, -2.5e40, 2e-4, 1e15, 123_456_789.25, 1e18, -0x1p63, Double.greatestFiniteMagnitude)
        check(true, false)
        check("", "null", " a: b # c", "x\ny")
        check(Int?.none, 3)
        check([Int](), [64, 32])
        check([0.5, 1])
        check([SampleConfiguration.Metric.kid, .lpips])
        check(SampleConfiguration.BitDepth.float)
        check(SampleConfiguration.Generator.unet, .resnet(blocks: 12))
        check(SampleSize(height: 256, width: 256), SampleSize(height: 256, width: 512))
        check(0.0...4095.0, -1.5...2.5)
    }

    @Test func wrongFormsAreRefused() {
        #expect(Int(form: .scalar("1.5")) == nil)
        #expect(Int(form: .list(["1"])) == nil)
        #expect(Int(form: .nothing) == nil)
        #expect(UInt64(form: .scalar("-1")) == nil)
        #expect(Double(form: .scalar("nan")) == nil)
        #expect(Double(form: .scalar("inf")) == nil)
        #expect(Bool(form: .scalar("yes")) == nil)
        #expect(String(form: .nothing) == nil)
        #expect([Int](form: .scalar("1,,2")) == nil)
        #expect([Int](form: .nothing) == nil)
        #expect(ClosedRange<Double>(form: .scalar("4...1")) == nil)
        #expect(ClosedRange<Double>(form: .list(["1", "2", "3"])) == nil)
        #expect(SampleConfiguration.BitDepth(form: .scalar("12")) == nil)
        #expect(SampleConfiguration.Pairing(form: .scalar("Random")) == nil)
    }

    @Test func rangesAreAlsoReadWithDotsBetweenTheBounds() {
        #expect(ClosedRange<Double>(form: .scalar("0...4095")) == 0...4095)
    }

    @Test func fractionsAreReadable() {
        #expect([0.5, 2e-4, 10, 0, 1e-7].map(\.form.text) == ["0.5", "0.0002", "10", "0", "1e-07"])
    }

    @Test func allowedValuesAreCheckedAndToldInWords() {
        #expect(Allowed<Int>.in(1...4096).words == "a whole number from 1 to 4096")
        #expect(Allowed<Double>.above(0).words == "a number above 0")
        #expect(Allowed<Double>.above(0, upTo: 10).words == "a number above 0, up to 10")
        #expect(Allowed<Double>.in(0..<1).words == "a number from 0, below 1")
        #expect(Allowed<Double>.fraction(upTo: 0.5).words == "a number from 0 to 0.5")
        #expect(Allowed<UInt64>.any.words == "a whole number from 0")
        #expect(!Allowed<Double>.in(0..<1).accepts(1))
        #expect(!Allowed<Double>.above(0).accepts(0))
        #expect(!Allowed<Double>.above(0, upTo: 10).accepts(11))
        #expect(!Allowed<Int>.atLeast(3).accepts(2))
        #expect(!Allowed<[Int]>.distinct().accepts([1, 1]))
        #expect(!Allowed<[Int]>.each(.atLeast(2)).accepts([3, 1]))
        #expect(Allowed<Int>.matching("an even number") { $0.isMultiple(of: 2) }.accepts(2))
    }

    @Test func ownValueThatIsTheCommonOneMakesNoDifference() {
        var one = PerDomain(3)
        one[Domain("A")] = 3
        #expect(one == PerDomain(3))
        #expect(one.overrides.isEmpty)
        one[Domain("B")] = 1
        #expect(one != PerDomain(3))
        #expect((one[Domain("A")], one[Domain("B")]) == (3, 1))
    }

    @Test func nearestKeyIsOneOfFewEdits() {
        let known = ["batchSize", "epochs", "seed"]
        #expect(nearest(to: "batch-size", in: known) == "batchSize")
        #expect(nearest(to: "epoch", in: known) == "epochs")
        #expect(nearest(to: "sead", in: known) == "seed")
        #expect(nearest(to: "quite another", in: known) == nil)
        #expect(nearest(to: "", in: known) == nil)
    }
}
