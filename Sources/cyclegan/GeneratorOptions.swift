import ArgumentParser
import CycleGANInference

/// How the generator of a model is used.
struct GeneratorOptions: ParsableArguments {
    @Option(help: "The network, for a file that holds several: its name there, such as netG or state_dict.generator.") var network: String?
    @Flag(
        help: """
            Batch norm normalises each image by its own statistics, as in training with one image and as the reference tests pix2pix; by \
            default as the model says, else by its running statistics.
            """)
    var batchStatistics = false
    @Flag(help: "Norms use their running statistics, also where the model would not.") var runningStatistics = false
    @Option(
        help: ArgumentHelp(
            "Keep dropout on, as the reference does when it tests pix2pix; the masks are drawn from this seed anew for each image.",
            valueName: "seed"))
    var dropout: UInt64?

    func validate() throws {
        if batchStatistics, runningStatistics { throw ValidationError("give --batch-statistics or --running-statistics, not both") }
        if network == "" { throw ValidationError("--network is empty; give a name") }
    }

    var use: GeneratorUse {
        GeneratorUse(
            network: network, statistics: batchStatistics ? .image : runningStatistics ? .running : nil, dropoutSeed: dropout)
    }
}
