import ArgumentParser
import CycleGANTraining
import Settings

/// `cyclegan pretrain`: `train` with an objective of its own.
struct PretrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "pretrain",
        abstract: "Let generators learn from images alone, for train to start from.",
        discussion: """
            DATA holds the folders trainA and trainB. Each domain gets a generator that learns without labels, by patches that belong \
            together in two views of an image (--task contrastive) or by filling holes (--task inpainting), and gives back what it is \
            given. train --pretrained RUN then starts from both, CUT and pix2pix from that of A. Generators must be alike in both runs: \
            --generator, --ngf, --norm, --antialias and so on. All flags, files and pages are those of train; docs/pretraining.md says when \
            it helps.

            Examples:
              cyclegan pretrain DATA --run runs/start
              cyclegan pretrain DATA --task inpainting --budget 30m --run runs/start
              cyclegan pretrain --resume runs/start
              cyclegan train DATA --pretrained runs/start --run runs/first
            """)

    @OptionGroup var training: TrainingRunOptions

    /// Settings of discriminators, which there are none of.
    private static let adversarial: Set = [
        "discriminator", "ndf", "discriminatorLayers", "discriminatorNorm", "spectralNorm", "ganMode", "adversarialWeight", "poolSize",
        "discriminatorBatch", "gradientPenalty", "gradientPenaltyWeight", "diffAugment", "learningRateD", "maskDiscriminator",
    ]

    func validate() throws {
        for key in training.options.arguments.map(\.key) {
            if key == "objective" {
                throw ValidationError("--objective: pretrain has its own; leave it out, or use cyclegan train")
            }
            if Self.adversarial.contains(key) {
                throw ValidationError("\(flag(ofSetting: key)) is for discriminators, and pretrain trains none; leave it out")
            }
        }
    }

    func run() throws { try training.run(as: .pretrain) }
}
