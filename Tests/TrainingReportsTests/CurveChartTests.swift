import CycleGANModels
import Foundation
import Testing
import TrainingTestSupport

@testable import CycleGANTraining
@testable import TrainingReports

struct CurveChartTests {
    private func curve(_ values: [Double]) -> Curve {
        var curve = Curve()
        for (index, value) in values.enumerated() { curve.append(step: (index + 1) * 10, value: value) }
        return curve
    }

    @Test(arguments: [1, 2, 299, 300, 301, 5000, 100_003])
    func shorteningKeepsTheExtremes(count: Int) {
        var values = (0..<count).map { sin(Double($0) / 20) }
        values[count / 3] = 50
        values[count / 2] = -70
        let spans = curve(values).spans(limit: 300)
        #expect(spans.count == min(count, 300))
        #expect(spans.map(\.high).max() == values.max())
        #expect(spans.map(\.low).min() == values.min())
        #expect(zip(spans, spans.dropFirst()).allSatisfy { $0.step < $1.step })
        #expect(spans.allSatisfy { $0.low <= $0.high })
        if count <= 300 { #expect(spans.map(\.low) == values) }
    }

    @Test(arguments: [2, 3, 10, 600, 601, 20_000])
    func smoothingLeavesAStraightLineAlone(count: Int) {
        let line = curve((0..<count).map { 3 - 0.25 * Double($0) })
        let smooth = line.smoothed(limit: 600)
        #expect(smooth.count == min(count, 600))
        #expect(smooth.first?.step == line.points.first?.step)
        #expect(smooth.last?.step == line.points.last?.step)
        for point in smooth {
            let expected = 3 - 0.25 * (point.step / 10 - 1)
            #expect(abs(point.value - expected) <= 1e-7 * max(1, abs(expected)))
        }
    }

    @Test func smoothingTakesNoiseAway() {
        let noisy = curve((0..<4000).map { $0.isMultiple(of: 2) ? 0 : 2 })
        #expect(noisy.smoothed(limit: 600).allSatisfy { abs($0.value - 1) < 0.05 })
    }

    /// At the end the line is the fit through twice as many points as elsewhere. The outlier on the last of n points moves the fit's value
    /// there by its leverage 1 / n + 3 (n - 1) / (n (n + 1)).
    @Test func theEndDoesNotFollowTheLastValue() throws {
        var values = [Double](repeating: 1, count: 960)
        values[959] = 2
        let window = 4.0 * 40 + 1
        let last = try #require(curve(values).smoothed(limit: 600).last)
        #expect(abs(last.value - (1 + 1 / window + 3 * (window - 1) / (window * (window + 1)))) < 1e-9)
    }

    @Test func aFewValuesAreDrawnAsTheyAre() {
        let values = [3, 1, 2, 5, 0, 4] as [Double]
        #expect(curve(values).smoothed(limit: 600).map(\.value) == values)
        let single = CurveChart(title: "Cycle", curves: [("cycleA", curve([2]))]).html
        #expect(single.contains("<path class=\"point c0\" d=\"M") && !single.contains("class=\"line"))
    }

    @Test func lossesHaveLegendsWhereDomainsHaveNames() {
        let names = DomainNames([.a: "photo", .b: "monet"])
        let losses = ["cycleA", "adversarialBA", "gradientPenaltyB", "nceIdentity", "total", "KID", "styleX", "discriminator", "ssim"]
        #expect(
            losses.map(names.legend) == [
                "cycle photo", "adversarial monet to photo", "gradient penalty monet", "nceIdentity", "total", "KID", "styleX",
                "discriminator", "ssim",
            ])
        #expect(losses.map(DomainNames.own.legend) == losses)
    }

    @Test func ticksAreRound() {
        let axis = Axis(from: 0, to: 23_000, count: 5)
        #expect(axis.ticks == [0, 5000, 10_000, 15_000, 20_000])
        #expect(axis.ticks.map(axis.label) == ["0", "5k", "10k", "15k", "20k"])
        let small = Axis(from: 0, to: 0.47, count: 5)
        #expect(small.ticks.map(small.label) == ["0", "0.1", "0.2", "0.3", "0.4"])
        let signed = Axis(from: -1.2, to: 2.6, count: 4)
        #expect(signed.ticks.map(signed.label) == ["-1", "0", "1", "2"])
        let tiny = Axis(from: 0, to: 0.0012, count: 5)
        #expect(tiny.ticks.map(tiny.label) == ["0", "0.0005", "0.0010"])
        let none = Axis(from: 3, to: 3, count: 4)
        #expect(none.range.contains(3) && none.ticks.count >= 3)
    }

    @Test func lossesOfOneKindShareAChart() {
        let groups = LossGroup.groups(of: RunOutline.losses + ["total", "KID", "styleA"])
        #expect(groups.map(\.name) == ["adversarial", "cycle", "identity", "discriminator", "total", "KID", "style"])
        #expect(groups[0].losses == ["adversarialAB", "adversarialBA"])
        #expect(groups.map(\.abbreviation) == ["G", "cyc", "idt", "D", "tota", "KID", "styl"])
    }

    @Test func aSpikeIsToldOfWhereItDoesNotFit() {
        var values = [Double](repeating: 1, count: 1000)
        values[500] = 40
        let html = CurveChart(title: "Cycle", curves: [("cycleA", curve(values))]).html
        #expect(html.contains("single values up to 40.00"))
        #expect(!CurveChart(title: "Cycle", curves: [("cycleA", curve([1, 2, 1.5]))]).html.contains("single values"))
        #expect(CurveChart(title: "Cycle", curves: [("cycleA", Curve())]).html.isEmpty)
    }
}
