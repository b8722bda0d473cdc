import CycleGANMetrics
import CycleGANRuns
import CycleGANTraining
import Foundation
import Settings
import Support

/// An error of the libraries, with what to do in terms of flags.
struct WordedError: Error, CustomStringConvertible {
    let description: String

    /// `nil` for an error that needs no flags.
    init?(_ error: any Error) {
        let text =
            switch error {
            case let error as OutOfMemoryError: error.text(\.flags)
            case let error as PretrainedMismatch: error.text(\.flags)
            case let error as any ErrorWithRemedies: error.text(\.flags)
            case let error as LayerReportError: "--\(error)"
            default: "\(error)"
            }
        // Bytes of file names that are no text are written out.
        description = FileName.readable(text)
        if description == "\(error)" { return nil }
    }
}

/// What an error says to someone at the command line.
func worded(_ error: any Error) -> String { WordedError(error)?.description ?? "\(error)" }

/// The name of the network that a published file of weights is of.
private func network(of file: String) -> String { MetricNetwork.allCases.first { $0.published.fileName == file }?.rawValue ?? "" }

/// The flag of a setting.
func flag(ofSetting key: String) -> String { TrainingConfiguration.setting(key)?.flag ?? key }

extension ErrorRemedy {
    /// What to do, with the flags for it.
    var flags: String {
        switch self {
        case .resume(let run): "continue it with --resume \(run)"
        case .start(let run): "start one with cyclegan train DATA --run \(run)"
        case .moveData(let run): "put it back, or say where the images are now: --resume \(run) --data NEW"
        case .chooseAnotherRun: "choose another --run"
        case .putBackAndResume: "put the folder back, copy that file to its checkpoints/latest.safetensors and use --resume"
        case .startFrom(let checkpoint): "start a new run with --pretrained \(checkpoint)"
        case .startSlower(.some(let checkpoint)):
            "look at these files, and start a new run from the last good state with --pretrained \(checkpoint) and a lower --learning-rate"
        case .startSlower(nil): "look at these files, and start again with a lower --learning-rate: no checkpoint had been written yet"
        case .chooseAnotherOutput: "choose another --output"
        case .giveSize: "give it in pixels, such as --size 256"
        case .smallerSize(let side): "--size \(side) fits"
        case .chooseFormat: "--format chooses another one"
        case .chooseTIFF: "give --format tiff, or a .tif file as --output"
        case .skipExisting: "then go on with --skip-existing"
        case .scaleToTraining: "--size training scales them"
        case .giveMasks:
            "add --masks with a folder that holds a mask for every image under the same path, or with one file for one image"
        case .leaveOutStrength: "leave out --strength, or train a model with train --strength"
        case .translateWholly: "leave out --masks, --blend-input, --luma-only, --keep-luma and --compare side-by-side"
        case .giveBothWays: "leave out --confidence, or give a model of both ways, such as a run folder or a checkpoint of a CycleGAN"
        case .chooseNetwork: "choose one with --network"
        case .useRunningStatistics: "--running-statistics uses them"
        case .testAsPix2Pix: "add --batch-statistics and --dropout SEED for that"
        case .leaveOutDropout: "leave out --dropout"
        case .chooseBands(let bands): "choose --bands \(bands)"
        case .giveRange(let range): "give --range \(range)"
        case .giveWeights(let file):
            "fetch it once: cyclegan metrics weights fetch \(network(of: file))\n"
                + "or import a copy of it: cyclegan metrics weights import \(file)\nor name a file with --weights in `metrics` and `evaluate`"
        case .giveStyleWeights(let file):
            "fetch it once: cyclegan metrics weights fetch \(network(of: file))\n"
                + "or import a copy of it: cyclegan metrics weights import \(file)\nor name a file with --vgg"
        case .getElsewhere(let file): "get \(file) by other means (a browser, another computer) and give it with --from FILE"
        case .other: description
        }
    }
}

extension Remedy {
    /// The settings as flags, such as `--batch-size 1 (with accumulate 4 ...)`.
    var flags: String {
        text(separator: " ") { argument in
            guard let setting = TrainingConfiguration.setting(argument.key) else { return "\(argument.key) \(argument.text)" }
            guard setting.kind.isSwitch else { return "\(setting.flag) \(argument.text)" }
            return argument.text == "true" ? setting.flag : setting.negatedFlag
        }
    }
}
