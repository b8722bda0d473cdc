import ArgumentParser

/// `cyclegan train`.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train",
        abstract: "Train a CycleGAN, CUT, FastCUT or pix2pix on a folder of images.",
        discussion: """
            DATA holds the folders trainA and trainB, and perhaps testA and testB, from which sample pictures are taken. For pix2pix \
            images of one name are a pair, or the folders train and test hold pictures with A beside B. Settings come from --config (YAML; \
            the keys are the flags in camel case), and flags override them. Ctrl-C saves and stops; --resume goes on.

            Examples:
              cyclegan train DATA --run runs/first
              cyclegan train DATA --run runs/quick --model-size small --budget 30m
              cyclegan train DATA --run runs/fast --objective fastcut
              cyclegan train PAIRS --run runs/pairs --objective pix2pix
              cyclegan train --resume runs/first
            """)

    @OptionGroup var training: TrainingRunOptions

    func run() throws { try training.run() }
}
