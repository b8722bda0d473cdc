import CycleGANModels
import Imaging
import TorchNN

/// What instance norms normalise by in the frames of a video. By its own statistics each frame has its own brightness and colours, which flicker.
public enum TemporalNorms: Sendable, Equatable {
    /// By the statistics of each frame alone.
    case off
    /// By those of the frames before, with this weight, and the frame's own with the rest.
    case smooth(Double)
    /// By those of the first frame.
    case lock
}

/// The statistics of the frames so far.
final class FrameStatistics {
    let norms: TemporalNorms
    /// For frames of this shape.
    private var plan: (shape: [Int], plan: StripPlan)?
    private var held: [Int: MergedStatistics] = [:]

    init(_ norms: TemporalNorms) { self.norms = norms }

    /// The plan for frames of a shape; those of another shape begin anew.
    func plan(for shape: [Int], make: () throws -> StripPlan) rethrows -> StripPlan {
        if let plan, plan.shape == shape { return plan.plan }
        let made = try make()
        (plan, held) = ((shape, made), [:])
        return made
    }

    /// What a norm normalises a frame by: v' = w * v + (1 - w) * measured, for means and variances.
    func statistics(_ norm: Int, _ measured: MergedStatistics) -> MergedStatistics {
        guard let before = held[norm] else {
            held[norm] = measured
            return measured
        }
        guard case .smooth(let weight) = norms else { return before }
        let mixed = measured.mixed(with: before, weight: weight)
        held[norm] = mixed
        return mixed
    }
}

extension Translator {
    /// Translates the images from now on as the frames of one video, until it is called again.
    ///
    /// - Throws: `ModelFileError` for a generator whose norms do not look at images, or that takes whole images only, unless `norms` is off.
    public func beginFrames(_ norms: TemporalNorms) throws(ModelFileError) {
        frames = nil
        guard norms != .off else { return }
        if let reason = graph.reasonAgainstStrips {
            throw ModelFileError(file: file.url.path, problem: "its statistics cannot be kept from frame to frame: \(reason)")
        }
        guard graph.hasImageNorms else {
            throw ModelFileError(
                file: file.url.path, problem: "its norms do not look at each image, so that nothing of frames can be kept for the next ones"
            )
        }
        frames = FrameStatistics(norms)
    }

    /// What the generator makes of a frame of its input domain.
    func translated(_ prepared: Prepared, after frames: FrameStatistics) throws -> PixelImage {
        let (image, mask) = prepared.scaled
        let source = StripSource(image, mask: mask, domain: prepared.input, padded: padded(image.size))
        return try translatedByStrips(source, prepared.output, name: prepared.request.name, frames: frames)
    }
}
