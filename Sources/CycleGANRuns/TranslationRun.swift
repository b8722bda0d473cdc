import CycleGANInference
import CycleGANModels
import Foundation
import Imaging
import Support

/// Translates the images of a plan: files are read ahead and results written by threads of their own, while the network runs on the calling one.
///
/// Images of one size go through the network together where that is faster. What is read ahead and not yet written is bounded.
public struct TranslationRun {
    /// What was noticed on the way, to be told at the end.
    public struct Findings: Sendable {
        /// The sizes at which the network got the images.
        public var sizes: ScaleWatch
        /// How the images' values lie in their domain's range.
        public var values = ValueWatch()
    }

    /// Files that are read, and others that are written, at the same time, unless told otherwise.
    public static let usualJobs = min(4, max(2, ProcessInfo.processInfo.activeProcessorCount))
    /// Of larger images one is held at a time, and of those that take all the memory there is.
    private static let mostPixelsAhead = 4 << 20

    package let plan: TranslationPlan
    let maker: any PictureMaker
    let scaling: TranslationScaling
    let output: TranslationOutput
    let jobs: Int
    let scale: TrainingScale?

    /// - Parameters:
    ///   - jobs: How many files are read, and how many others written, at the same time.
    public init(
        _ plan: TranslationPlan, by translator: Translator, scaling: TranslationScaling = TranslationScaling(),
        output: TranslationOutput = TranslationOutput(), jobs: Int = usualJobs
    ) {
        self.init(plan, by: translator, scaling: scaling, output: output, jobs: jobs, scale: translator.trainingScale)
    }

    /// The same with the pictures of whatever makes pictures.
    package init(
        _ plan: TranslationPlan, by maker: any PictureMaker, scaling: TranslationScaling, output: TranslationOutput, jobs: Int,
        scale: TrainingScale?
    ) {
        precondition(jobs > 0, "the number of jobs must be positive, not \(jobs)")
        (self.plan, self.maker, self.scaling, self.output, self.jobs, self.scale) = (plan, maker, scaling, output, jobs, scale)
    }

    /// Whether the last band of an image is opacity to the generator, and no channel, and goes to the result.
    func keepsOpacity(of image: PixelImage) -> Bool {
        output.alpha == .keep && maker.keepsOpacity && image.hasAlpha && image.bands != maker.inputDomain.channels
    }

    /// Translates all images. What goes wrong with one is told in its record; where the disk is full, no more are begun.
    ///
    /// - Parameters:
    ///   - wording: An error in words.
    ///   - isStopped: Asked between images; from `true` on no more are begun, and those that are made are written.
    ///   - onRecord: Told what became of each image, in the order in which they are done, and its position in the plan; one call at a time, from
    ///     threads of its own.
    public func run(
        wording: @escaping @Sendable (any Error) -> String = { "\($0)" }, isStopped: () -> Bool = { false },
        onRecord: @escaping @Sendable (TranslationRecord, Int) -> Void
    ) -> Findings {
        let files = FileWriter(width: jobs, onRecord: onRecord)
        var pages = WaitingPages(self, files, wording)
        let (jobs, options, domain) = (plan.jobs, output, maker.inputDomain)
        var most = Self.mostPixelsAhead
        while most > 1, (maker as? Translator)?.takesStrips(for: ImageSize(Int(Double(most).squareRoot()))) == true { most /= 2 }
        let mostPixels = most
        let reader = Prefetcher<ReadFile, Never>(count: jobs.count, workers: self.jobs, capacity: self.jobs + Translator.mostImages) {
            ReadFile(jobs[$0], options, domain, mostPixels: mostPixels)
        }
        var index = 0
        while !isStopped(), !files.isDiskFull, let read = reader.next() {
            pages.add(read, index)
            index += 1
        }
        if !isStopped() { pages.flush() }
        files.wait()
        return pages.findings
    }
}

/// A file that was looked at ahead of its turn.
enum ReadFile: Sendable {
    case isThere
    case read(Result<JobInput, any Error>, seconds: Double)
    /// Too large to be held beside others.
    case large(TranslationJob, DomainConfiguration)

    init(_ job: TranslationJob, _ options: TranslationOutput, _ domain: DomainConfiguration, mostPixels: Int) {
        let isDone = job.output.exists && (!options.writesConfidence || TranslationConfidence.numbers(beside: job.output).exists)
        if options.skipsExisting, isDone {
            self = .isThere
        } else if Self.isLarge(job.input, mostPixels: mostPixels) {
            self = .large(job, domain)
        } else {
            self = Self.reading(job, domain)
        }
    }

    /// Whether a file should not be held beside others: by its bytes, of which all pages and volumes are made, or by its pixels.
    private static func isLarge(_ file: URL, mostPixels: Int) -> Bool {
        let bytes = (try? file.resourceValues(forKeys: [.fileSizeKey]).fileSize) ?? 0
        if bytes > 2 * mostPixels { return true }
        // To tell the size of these they would be decoded.
        let format = ImageFileFormat(fileExtension: file.pathExtension)
        if format == .ppm || format == .bmp { return bytes > mostPixels }
        return (try? PixelImage.size(contentsOf: file)).map { $0.height * $0.width > mostPixels } ?? false
    }

    static func reading(_ job: TranslationJob, _ domain: DomainConfiguration) -> ReadFile {
        let start = ContinuousClock.now
        let input = Result { try JobInput(reading: job, for: domain) }
        return .read(input, seconds: start.duration(to: .now) / .seconds(1))
    }
}
