import CycleGANModels
import CycleGANTraining
import Foundation
import Imaging
import Settings

/// A folder that a test writes to, removed with this value.
public final class TemporaryFolder {
    /// The folder.
    public let url: URL

    public init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "swift-cyclegan-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }
}

extension RunOutline {
    /// The losses of a CycleGAN, in their order.
    public static let losses = [
        "adversarialAB", "adversarialBA", "cycleA", "cycleB", "identityA", "identityB", "discriminatorA", "discriminatorB",
    ]
}

/// The outline of a run.
public func outline(
    losses: [String] = RunOutline.losses, stepsPerEpoch: Int = 100, totalSteps: Int = 20_000, totalEpochs: Int = 200, completed: Int = 0,
    earlierSeconds: Double = 0, timeLimit: Double? = nil
) -> RunOutline {
    RunOutline(
        lossNames: losses, stepsPerEpoch: stepsPerEpoch, totalSteps: totalSteps, totalEpochs: totalEpochs, completedSteps: completed,
        earlierSeconds: earlierSeconds, timeLimit: timeLimit)
}

/// A logged step of a CycleGAN.
public func stepRecord(_ step: Int, losses: [String: Double]? = nil, dataWait: Double = 0.02) -> StepRecord {
    StepRecord(
        step: step, epoch: (step - 1) / 100 + 1,
        losses: losses ?? Dictionary(uniqueKeysWithValues: RunOutline.losses.enumerated().map { ($1, 0.1 * Double($0 + 1)) }),
        learningRates: ["generators": 0.0002, "discriminators": 0.0002], imagesPerSecond: 3.5, dataWait: dataWait)
}

/// An 8-bit RGB image of noise, which no format compresses well.
public func coloured(_ width: Int, _ height: Int, seed: Int = 1) -> PixelImage {
    var state = UInt64(seed)
    let bytes = (0..<width * height * 3).map { _ in
        // Knuth's linear congruential generator, whose high bits are the good ones.
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(state >> 56)
    }
    return PixelImage(width: width, height: height, bands: 3, bytes: bytes)
}

/// The pictures of some pairs.
public func samplePictures(step: Int, side: Int = 8, seed: Int = 1, rows: Int = 1) -> SamplePictures {
    let pictures = (0..<rows).flatMap { row in
        [["realA", "fakeB", "reconstructedA", "identityA"], ["realB", "fakeA", "reconstructedB", "identityB"]].map { labels in
            labels.enumerated().map { index, label in
                picture(label, coloured(side, side, seed: seed + index + 10 * row))
            }
        }
    }
    return SamplePictures(epoch: 1, step: step, pictures: pictures)
}

/// A picture by a short name, such as `realA`.
public func picture(_ label: String, _ image: PixelImage) -> SamplePictures.Picture {
    guard let role = PictureRole(rawValue: String(label.dropLast())) else { preconditionFailure("no role: \(label)") }
    return SamplePictures.Picture(role: role, domain: Domain(String(label.suffix(1))), image: image)
}

extension SamplePictures {
    /// Rows that begin with a real image of A or of B.
    public init(epoch: Int, step: Int, pictures: [[Picture]]) {
        self.init(
            epoch: epoch, step: step,
            rows: pictures.map { Row(translation: $0.first?.domain == .b ? .bToA : .aToB, pictures: $0) })
    }
}

extension TrainingConfiguration {
    /// The settings of a text.
    public init(yaml: String, file: String = "run.yaml") throws {
        self = try .configuration(document: SettingsDocument(yaml: yaml, file: file))
    }
}
