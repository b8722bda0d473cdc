import ArgumentParser

/// The programs that are measured.
@main struct Benchmark: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cyclegan-benchmark", abstract: "This package's side of the benchmarks.",
        subcommands: [StepBenchmark.self, NetworkBenchmark.self, AccuracyBenchmark.self, ProductBenchmark.self],
        defaultSubcommand: StepBenchmark.self)
}
