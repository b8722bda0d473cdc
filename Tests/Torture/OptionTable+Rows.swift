/// Every option of `cyclegan train` that takes part in training, and what is tried together.
package enum OptionTable {
    /// The run that the options are laid over: its epochs have five steps, its pools fill after three.
    package static let tinyRun: [Setting] = [
        "generator resnet1", "ngf 4", "ndf 4", "discriminator-layers 1", "load-size 20", "crop-size 16", "pool-size 3", "device cpu",
        "log-every 1", "sample-every 4", "checkpoint-steps 3", "max-steps 12",
    ]

    /// Flags of the tiny run that an objective for many domains does not have.
    static let ofTwoDomains: Set = ["pool-size", "discriminator-layers"]

    /// Flags that are not in the table, and why.
    package static let leftOut: [String: String] = [
        "run": "names the folder", "resume": "names the folder", "resume-or-start": "chooses between the two",
        "sample-images": "names files of the data set; see SampleImagesTests",
        "data": "goes with --resume alone; see MovedDataTests", "budget": "decides epochs by the clock; see BudgetPlanTests",
        "help": "trains nothing", "version": "trains nothing",
        "device": "the tiny run's: only a CPU promises the same bytes",
        "validation-metrics": "needs imported networks; see EvaluateCommandTests",
        "frozen-domains": "goes with a run of many domains; see MultiCycleRunTests",
    ]

    /// All options. Values in braces are filled in by `TinyInputs`.
    package static let options: [TrainingOption] = [
        TrainingOption("config", ["{config}"]),
        TrainingOption("objective", ["cyclegan"], isPlain: true), TrainingOption("objective", ["cut", "fastcut", "pretrain"]),
        TrainingOption(
            "objective", ["pix2pix"], beside: ["generator unet32", "load-size 36", "crop-size 32"], images: [.pairs, .validation]),
        TrainingOption("objective", ["distill"], beside: ["teacher {pretrained}"], images: [.validation]),
        TrainingOption("objective", ["stargan", "multicycle"], beside: ["batch-size 3"], images: [.folders, .validation]),
        // Data
        TrainingOption("domain-names", ["photo,monet"], isPlain: true, onResume: .changeable),
        TrainingOption("preprocess", ["crop", "scale-width-and-crop", "scale-width", "none"], isPlain: true),
        TrainingOption("load-size", ["24", "18x22", "B=22"], isPlain: true),
        TrainingOption("crop-size", ["12x16"], isPlain: true),
        TrainingOption("pairing", ["serial"], isPlain: true),
        TrainingOption("no-flip", isPlain: true), TrainingOption("flip", ["A=false", "B=false"], isPlain: true),
        TrainingOption("color-jitter", ["0.2,0.2,0.2,0.05", "A=0.3,0,0.1,0.1", "B=0,0.3,0,0"], isPlain: true),
        TrainingOption("rotation", ["10", "A=20", "B=5"], isPlain: true),
        TrainingOption("zoom", ["1.3", "A=1.2", "B=2"], isPlain: true),
        TrainingOption("range", ["A=0...200", "percentile:1,99"], isPlain: true), TrainingOption("window", ["B=100,180"], isPlain: true),
        TrainingOption("bands", ["A=3,1,2"], isPlain: true), TrainingOption("background", ["0"], isPlain: true),
        TrainingOption("validation-fraction", ["0.3"]),
        TrainingOption("epoch-size", ["4", "7"]),
        TrainingOption("masks", images: [.masks]),
        TrainingOption("composite", beside: ["masks"], images: [.masks], isPlain: true),
        TrainingOption("mask-discriminator", beside: ["masks"], images: [.masks], isPlain: true),
        TrainingOption("mask-cycle", beside: ["masks"], images: [.masks], isPlain: true),
        TrainingOption("channels", ["1", "A=5", "B=1"], isPlain: true),
        TrainingOption("bit-depth", ["A=16", "B=32"], isPlain: true),
        TrainingOption("axis", ["coronal"], isPlain: true), TrainingOption("empty-slices", ["0.5"], isPlain: true),
        // Networks
        TrainingOption("model-size", ["small"], isPlain: true),
        TrainingOption("preset", ["photo", "art"], isPlain: true),
        TrainingOption("generator", ["resnet2", "mobile1"], isPlain: true),
        TrainingOption("widths", ["4,5,6,3,5,2"], isPlain: true),
        TrainingOption("generator", ["unet32"], beside: ["load-size 36", "crop-size 32"], isPlain: true),
        TrainingOption("ngf", ["6"], isPlain: true), TrainingOption("ndf", ["3"], isPlain: true),
        TrainingOption("downsamplings", ["1", "3"], isPlain: true),
        TrainingOption("upsampling", ["resize", "pixelshuffle"], isPlain: true),
        TrainingOption("antialias", isPlain: true),
        TrainingOption("attention", ["8", "16,4"], isPlain: true),
        TrainingOption("checkpoint-activations", isPlain: true),
        TrainingOption("discriminator", ["pixel"], isPlain: true),
        TrainingOption("discriminator-layers", ["2"], isPlain: true),
        TrainingOption("norm", ["none"], isPlain: true), TrainingOption("norm", ["batch"]),
        TrainingOption("discriminator-norm", ["batch", "none"], isPlain: true),
        TrainingOption("spectral-norm", beside: ["discriminator-norm none"]),
        TrainingOption("ema", ["0.9"]), TrainingOption("ema-warmup", beside: ["ema 0.9"]), TrainingOption("dropout"),
        TrainingOption("init", ["xavier", "kaiming", "orthogonal"], isPlain: true), TrainingOption("init-gain", ["0.05"], isPlain: true),
        TrainingOption("pretrained", ["{pretrained}"]),
        // Losses
        TrainingOption("gan-mode", ["vanilla", "hinge", "lsgan", "wgan-gp"], isPlain: true),
        TrainingOption("adversarial-weight", ["2"], isPlain: true), TrainingOption("cycle-weight", ["5"], isPlain: true),
        TrainingOption("cycle-weight-a", ["3"], isPlain: true), TrainingOption("cycle-weight-b", ["7"], isPlain: true),
        TrainingOption("identity-weight", ["0.2", "0"], isPlain: true), TrainingOption("pool-size", ["2", "0"], isPlain: true),
        TrainingOption("discriminator-batch", ["4"]),
        TrainingOption("gradient-penalty", ["wgan-gp", "zero-centered"]), TrainingOption("gradient-penalty", ["r1"], isPlain: true),
        TrainingOption("gradient-penalty-weight", ["3"], beside: ["gradient-penalty r1"], isPlain: true),
        TrainingOption("penalty-interval", ["2"], beside: ["gradient-penalty r1"]),
        TrainingOption("cycle-decay", ["0.9"]), TrainingOption("cycle-features", ["0.5"]), TrainingOption("recipe", ["best"]),
        TrainingOption("diff-augment"),
        TrainingOption("strength"),
        TrainingOption("strength-weight", ["3"], beside: ["strength", "objective stargan"], images: [.folders]),
        TrainingOption("pairs", ["{pairs}"]), TrainingOption("pair-weight", ["3"], beside: ["pairs {pairs}"]),
        TrainingOption("nce-layers", ["0,4"], beside: ["objective cut"]), TrainingOption("nce-patches", ["8"], beside: ["objective cut"]),
        TrainingOption("nce-features", ["6"], beside: ["objective cut"]),
        TrainingOption("nce-temperature", ["0.2"], beside: ["objective cut"]),
        TrainingOption("nce-weight", ["2"], beside: ["objective fastcut"]),
        TrainingOption("no-nce-identity", beside: ["objective cut"]),
        TrainingOption("nce-negatives", ["batch"], beside: ["objective cut", "batch-size 2"]),
        TrainingOption("flip-equivariance", beside: ["objective cut"]),
        TrainingOption(
            "l1-weight", ["10"], beside: ["objective pix2pix", "generator resnet1"], images: [.pairs]),
        TrainingOption("conditioning", ["planes"], beside: ["objective stargan"], images: [.folders], isPlain: true),
        TrainingOption("class-weight", ["2"], beside: ["objective stargan"], images: [.folders], isPlain: true),
        TrainingOption("critic-steps", ["2"], beside: ["objective stargan"], images: [.folders], isPlain: true),
        TrainingOption("cycle-length", ["3"], beside: ["objective multicycle"], images: [.folders]),
        TrainingOption("shared-blocks", ["0"], beside: ["objective multicycle", "generator resnet2"], images: [.folders]),
        TrainingOption("task", ["contrastive", "inpainting"], beside: ["objective pretrain"], images: [.validation]),
        TrainingOption("only", ["B"], beside: ["objective pretrain"], isPlain: true),
        TrainingOption("reconstruction-weight", ["3"], beside: ["objective pretrain"], isPlain: true),
        TrainingOption("mask-share", ["0.6"], beside: ["objective pretrain", "task inpainting"], isPlain: true),
        TrainingOption("teacher", ["{pretrained}"], beside: ["objective distill"], isPlain: true, onResume: .changeable),
        TrainingOption("from", ["B"], beside: ["to A", "objective distill", "teacher {pretrained}"], isPlain: true),
        TrainingOption("to", ["B"], beside: ["objective distill", "teacher {pretrained}"], isPlain: true),
        TrainingOption("imitation-weight", ["3"], beside: ["objective distill", "teacher {pretrained}"], isPlain: true),
        TrainingOption("feature-weight", ["0.5", "0"], beside: ["objective distill", "teacher {pretrained}"], isPlain: true),
        TrainingOption("mask-block", ["5"], beside: ["objective pretrain", "task inpainting"], isPlain: true),
        // Optimisation
        TrainingOption("batch-size", ["2"]), TrainingOption("accumulate", ["2"]),
        TrainingOption("epochs", ["1"], isPlain: true, onResume: .changeable),
        TrainingOption("decay-epochs", ["1"], beside: ["epochs 1"], isPlain: true, onResume: .changeable),
        TrainingOption("learning-rate", ["0.001"], isPlain: true), TrainingOption("learning-rate-g", ["0.0005"], isPlain: true),
        TrainingOption("learning-rate-d", ["0.0004"], isPlain: true),
        TrainingOption("beta1", ["0.9"], isPlain: true), TrainingOption("beta2", ["0.99"], isPlain: true),
        TrainingOption("clip-gradient", ["0.5"], isPlain: true),
        TrainingOption("learning-rate-policy", ["linear-2020"], beside: ["epochs 1"], isPlain: true),
        TrainingOption("learning-rate-policy", ["cosine", "constant", "linear"], beside: ["epochs 2"], isPlain: true),
        TrainingOption("learning-rate-policy", ["plateau"]),
        TrainingOption("learning-rate-step-epochs", ["1"], beside: ["learning-rate-policy step"], isPlain: true),
        TrainingOption("warmup-steps", ["8"]),
        // Validation and watching
        TrainingOption("validate-every", ["2"], images: [.validation], onResume: .changeable),
        TrainingOption("best-metric", ["ssimB"], images: [.validation]),
        TrainingOption("early-stopping", ["1"], onResume: .changeable),
        TrainingOption("early-stopping-metric", ["identityA"], beside: ["early-stopping 3"], images: [.validation]),
        TrainingOption("early-stopping-min-delta", ["50"], beside: ["early-stopping 1"], onResume: .changeable),
        TrainingOption("early-stopping-after", ["1"], beside: ["early-stopping 2"], onResume: .changeable),
        TrainingOption("on-failure", ["stop", "rollback"], onResume: .changeable),
        TrainingOption("no-doctor"), TrainingOption("no-tensorboard", isPlain: true, onResume: .changeable),
        // Run
        TrainingOption("seed", ["7"], isPlain: true), TrainingOption("precision", ["bf16"]),
        TrainingOption("threads", ["1", "2"], isPlain: true, onResume: .changeable),
        TrainingOption("kernels", ["accurate", "libtorch"], isPlain: true, onResume: .changeable),
        TrainingOption("workers", ["1", "3"], isPlain: true, onResume: .changeable),
        TrainingOption("log-every", ["2"], onResume: .changeable),
        TrainingOption("sample-every", ["3"], isPlain: true, onResume: .changeable),
        TrainingOption("full-size-samples", isPlain: true, onResume: .changeable),
        TrainingOption("checkpoint-every", ["1"], onResume: .changeable),
        TrainingOption("checkpoint-steps", ["2"], isPlain: true, onResume: .changeable),
        TrainingOption("checkpoint-minutes", ["0"], isPlain: true, onResume: .changeable),
        TrainingOption("note", ["first try"], onResume: .changeable),
        TrainingOption("licence", ["CC-BY-4.0"], onResume: .changeable),
        TrainingOption("keep-models", ["1"], beside: ["checkpoint-every 1"], onResume: .changeable),
        TrainingOption("max-steps", ["11"], isPlain: true, onResume: .changeable),
        TrainingOption("max-minutes", ["30"], isPlain: true, onResume: .forgotten),
    ]

    /// Options that refer to each other.
    package static let combinations: [OptionCase] = [
        OptionCase(
            name: "early stopping by a metric",
            settings: ["early-stopping 2", "early-stopping-metric ssim", "early-stopping-min-delta 1", "early-stopping-after 1"],
            images: [.validation]),
        OptionCase(name: "the best of held out images", settings: ["best-metric identity", "validation-fraction 0.4", "validate-every 2"]),
        OptionCase(
            name: "steps of the learning rate",
            settings: ["learning-rate-policy step", "learning-rate-step-epochs 1", "warmup-steps 4", "learning-rate-g 0.001"]),
        OptionCase(name: "plateau", settings: ["learning-rate-policy plateau", "early-stopping 3", "cycle-weight-a 4"]),
        OptionCase(
            name: "Wasserstein", settings: ["gan-mode wgan-gp", "gradient-penalty zero-centered", "gradient-penalty-weight 2", "beta1 0"]),
        OptionCase(
            name: "better cycles",
            settings: [
                "cycle-decay 0.9", "cycle-features 0.5", "accumulate 2", "ema 0.999", "ema-warmup", "gradient-penalty zero-centered",
                "penalty-interval 3", "spectral-norm", "discriminator-norm instance",
            ]),
        OptionCase(name: "hinge with r1", settings: ["gan-mode hinge", "gradient-penalty r1", "diff-augment", "discriminator-batch 3"]),
        OptionCase(
            name: "all masks", settings: ["masks", "composite", "mask-discriminator", "mask-cycle", "rotation 10", "zoom B=1.5"],
            images: [.masks, .validation]),
        OptionCase(name: "masks in parts", settings: ["masks", "mask-cycle", "accumulate 2", "ema 0.8", "dropout"], images: [.masks]),
        OptionCase(
            name: "a generator with everything",
            settings: ["attention 8,4", "upsampling pixelshuffle", "antialias", "checkpoint-activations", "dropout", "ema 0.9"]),
        OptionCase(
            name: "batches", settings: ["batch-size 2", "accumulate 2", "discriminator-batch 4", "norm batch", "clip-gradient 1"]),
        OptionCase(
            name: "averages that are measured", settings: ["ema 0.5", "best-metric ssimA", "checkpoint-every 1"], images: [.validation]),
        OptionCase(
            name: "watched for failures",
            settings: ["on-failure rollback", "early-stopping 5", "checkpoint-every 1", "validation-fraction 0.2"]),
        OptionCase(
            name: "two norms", settings: ["spectral-norm", "discriminator-norm instance", "norm batch", "gradient-penalty zero-centered"]),
        OptionCase(name: "two rates", settings: ["warmup-steps 6", "learning-rate-g 0.0001", "learning-rate-d 0.0004", "epochs 1"]),
        OptionCase(
            name: "half precision",
            settings: ["precision bf16", "attention 4", "accumulate 2", "spectral-norm", "discriminator-norm none"]),
        OptionCase(
            name: "bands and depths",
            settings: [
                "channels A=5", "bit-depth A=16", "channels B=1", "bit-depth B=32", "color-jitter A=0.2,0.2,0,0",
            ]),
        OptionCase(name: "a start from other networks", settings: ["pretrained {pretrained}", "ema 0.9", "warmup-steps 5"]),
        OptionCase(name: "a file of settings", settings: ["config {config}", "flip B=false", "learning-rate-g 0.0003"]),
        OptionCase(
            name: "whole images", settings: ["preprocess none", "pairing serial", "identity-weight 0", "gradient-penalty r1", "no-flip"]),
        OptionCase(
            name: "a U-Net and pixels",
            settings: ["generator unet32", "load-size 36", "crop-size 32", "dropout", "discriminator pixel", "norm batch"]),
        OptionCase(
            name: "contrast in other precision",
            settings: [
                "objective fastcut", "precision bf16", "nce-patches 12", "accumulate 2", "ema 0.9", "no-antialias", "diff-augment",
                "gan-mode hinge", "gradient-penalty r1", "early-stopping 9",
            ]),
        OptionCase(
            name: "contrast that counts batches",
            settings: ["objective cut", "norm batch", "batch-size 2", "flip-equivariance", "dropout", "nce-patches 5"],
            images: [.validation]),
        OptionCase(
            name: "pairs by default",
            settings: [
                "objective pix2pix", "generator unet32", "load-size 36", "crop-size 32", "accumulate 2", "ema 0.9", "best-metric ssim",
                "rotation 10", "zoom 1.3", "color-jitter 0.1,0.1,0.1,0.1", "pool-size 2",
            ], images: [.pairs, .validation]),
        OptionCase(
            name: "views in other precision",
            settings: [
                "objective pretrain", "precision bf16", "nce-patches 12", "nce-negatives batch", "batch-size 2", "accumulate 2", "ema 0.9",
                "dropout", "norm batch", "early-stopping 9", "only A",
            ], images: [.validation]),
        OptionCase(
            name: "holes in a U-Net",
            settings: [
                "objective pretrain", "task inpainting", "generator unet32", "load-size 36", "crop-size 32", "dropout", "mask-block 7",
                "clip-gradient 1", "on-failure rollback", "validation-fraction 0.3",
            ]),
        OptionCase(name: "some pairs", settings: ["pairs {pairs}", "batch-size 2", "identity-weight 0", "rotation 8"]),
        OptionCase(name: "nobody watches", settings: ["no-doctor", "no-tensorboard", "on-failure rollback"]),
        OptionCase(
            name: "colours of both domains",
            settings: ["color-jitter 0.1,0.1,0.1,0.1", "color-jitter B=0.3,0,0,0", "rotation 5", "rotation A=9", "zoom 1.1", "zoom B=1.4"]),
        OptionCase(
            name: "all weights",
            settings: ["cycle-weight 4", "cycle-weight-b 6", "identity-weight 1", "adversarial-weight 3", "pool-size 1"]),
        OptionCase(
            name: "everything",
            settings: [
                "color-jitter 0.2,0.2,0.2,0.05", "rotation A=10", "zoom 1.2", "flip B=false", "validation-fraction 0.3", "attention 4",
                "upsampling resize", "antialias", "dropout", "checkpoint-activations", "ema 0.9", "spectral-norm",
                "discriminator-norm none",
                "discriminator-batch 4", "gradient-penalty wgan-gp", "diff-augment", "learning-rate-g 1e-4", "learning-rate-d 4e-4",
                "accumulate 2", "clip-gradient 5", "warmup-steps 10", "learning-rate-policy plateau", "early-stopping 50",
                "early-stopping-metric cycle", "early-stopping-min-delta 0.1", "early-stopping-after 1", "on-failure rollback",
                "checkpoint-every 1",
            ]),
    ]

    /// What the program refuses, or where one takes away what the other does: any of one list beside any of the other. A setting without a
    /// value stands for all of its values.
    static let contradictions: [(one: [Setting], other: [Setting])] = [
        (
            ["objective cut", "objective fastcut", "objective pix2pix", "objective pretrain"],
            [
                "config", "pretrained", "masks", "cycle-weight", "cycle-weight-a", "cycle-weight-b", "identity-weight", "pairs",
                "pair-weight", "best-metric", "early-stopping-metric", "cycle-decay", "cycle-features", "recipe",
            ]
        ),
        (
            ["objective stargan", "objective multicycle"],
            [
                "config", "pretrained", "masks", "cycle-weight", "cycle-weight-a", "cycle-weight-b", "identity-weight", "pairs",
                "pair-weight", "cycle-decay", "cycle-features", "recipe", "penalty-interval",
                "best-metric", "early-stopping-metric", "domain-names", "preset", "pool-size", "discriminator", "discriminator-layers",
                "discriminator-norm", "discriminator-batch", "diff-augment", "spectral-norm", "norm", "gan-mode", "gradient-penalty",
                "load-size B=22", "flip A=false", "flip B=false", "rotation A=20", "rotation B=5", "zoom A=1.2", "zoom B=2", "color-jitter",
                "range A=0...200", "window", "bands", "channels A=5", "channels B=1", "bit-depth", "nce-layers", "nce-patches", "l1-weight",
                "nce-features", "preprocess", "generator unet32", "batch-size", "crop-size",
            ]
        ),
        (
            ["strength"],
            [
                "objective cut", "objective fastcut", "objective pix2pix", "objective pretrain", "objective multicycle", "pretrained",
                "config",
                "masks", "pairs", "norm", "generator unet32", "channels A=5", "channels B=1", "conditioning planes",
            ]
        ),
        (["objective cut", "objective fastcut", "objective pretrain"], ["channels", "generator unet32", "l1-weight"]),
        (
            ["objective pix2pix", "pairs"],
            [
                "load-size B=22", "flip A=false", "flip B=false", "rotation A=20", "rotation B=5", "zoom A=1.2", "zoom B=2", "masks",
                "diff-augment", "discriminator-batch", "config",
            ]
        ),
        (
            ["objective distill"],
            [
                "config", "pretrained", "masks", "cycle-weight", "cycle-weight-a", "cycle-weight-b", "identity-weight", "pairs",
                "pair-weight", "best-metric", "early-stopping-metric", "cycle-decay", "cycle-features", "recipe", "channels", "bit-depth",
                "generator unet32", "discriminator-batch", "nce-layers", "nce-patches", "l1-weight", "load-size B=22", "flip B=false",
                "rotation B=5", "zoom B=2", "window", "bands", "strength",
            ]
        ),
        (["widths"], ["generator", "ngf", "downsamplings", "model-size", "pretrained", "preset"]),
        (["objective pix2pix"], ["nce-layers", "nce-patches"]),
        (["objective pretrain"], ["no-nce-identity", "flip-equivariance", "discriminator-batch"]),
        (["task inpainting"], ["nce-layers", "nce-patches", "nce-features", "nce-temperature", "nce-weight", "nce-negatives"]),
        (["mask-block"], ["crop-size"]),
        (["norm batch", "discriminator-norm batch"], ["gradient-penalty", "gan-mode wgan-gp"]),
        (["norm batch"], ["checkpoint-activations"]),
        (["cycle-features"], ["masks", "discriminator pixel"]),
        (["recipe"], ["norm batch", "discriminator-norm", "gradient-penalty", "gan-mode wgan-gp", "spectral-norm", "learning-rate"]),
        (["preprocess crop", "preprocess none"], ["load-size"]),
        (["generator unet32"], ["attention", "checkpoint-activations", "upsampling", "downsamplings", "antialias", "preprocess"]),
        (
            ["preprocess none", "preprocess scale-width"],
            ["batch-size", "attention", "discriminator-batch", "gan-mode wgan-gp", "crop-size"]
        ),
        (["preprocess none", "preprocess scale-width"], ["gradient-penalty wgan-gp", "gradient-penalty zero-centered"]),
        (["mask-discriminator"], ["diff-augment", "discriminator-batch"]),
        (["composite"], ["channels A=5", "channels B=1"]),
        (["channels A=5"], ["color-jitter"]),
        (["no-flip"], ["flip"]),
        (["pool-size 0"], ["discriminator-batch"]),
        (["crop-size 12x16"], ["attention", "downsamplings 3", "discriminator-layers 2"]),
        (["downsamplings 1"], ["attention 16,4", "attention 4", "attention 8,4"]),
        (["no-doctor"], ["on-failure stop"]),
        (["identity-weight 0", "channels A=5", "channels B=1"], ["early-stopping-metric identityA", "best-metric identity"]),
        (
            ["pretrained"],
            [
                "generator", "ngf", "ndf", "downsamplings", "upsampling", "antialias", "attention", "discriminator", "discriminator-layers",
                "norm", "discriminator-norm", "spectral-norm", "channels", "masks", "dropout",
            ]
        ),
    ]
}
