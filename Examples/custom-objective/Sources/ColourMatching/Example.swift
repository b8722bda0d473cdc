import CycleGANTraining
import Datasets
import Foundation
import Imaging
import Settings
import Torch
import TrainingReports

/// Some steps of the objective on images that are drawn for it.
enum Example {
    private static let side = 32

    /// Draws grey discs for A and orange ones for B.
    static func drawImages(in folder: URL, count: Int = 8) throws {
        for (name, colour) in [("trainA", [1.0, 1.0, 1.0]), ("trainB", [1.0, 0.5, 0.1])] {
            let images = folder.appending(path: name)
            try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
            for number in 0..<count {
                let (radius, centre) = (6 + number % 5, 12 + number % 8)
                let bytes = (0..<side * side).flatMap { pixel -> [UInt8] in
                    let (x, y) = (pixel % side - centre, pixel / side - centre)
                    let brightness = x * x + y * y < radius * radius ? 230.0 : 60.0
                    return colour.map { UInt8(brightness * $0) }
                }
                try PixelImage(width: side, height: side, bands: 3, bytes: bytes).write(to: images.appending(path: "\(number).png"))
            }
        }
    }

    /// What the libraries' own objectives are configured by fits this one too, as far as it asks for it.
    static func configuration(data: URL, steps: Int) -> TrainingConfiguration {
        var configuration = TrainingConfiguration()
        configuration.data.folder = data.path
        configuration.data.cropSize = ImageSize(side)
        configuration.domains.loadSize = PerDomain(ImageSize(side))
        configuration.networks.generator = .resnet(blocks: 1)
        configuration.networks.ngf = 8
        configuration.networks.ndf = 8
        configuration.networks.discriminatorLayers = 1
        configuration.run.maxSteps = steps
        return configuration
    }

    /// Trains in a new run folder, or goes on where it stopped.
    static func train(data: URL, run: URL, steps: Int, observers: [any TrainingObserver]) throws -> RunSummary {
        let configuration = configuration(data: data, steps: steps)
        try configuration.validate()
        let (folder, device) = (RunFolder(run), Device.cpu)
        let dataset = try configuration.dataset(.train)
        let lock = try RunLock(folder)
        let trainer = Trainer(
            objective: ColourMatching(configuration: configuration, device: device), configuration: configuration, run: folder,
            dataset: dataset, samples: [], device: device, observers: observers + [JSONLinesLog(url: folder.metrics)], lock: lock)
        if folder.holdsRun { try trainer.resume() }
        try folder.write(configuration)
        return try trainer.train()
    }
}
