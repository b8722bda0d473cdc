import ArgumentParser

/// The command `cyclegan`.
@main struct CycleGANCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cyclegan",
        abstract: "Unpaired image-to-image translation: train on two folders of images, translate any image.",
        version: "0.1.0",
        subcommands: [
            TrainCommand.self, TranslateCommand.self, EvaluateCommand.self, InfoCommand.self, MetricsCommand.self, RunsCommand.self,
            DatasetCommand.self,
        ])
}
