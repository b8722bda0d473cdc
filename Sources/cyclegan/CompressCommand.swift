import ArgumentParser
import CycleGANCompression
import CycleGANInference
import CycleGANModels
import Foundation
import Support
import TrainingReports

extension MultiplyAddTarget: ExpressibleByArgument {
    public init?(argument: String) { self.init(argument) }
}
extension ImportanceCriterion: ExpressibleByArgument {}
extension WidthPattern: ExpressibleByArgument {}

/// `cyclegan compress`.
struct CompressCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "compress",
        abstract: "Make a generator several times cheaper at nearly the same quality.",
        discussion: """
            Channels that count little are left out, residual blocks become light, and the small generator learns from the large one on \
            images of the input domain alone: DATA is a data set, or a folder of such pictures. Several divisions of the channels are tried \
            first, and the best learns on. Ctrl-C saves and stops; --resume goes on.

            Examples:
              cyclegan compress runs/first --direction AtoB --data DATA --output small
              cyclegan compress runs/first --direction AtoB --data DATA --output tiny --macs 1.2G --minutes 120
              cyclegan compress --resume small
            """)

    @Argument(help: "A run folder, a checkpoint, or a .pth or .safetensors file of one generator.") var model: String?
    @Option(help: "The images: a data set, or a folder of pictures of the input domain.") var data: String?
    @Option(help: "The new folder to write.") var output: String?
    @Option(help: "The folder of a compression to go on with; no other flag is needed.") var resume: String?
    @OptionGroup var translation: TranslationOptions
    @Option(help: "Multiply-adds for 256x256 pixels: a share such as 10%, or a number such as 2.7G. (default: 10%)")
    var macs: MultiplyAddTarget?
    @Option(help: "How long everything takes together. (default: 60)") var minutes: Double?
    @Option(help: "Steps of the long training, in place of a time; each trial takes a twelfth.") var steps: Int?
    @Flag(help: "Keep ordinary residual blocks, with fewer channels.") var ordinaryBlocks = false
    @Option(help: "How channels are judged: by what they give on pictures, or by their weights. (default: energy)")
    var criterion: ImportanceCriterion?
    @Option(help: "The only division of the channels, without trials. (default: all are tried)") var pattern: WidthPattern?
    @Option(help: "Fixes all draws. (default: 0)") var seed: UInt64?
    @Option(help: "Threads of one operation on the CPU. (default: all cores)") var threads: Int?
    @Option(help: "auto, cpu, cuda, cuda:N or mps. (default: auto)") var device: String?

    func validate() throws {
        if resume != nil {
            let given: [(String, Bool)] = [
                ("MODEL", model != nil), ("--data", data != nil), ("--output", output != nil), ("--macs", macs != nil),
                ("--minutes", minutes != nil), ("--steps", steps != nil), ("--ordinary-blocks", ordinaryBlocks),
                ("--criterion", criterion != nil),
                ("--pattern", pattern != nil), ("--seed", seed != nil), ("--threads", threads != nil), ("--device", device != nil),
            ]
            if let first = given.first(where: \.1) {
                throw ValidationError("--resume takes everything from its folder; leave out \(first.0)")
            }
            return
        }
        guard model != nil, data != nil, output != nil else {
            throw ValidationError("give MODEL, --data DATA and --output DIR to begin, or --resume DIR to go on")
        }
        if minutes != nil, steps != nil { throw ValidationError("give --minutes or --steps, not both") }
        if let steps, !(1...1_000_000_000).contains(steps) {
            throw ValidationError("--steps: found \(steps); allowed: 1 to 1000000000")
        }
        if let minutes, !(minutes > 0 && minutes < 1e6) {
            throw ValidationError("--minutes: found \(minutes); allowed: numbers above 0, below 1000000")
        }
    }

    func run() throws {
        let signals = SignalMonitor()
        let status = StatusLine()
        let folder = url(resume ?? output ?? "")
        let compression: Compression
        if resume != nil {
            compression = try Compression(
                resuming: folder, observers: { [ProgressBar(names: $0.domainNames, wording: \.flags)] }, say: status.report,
                shouldStop: { signals.signal != nil })
        } else {
            let model = url(model ?? "")
            let contents = try ModelContents(metadataOf: GeneratorFile.file(at: model))
            compression = try Compression(
                settings(model), translation: translation.oneTranslation(of: contents), in: folder,
                observers: { [ProgressBar(names: $0.domainNames, wording: \.flags)] }, say: status.report,
                shouldStop: { signals.signal != nil })
        }
        switch try compression.run() {
        case .finished(let report):
            print(report.text)
            print("Student: \(printable(folder.appending(path: "student.safetensors").path))")
            print("Report: \(printable(folder.appending(path: "report.html").path))")
        case .interrupted:
            print("To go on: cyclegan compress --resume \(folder.path)")
            throw ExitCode(128 + (signals.signal ?? 0))
        case .failed(let text):
            StandardStreams.writeError("Error: the student's training has failed: \(text)\n")
            throw ExitCode.failure
        }
    }

    private func settings(_ model: URL) -> CompressionSettings {
        var settings = CompressionSettings(model: model.path, data: url(data ?? "").path)
        settings.target = macs ?? settings.target
        settings.minutes = minutes ?? settings.minutes
        settings.steps = steps
        settings.isLight = !ordinaryBlocks
        settings.criterion = criterion ?? settings.criterion
        settings.patterns = pattern.map { [$0] } ?? settings.patterns
        settings.seed = seed ?? settings.seed
        settings.threads = threads
        settings.device = device ?? settings.device
        return settings
    }
}
