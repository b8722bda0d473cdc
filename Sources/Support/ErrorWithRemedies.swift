/// An error that can be helped. What to do is a value, so that a program can say it in its own terms, as a command does with its flags.
package protocol ErrorWithRemedies: Error, CustomStringConvertible {
    /// What happened and where.
    var problem: String { get }
    /// What may help, each alone.
    var remedies: [ErrorRemedy] { get }
    /// What stands between the problem and the remedies.
    var separator: String { get }
}

extension ErrorWithRemedies {
    package var separator: String { "; " }

    /// The problem and its remedies.
    ///
    /// - Parameter wording: A remedy in words.
    package func text(_ wording: (ErrorRemedy) -> String) -> String {
        remedies.isEmpty ? problem : problem + separator + remedies.map(wording).joined(separator: ", or ")
    }
}

/// What to do about an error. Its description names things; a command may name its flags.
package enum ErrorRemedy: Equatable, Sendable, CustomStringConvertible {
    /// What every program says alike.
    case other(String)
    /// Go on with the run in this folder.
    case resume(run: String)
    /// Start a run in this folder.
    case start(run: String)
    /// Say where the images of the run in this folder are now.
    case moveData(run: String)
    /// Start in another folder.
    case chooseAnotherRun
    /// Put a folder back that was removed, with the state that was saved elsewhere, and go on.
    case putBackAndResume
    /// Start a new run from the networks of this checkpoint.
    case startFrom(checkpoint: String)
    /// Start again with smaller steps: from this checkpoint, where there is one.
    case startSlower(checkpoint: String?)
    /// Write results elsewhere.
    case chooseAnotherOutput
    /// Say to which size images are scaled.
    case giveSize
    /// Scale images to so many pixels at the longer side.
    case smallerSize(Int)
    /// Write results in a format of one's own choice.
    case chooseFormat
    /// Write results as TIFF files.
    case chooseTIFF
    /// Go on with what is left to do.
    case skipExisting
    /// Scale images to the size of the training.
    case scaleToTraining
    /// Give the masks that a model needs.
    case giveMasks
    /// Take whole translations, without masks and blending.
    case translateWholly
    /// Take a model that translates both ways.
    case giveBothWays
    /// Say which network of a file is meant.
    case chooseNetwork
    /// Normalise by the running statistics.
    case useRunningStatistics
    /// Normalise by each image's own statistics and keep dropout on.
    case testAsPix2Pix
    /// Have no dropout.
    case leaveOutDropout
    /// Say which bands of images are used, such as these.
    case chooseBands(String)
    /// Translate wholly, or with a model that was trained for less.
    case leaveOutStrength
    /// Say which values of images become black and white, such as these.
    case giveRange(String)
    /// Import this file of weights, or name one.
    case giveWeights(file: String)
    /// Get this file by other means, and name it.
    case getElsewhere(file: String)
    /// Import the weights of the network whose features a style is made of, or name their file.
    case giveStyleWeights(file: String)

    package var description: String {
        switch self {
        case .other(let text): text
        case .resume: "continue it"
        case .start: "start one there"
        case .moveData: "put it back, or give the folder that the images are in now"
        case .chooseAnotherRun: "choose another folder"
        case .putBackAndResume: "put the folder back, copy that file to its checkpoints/latest.safetensors and resume the run"
        case .startFrom(let checkpoint): "start a new run from the networks in \(checkpoint)"
        case .startSlower(.some(let checkpoint)):
            "look at these files, and start a new run from the last good state, \(checkpoint), with a lower learning rate"
        case .startSlower(nil): "look at these files, and start again with a lower learning rate: no checkpoint had been written yet"
        case .chooseAnotherOutput: "write to another place"
        case .giveSize: "give a size in pixels"
        case .smallerSize(let side): "scale the image to \(side) pixels at the longer side"
        case .chooseFormat: "choose another format"
        case .chooseTIFF: "write .tif files"
        case .skipExisting: "go on with what is left"
        case .scaleToTraining: "scale them to the size of the training"
        case .giveMasks: "give a folder that holds a mask for every image under the same path, or one file for one image"
        case .translateWholly: "take whole translations alone, without masks and without anything of their images"
        case .giveBothWays: "give a model of both ways, such as a run folder or a checkpoint of a CycleGAN"
        case .chooseNetwork: "say which one is meant"
        case .useRunningStatistics: "they can be used all the same"
        case .testAsPix2Pix: "it normalises by each image's own statistics and keeps dropout on"
        case .leaveOutStrength: "leave out the strength, or use a model that was trained with one"
        case .leaveOutDropout: "leave out the seed for dropout"
        case .chooseBands(let bands): "choose the bands (setting bands), such as \(bands)"
        case .giveRange(let range): "set the range of values (setting range), such as \(range)"
        case .giveWeights(let file): "import \(file) once, or name a file of weights"
        case .getElsewhere(let file): "get \(file) by other means and say where it is"
        case .giveStyleWeights(let file): "import \(file) once, or name its file"
        }
    }
}
