import CycleGANTraining

/// About how much the sample sheets of a run take on disk.
public struct SheetDiskUse: Equatable, Sendable {
    /// The bytes of one sheet.
    public let bytesPerSheet: Int
    /// The sheets that are left at the end of the run; see `SheetThinning`.
    public let sheetCount: Int

    /// The bytes of all sheets.
    public var bytes: Int { bytesPerSheet * sheetCount }

    // Of a picture's pixel, measured on sheets of horse2zebra at 256 pixels: 1.0 MB as JPEG, 5.4 MB as PNG. Apples and maps take half as much.
    private static let bytesPerPixel = (jpeg: 0.5, png: 2.5)
    private static let samples = 4
    // Real, fake, reconstructed and identity pictures; some objectives show one fewer.
    private static let columns = 4

    /// Estimates from the settings, for four samples.
    ///
    /// - Parameter stepsPerEpoch: Optimiser steps of one epoch.
    public init(_ configuration: TrainingConfiguration, stepsPerEpoch: Int) {
        let (crop, isFullSize) = (configuration.data.cropSize, configuration.run.fullSizeSamples)
        let longer = max(crop.height, crop.width)
        let scale = isFullSize ? 1 : min(1, Double(SheetLayout.screenSide) / Double(longer))
        let columns = Self.columns + (configuration.data.masks ? 1 : 0)
        let pictures = Self.samples * configuration.monitoring.generators.count * columns
        let pixels = Double(crop.height * crop.width) * scale * scale * Double(pictures)
        bytesPerSheet = Int(pixels * (isFullSize ? Self.bytesPerPixel.png : Self.bytesPerPixel.jpeg))
        let steps = configuration.totalSteps(stepsPerEpoch: max(1, stepsPerEpoch))
        sheetCount = Self.count(
            steps: steps, every: min(configuration.run.sampleEvery, stepsPerEpoch), SheetThinning(stepsPerEpoch: stepsPerEpoch))
    }

    static func count(steps: Int, every spacing: Int, _ thinning: SheetThinning) -> Int {
        let spacing = max(1, spacing)
        let recent = min(steps, thinning.recent)
        let middle = min(steps, thinning.middle) - recent
        let (short, long) = (max(spacing, thinning.recent), max(spacing, thinning.epochSpan))
        // Spans of 1,000 steps that end with an epoch have one sheet for both.
        let inMiddle = middle / short + (long.isMultiple(of: short) ? 0 : middle / long)
        return 1 + recent / spacing + inMiddle + (steps - recent - middle) / long
    }
}
