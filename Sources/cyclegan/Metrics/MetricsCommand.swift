import ArgumentParser

/// `cyclegan metrics`.
struct MetricsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "metrics", abstract: "Measure sets of images and pairs of images, as the field's tools do.",
        discussion: """
            fid, kid, is and prc need the weights of an Inception network and lpips those of a classification network: see `cyclegan metrics \
            weights`. ssim, ms-ssim, psnr and l1 need none.
            """,
        subcommands: [
            FIDCommand.self, KIDCommand.self, InceptionScoreCommand.self, PrecisionRecallCommand.self, LPIPSCommand.self, SSIMCommand.self,
            MultiScaleSSIMCommand.self, PSNRCommand.self, L1Command.self, StatisticsCommand.self, WeightsCommand.self,
        ])
}
