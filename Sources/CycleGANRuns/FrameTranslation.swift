import CycleGANInference
import CycleGANMetrics
import Dispatch
import Foundation
import Imaging
import Support
import Synchronization

/// Translates frames that come one after the other, in constant memory: one thread reads ahead and one writes, while the network runs.
public struct FrameTranslation {
    /// What became of the frames.
    public struct Summary: Sendable {
        /// Frames that were translated and written.
        public internal(set) var frames = 0
        /// From the first to the last.
        public internal(set) var seconds = 0.0
        /// Where it was asked for.
        public internal(set) var flicker: FlickerScore?
    }

    // Frames that are read, and others that are written, at the most.
    private static let framesAhead = 3

    let translator: Translator
    let scaling: TranslationScaling
    let mask: PixelImage?
    let measuresFlicker: Bool

    /// - Parameters:
    ///   - mask: Of all frames.
    ///   - measuresFlicker: Whether the summary says how much translations flicker.
    public init(
        by translator: Translator, scaling: TranslationScaling = TranslationScaling(), mask: PixelImage? = nil,
        measuresFlicker: Bool = false
    ) {
        (self.translator, self.scaling, self.mask, self.measuresFlicker) = (translator, scaling, mask, measuresFlicker)
    }

    /// Translates all frames.
    ///
    /// - Parameters:
    ///   - isStopped: Asked between frames and while one is waited for, by any thread; from `true` on no more are begun.
    ///   - progress: Told how many frames are done.
    /// - Throws: What reading, translating or writing throws; what was written before stays.
    public func run(
        from reader: FrameReader, to writer: FrameWriter, isStopped: @escaping @Sendable () -> Bool = { false },
        progress: (Int) -> Void = { _ in }
    ) throws -> Summary {
        let start = ContinuousClock.now
        let end = EndOfWork()
        // The thread that reads may wait for a frame that nobody wants any more.
        reader.setStop { isStopped() || end.isHere.withLock(\.self) }
        let frames = Frames(reader)
        let ahead = Prefetcher<PixelImage?, any Error>(count: .max, workers: 1, capacity: Self.framesAhead) { _ in try frames.next() }
        defer {
            end.isHere.withLock { $0 = true }
            ahead.stop()
        }
        let output = Output(writer, measuresFlicker: measuresFlicker, capacity: Self.framesAhead)
        var summary = Summary()
        do {
            while !isStopped(), let frame = try ahead.next() ?? nil {
                let name = "frame \(summary.frames + 1)"
                let image = try frame.picking(bands: translator.inputDomain.bands, name: name)
                let request = TranslationRequest(image, mask: mask, name: name)
                try output.add(translator.translate(request, scaling: scaling), of: frame)
                summary.frames += 1
                progress(summary.frames)
            }
        } catch {
            // What comes out of the network before it is whole.
            guard isStopped() else {
                _ = try? output.finish()
                throw error
            }
        }
        summary.flicker = try output.finish()
        summary.seconds = start.duration(to: .now) / .seconds(1)
        return summary
    }

    private final class EndOfWork: Sendable {
        let isHere = Mutex(false)
    }

    // Unchecked, because the compiler does not see that one thread at a time asks for frames, whichever it is.
    private final class Frames: @unchecked Sendable {
        private let reader: FrameReader

        init(_ reader: FrameReader) { self.reader = reader }

        func next() throws -> PixelImage? { try reader.next() }
    }

    /// Writes frames on a thread of its own, in order.
    // Unchecked, because the compiler does not see that only the queue writes.
    private final class Output: @unchecked Sendable {
        private struct State {
            var flicker: FlickerScore?
            var error: (any Error)?
        }

        private let writer: FrameWriter
        private let state: Mutex<State>
        private let queue = DispatchQueue(label: "cyclegan frames")
        private let slots: DispatchSemaphore

        init(_ writer: FrameWriter, measuresFlicker: Bool, capacity: Int) {
            self.writer = writer
            state = Mutex(State(flicker: measuresFlicker ? FlickerScore() : nil))
            slots = DispatchSemaphore(value: capacity)
        }

        /// - Throws: Why an earlier frame could not be written.
        func add(_ translation: PixelImage, of frame: PixelImage) throws {
            slots.wait()
            if let error = state.withLock({ $0.error }) {
                slots.signal()
                throw error
            }
            queue.async { [self] in
                state.withLock { state in
                    do {
                        if state.error == nil { try writer.write(translation) }
                    } catch {
                        state.error = error
                    }
                    state.flicker?.add(frame, translation)
                }
                slots.signal()
            }
        }

        func finish() throws -> FlickerScore? {
            queue.sync {}
            return try state.withLock { state in
                if let error = state.error { throw error }
                return state.flicker
            }
        }
    }
}
