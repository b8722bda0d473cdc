import Foundation
import Imaging
import Testing
import TrainingTestSupport

@testable import CycleGANTraining

@Suite struct DoctorPictureTests {
    private static let warm: @Sendable (Scene) -> Scene = { $0.map { value, _, _, band in value + [0.15, 0.02, -0.1][band % 3] } }
    private static let cool: @Sendable (Scene) -> Scene = { $0.map { value, _, _, band in value - [0.15, 0.02, -0.1][band % 3] } }

    @Test func aGeneratorThatTurnsLightIntoDark() throws {
        let inverted = Translation(aToB: { Self.warm($0).map { value, _, _, _ in 1 - value } }, bToA: Self.cool)
        let findings = inverted.findings()
        #expect(findings.map(\.kind) == [.colorInversion])
        let finding = try #require(findings.first)
        #expect(finding.subject == "generatorAB" && finding.isFailure)
        // Nothing counts before step 1000, and it takes three observations.
        #expect(finding.sinceStep == 1000 && finding.detectedStep == 1200 && finding.endedStep == nil)
        #expect(finding.value < -0.9 && finding.threshold == -0.3)
        #expect(finding.description.hasPrefix("doctor: generator A to B turns light into dark (correlation of brightness -"))
        #expect(finding.description.hasSuffix(", since step 1,000); try seed 1, initGain 0.01"))
    }

    @Test func aGeneratorThatReturnsItsInput() throws {
        let idle = Translation(
            aToB: Self.warm, bToA: { $0.map { value, x, _, _ in value + (x.isMultiple(of: 2) ? 0.004 : 0) } })
        let findings = idle.findings(stepsPerEpoch: 1100)
        #expect(findings.map(\.kind) == [.idleGenerator])
        let finding = try #require(findings.first)
        #expect(finding.subject == "generatorBA" && finding.sinceStep == 1100 && finding.detectedStep == 2000 && finding.isFailure)
        #expect(finding.message.hasPrefix("generator B to A returns its input unchanged (mean difference 0.00"))
        #expect(finding.message.hasSuffix(" of the range, since step 1,100)"))
        #expect(finding.advice.map(\.description) == ["identityWeight 0.1", "adversarialWeight 2"])
    }

    @Test func aGeneratorThatMakesOnePicture() throws {
        let favourite = Scene.photo(55)
        let collapsed = Translation(
            aToB: { real in Scene { x, y, band in 0.9 * favourite.value(x, y, band) + 0.1 * real.value(x, y, band) } }, bToA: Self.cool)
        let findings = collapsed.findings()
        #expect(findings.map(\.kind) == [.modeCollapse])
        let finding = try #require(findings.first)
        #expect(finding.subject == "generatorAB" && finding.detectedStep == 1400 && finding.isFailure)
        #expect(abs(finding.value - 0.1) < 0.03)
    }

    @Test(arguments: [2, 4]) func aGridOverThePictures(period: Int) throws {
        let grid = Translation(
            aToB: Self.warm,
            bToA: { Self.cool($0).map { value, x, y, _ in value + (x % period < period / 2 ? 0.03 : -0.03) } })
        let findings = grid.findings()
        #expect(findings.map(\.kind) == [.checkerboard])
        let finding = try #require(findings.first)
        #expect(finding.subject == "generatorBA" && !finding.isFailure && finding.value > 4)
        #expect(finding.message.contains("draws a grid over its pictures (period of \(period) pixels"))
        #expect(finding.advice.map(\.description) == ["upsampling resize", "antialias true"])
    }

    /// Pictures every 100 steps, five in a row from step 2000 on: an epoch of 7,038 steps need not have ended.
    @Test func aGridInALongEpochIsSeen() throws {
        let grid = Translation(
            aToB: Self.warm, bToA: { Self.cool($0).map { value, x, y, _ in value + (x % 2 < 1 ? 0.03 : -0.03) } })
        let finding = try #require(grid.findings(steps: 900...3000, stepsPerEpoch: 7038).first)
        #expect(finding.kind == .checkerboard && finding.sinceStep == 2000 && finding.detectedStep == 2400)
    }

    /// Translations as they should be.
    enum Task: CaseIterable {
        case hueChange, stripes, photoToMap, drawingToEmoji, drawingToNegative, greyToColor, deep, blank

        var translation: Translation {
            var configuration = TrainingConfiguration()
            switch self {
            case .hueChange: return Translation(aToB: warm, bToA: cool)
            case .stripes:
                let stripes: (Scene) -> Scene = {
                    $0.map { value, x, y, _ in hypot(Double(x) - 32, Double(y) - 36) < 18 ? (x + y / 2) % 7 < 4 ? 0.95 : 0.05 : value }
                }
                return Translation(realB: { stripes(.photo($0 + 40)) }, aToB: stripes, bToA: cool)
            case .photoToMap:
                // Streets and parks have their own brightness: correlations of either sign, weak in the mean.
                let map: (Scene) -> Scene = {
                    $0.map { value, _, _, band in
                        value < 0.35 ? [0.75, 0.85, 0.7][band] : value < 0.5 ? 0.93 : value < 0.6 ? [0.98, 0.9, 0.6][band] : 0.85
                    }
                }
                return Translation(realB: { map(.photo($0 + 60)) }, aToB: map, bToA: { $0.map { value, _, _, _ in 1.3 * (value - 0.5) } })
            case .drawingToEmoji:
                let drawing: (Int) -> Scene = { Scene.disc($0, filled: false).map { value, _, _, _ in 1 - value } }
                let emoji: (Int) -> Scene = {
                    Scene.disc($0, filled: true).map { value, _, _, band in 1 - value * [0.02, 0.2, 0.8][band] }
                }
                return Translation(
                    realA: drawing, realB: { emoji($0 + 3) },
                    aToB: { real in
                        real.map { value, x, y, band in
                            let isInside =
                                (0..<x).contains { real.value($0, y, 0) < 0.5 } && (x..<Scene.side).contains { real.value($0, y, 0) < 0.5 }
                            return isInside ? 1 - [0.02, 0.2, 0.8][band] : 1
                        }
                    }, bToA: { real in real.map { value, x, y, _ in real.value(x, y, 2) != real.value(max(0, x - 1), y, 2) ? 0 : 1 } })
            case .drawingToNegative:
                // White lines on black are the other domain: this inversion is what the data ask for.
                let negative: (Scene) -> Scene = { $0.map { value, _, _, _ in 1 - value } }
                return Translation(
                    realA: { negative(.disc($0, filled: false)) }, realB: { .disc($0 + 5, filled: false) }, aToB: negative, bToA: negative)
            case .greyToColor:
                configuration.domains.channels[.a] = 1
                return Translation(configuration: configuration, aToB: { $0 }, bToA: { $0 })
            case .deep:
                configuration.domains.bitDepth[.a] = .sixteen
                configuration.domains.range[.a] = .fixed(ValueRange(0...4095))
                configuration.domains.bitDepth[.b] = .float
                return Translation(configuration: configuration, aToB: warm, bToA: cool)
            case .blank:
                let blank: (Int) -> Scene = { _ in Scene { _, _, _ in 1 } }
                return Translation(realA: blank, realB: blank, aToB: cool, bToA: cool)
            }
        }
    }

    @Test(arguments: Task.allCases) func healthyTranslationsAreLeftAlone(_ task: Task) {
        #expect(task.translation.findings() == [])
    }

    @Test func picturesOfTheFirstStepsSayNothing() {
        let untrained = Translation(aToB: { $0.map { value, x, _, _ in 1 - value + (x % 2 == 0 ? 0.1 : 0) } }, bToA: { $0 })
        #expect(untrained.findings(steps: 0...1000) == [])
    }

    @Test func picturesOfOtherObjectivesAreSkipped() {
        var doctor = TrainingDoctor(configuration: TrainingConfiguration(), stepsPerEpoch: 100)
        let image = Scene.photo(1).image()
        for step in stride(from: 1000, through: 3000, by: 100) {
            let pictures = SamplePictures(epoch: 1, step: step, pictures: [[picture("maskA", image)], []])
            #expect(doctor.observe(.pictures(pictures)) == [])
        }
    }
}
