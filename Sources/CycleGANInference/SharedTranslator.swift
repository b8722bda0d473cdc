import Foundation
import Imaging
import Support
import Synchronization

/// A translator for any number of tasks: their images go through its network one after the other, on a thread of its own.
///
/// Several of them translate at the same time, each with its own copy of the network; one makes the better use of the processor's cores already.
public actor SharedTranslator {
    private let executor = ThreadExecutor(name: "cyclegan network")
    private let translator: Translator

    /// Takes over a translator that is set up.
    public init(_ translator: sending Translator) { self.translator = translator }

    deinit { executor.stop() }

    public nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    /// Translates one image.
    ///
    /// - Throws: As `Translator.translate(_:scaling:)`, and `CancellationError` where the task was cancelled before its turn.
    public func translate(_ request: TranslationRequest, scaling: TranslationScaling = TranslationScaling()) throws -> PixelImage {
        try Task.checkCancellation()
        return try translator.translate(request, scaling: scaling)
    }

    /// What became of a file.
    public struct FileTranslation: Sendable {
        /// The image file.
        public let file: URL
        /// Its translation, or why there is none.
        public let result: Result<PixelImage, any Error>
    }

    /// Translates image files one after the other, and reads the next ones meanwhile.
    ///
    /// - Parameters:
    ///   - files: Of each its only or first picture.
    ///   - scaling: How images are brought to the generator and back.
    ///   - ahead: The most files that are read and not translated yet.
    /// - Returns: One element for each file, in their order; made as they are asked for, so that no more than `ahead` images are held. It ends
    ///   early where the task that asks is cancelled.
    public nonisolated func translations(
        of files: [URL], scaling: TranslationScaling = TranslationScaling(), ahead: Int = 2
    ) -> AsyncStream<FileTranslation> {
        precondition(ahead > 0, "the number of files that are read ahead must be positive, not \(ahead)")
        let reading = FilesAhead(files, count: ahead, translator: self)
        return AsyncStream {
            guard !Task.isCancelled, let (file, task) = reading.next() else { return nil }
            do {
                let image = try await withTaskCancellationHandler {
                    try await task.value
                } onCancel: {
                    task.cancel()
                }
                return FileTranslation(file: file, result: .success(try await self.translate(image, scaling: scaling)))
            } catch is CancellationError {
                return nil
            } catch {
                return FileTranslation(file: file, result: .failure(error))
            }
        }
    }

    private nonisolated static func read(_ file: URL, _ domain: DomainConfiguration) throws -> TranslationRequest {
        try Task.checkCancellation()
        let image = try PixelImage(contentsOf: file, axis: domain.sliceAxis).picking(bands: domain.bands, name: file.path)
        return TranslationRequest(image, name: file.path, window: PixelImage.window(of: file).map { ValueRange($0) })
    }

    private var inputDomain: DomainConfiguration { translator.inputDomain }

    /// Files that are read in tasks of their own.
    private final class FilesAhead: Sendable {
        private let files: [URL]
        private let count: Int
        private let translator: SharedTranslator
        private let state = Mutex<(begun: Int, tasks: [(file: URL, task: Task<TranslationRequest, any Error>)])>((0, []))

        init(_ files: [URL], count: Int, translator: SharedTranslator) {
            (self.files, self.count, self.translator) = (files, count, translator)
        }

        deinit { state.withLock { for (_, task) in $0.tasks { task.cancel() } } }

        /// The next file and its image; `nil` behind the last one.
        func next() -> (URL, Task<TranslationRequest, any Error>)? {
            state.withLock { state in
                // The one that is taken makes room for another.
                while state.begun < files.count, state.tasks.count <= count {
                    let file = files[state.begun]
                    let task = Task.detached { [translator] in try SharedTranslator.read(file, await translator.inputDomain) }
                    state.tasks.append((file, task))
                    state.begun += 1
                }
                return state.tasks.isEmpty ? nil : state.tasks.removeFirst()
            }
        }
    }
}
