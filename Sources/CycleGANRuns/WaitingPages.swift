import CycleGANInference
import Foundation
import Imaging

/// Pictures on their way to the network.
struct WaitingPages {
    /// A file and what has been made of it.
    final class OpenFile {
        let index: Int
        var made: MadeFile
        var isClosed = false

        init(_ index: Int, _ made: MadeFile) { (self.index, self.made) = (index, made) }
    }

    private struct Page {
        let file: OpenFile
        let request: TranslationRequest
        let size: ImageSize
    }

    private let run: TranslationRun
    private let files: FileWriter
    private let wording: @Sendable (any Error) -> String
    private var waiting: [Page] = []
    private(set) var findings: TranslationRun.Findings

    init(_ run: TranslationRun, _ files: FileWriter, _ wording: @escaping @Sendable (any Error) -> String) {
        (self.run, self.files, self.wording) = (run, files, wording)
        findings = TranslationRun.Findings(sizes: ScaleWatch(run.scale))
    }

    /// Makes the pictures of a file, or lets them wait for others of their size.
    mutating func add(_ read: ReadFile, _ index: Int) {
        let job = run.plan.jobs[index]
        var record = run.maker.record(input: job.input.path, output: job.output.path)
        switch read {
        case .isThere:
            record.isSkipped = true
            files.tell(record, index)
        case .large(let job, let domain):
            flush()
            // It takes memory that others have until they are written.
            files.wait()
            if makeByWindows(job, index, record) { return }
            add(.reading(job, domain), index)
            flush()
        case .read(.failure(let error), let seconds):
            record.fail(error, wording)
            record.seconds = seconds
            files.tell(record, index)
        case .read(.success(let input), let seconds):
            record.seconds = seconds
            add(OpenFile(index, MadeFile(input: input, record: record)))
        }
    }

    private mutating func add(_ file: OpenFile) {
        do {
            let input = file.made.input
            if input.sources.count > 1 { try checkSeveral(input) }
            let common = try input.commonWindow(run.maker)
            for index in input.sources.indices where !file.isClosed {
                let start = ContinuousClock.now
                let page = try page(index, of: file, common)
                file.made.record.seconds += start.duration(to: .now) / .seconds(1)
                let most = run.maker.batchSize(for: page.size)
                if let first = waiting.first, first.size != page.size || waiting.count >= most { flush() }
                waiting.append(page)
                if waiting.count >= most { flush() }
            }
        } catch {
            close(file, error)
        }
    }

    /// Makes a picture that is not held whole on its way.
    ///
    /// - Returns: Whether it need not be held whole.
    private mutating func makeByWindows(_ job: TranslationJob, _ index: Int, _ record: TranslationRecord) -> Bool {
        guard let translator = run.maker as? Translator else { return false }
        let start = ContinuousClock.now
        var record = record
        do {
            guard let size = try job.writeByWindows(translator, run, &findings.values, &record) else { return false }
            try translator.largeImages.removeTiles()
            (record.inputSize, record.networkSize, record.outputSize) = (PictureSize(size), PictureSize(size), PictureSize(size))
            findings.sizes.observe(size, name: job.input.path)
        } catch is CancellationError {
            return true
        } catch {
            record.fail(error, wording)
        }
        record.seconds = start.duration(to: .now) / .seconds(1)
        files.tell(record, index)
        return true
    }

    /// Of several pictures there are neither pyramids nor tiles to resume from.
    private func checkSeveral(_ input: JobInput) throws {
        if (run.maker as? Translator)?.largeImages.tiles != nil {
            throw TranslationPlanError(
                "\(input.job.input.path): tiles to resume from are of one picture, and there are \(input.sources.count)")
        }
        if run.output.isPyramid { throw ImageError.onePyramid(path: input.job.output.path, pages: input.sources.count) }
    }

    private func page(_ index: Int, of file: OpenFile, _ common: ValueRange?) throws -> Page {
        let (input, maker) = (file.made.input, run.maker)
        let picture = try input.picture(index)
        let name = picture.source.name
        let size = try maker.size(of: picture.image.size, scaling: run.scaling.input, name: name)
        let traits = PictureTraits(
            keepsOpacity: run.keepsOpacity(of: picture.image) && input.format?.holdsOpacity != false,
            isSRGB: input.metadata?.hasSRGBCurve ?? false)
        let request = TranslationRequest(
            picture.image, mask: picture.mask, name: name, window: common ?? picture.window, traits: traits)
        return Page(file: file, request: request, size: size)
    }

    /// Makes the pictures that wait.
    mutating func flush() {
        let pages = waiting.filter { !$0.file.isClosed }
        waiting = []
        if pages.isEmpty { return }
        let start = ContinuousClock.now
        let results = run.maker.pictures(of: pages.map(\.request), scaling: run.scaling)
        let share = start.duration(to: .now) / .seconds(1) / Double(pages.count)
        for (page, result) in zip(pages, results) {
            page.file.made.record.seconds += share
            do {
                try take(result.get(), of: page)
            } catch {
                close(page.file, error)
            }
        }
    }

    private mutating func take(_ opaque: PixelImage, of page: Page) throws {
        let (request, file) = (page.request, page.file)
        if run.output.writesConfidence {
            let start = ContinuousClock.now
            let error = try run.maker.cycleError(of: request, scaling: run.scaling)
            file.made.record.seconds += start.duration(to: .now) / .seconds(1)
            if let error { file.made.cycleErrors.append(error) }
        }
        if !run.maker.measuresRange { findings.values.observe(request.image, of: run.maker.inputDomain, name: request.name) }
        findings.sizes.observe(page.size, name: file.made.input.job.input.path)
        let result = run.keepsOpacity(of: request.image) ? opaque.withAlpha(of: request.image) : opaque
        let fits = file.made.input.format?.holds(bands: result.bands, hasAlpha: result.hasAlpha, result.format) ?? true
        if result.hasAlpha, !fits { file.made.record.hasLostAlpha = true }
        file.made.pictures.append(fits ? result : opaque)
        file.made.sizes.append(MadeFile.Sizes(input: request.image.size, network: page.size, output: result.size))
        guard file.made.isComplete, !file.isClosed else { return }
        file.isClosed = true
        let (made, options, wording) = (file.made, run.output, wording)
        let largeImages = (run.maker as? Translator)?.largeImages
        files.add(file.index) { made.written(options, wording: wording) { try largeImages?.removeTiles() } }
    }

    /// Ends a file that cannot be made.
    private func close(_ file: OpenFile, _ error: any Error) {
        guard !file.isClosed else { return }
        file.isClosed = true
        if error is CancellationError { return }
        file.made.record.fail(error, wording)
        files.tell(file.made.record, file.index)
    }
}
