import ArgumentParser
import CycleGANTraining
import Foundation
import Imaging
import Settings
import TestSupport
import Testing

@testable import cyclegan

/// `--model-size`, as the command reads it.
@Suite struct ModelSizeTests {
    private func configuration(_ flags: String..., config: String? = nil) throws -> TrainingConfiguration {
        try configuration(flags, config: config)
    }

    private func configuration(_ flags: [String], config: String? = nil) throws -> TrainingConfiguration {
        try TrainingOptions.parse(flags).configuration(config: config, data: "DATA")
    }

    @Test(arguments: [("small", 64, 72, 32), ("medium", 128, 143, 32), ("full", 256, 286, 64)])
    func oneWordSetsWhatGoesTogether(size: String, crop: Int, load: Int, filters: Int) throws {
        for (objective, generator) in [("cyclegan", "resnet9"), ("fastcut", "resnet9"), ("pix2pix", "unet\(crop)")] {
            let read = try configuration("--model-size", size, "--objective", objective)
            #expect(read.networks.generator.rawValue == generator && (read.networks.ngf, read.networks.ndf) == (filters, filters))
            #expect(read.data.cropSize == ImageSize(crop) && read.domains.loadSize == PerDomain(ImageSize(load)))
            try read.validate()
        }
    }

    @Test func fullIsTheDefaults() throws {
        for objective in ObjectiveKind.allCases {
            // There are no folders to take names from.
            let flags = ["--objective", objective.rawValue] + (objective.hasManyDomains ? ["--domain-names", "a,b"] : [])
            #expect(try configuration(flags + ["--model-size", "full"]) == configuration(flags))
        }
    }

    @Test func flagsWinAndFilesDoNot() throws {
        let read = try configuration("--ngf", "8", "--model-size", "small", "--load-size", "B=90")
        #expect((read.networks.ngf, read.networks.ndf) == (8, 32))
        #expect((read.domains.loadSize[.a], read.domains.loadSize[.b]) == (ImageSize(72), ImageSize(90)))
        try withTemporaryFolder { folder in
            let file = folder.appending(path: "settings.yaml")
            try Data("objective: pix2pix\nngf: 16\nepochs: 3\n".utf8).write(to: file)
            let read = try configuration("--model-size", "medium", config: file.path)
            #expect(read.networks.generator.rawValue == "unet128" && read.networks.ngf == 32 && read.optimization.epochs == 3)
        }
    }

    @Test func notOnResume() throws {
        try withTemporaryFolder { folder in
            let result = try CommandRunner.run(["train", "--resume", folder.path, "--model-size", "small"], in: folder)
            #expect(result.status == 64 && result.errors.contains("--model-size cannot change"), "\(result.errors)")
        }
    }
}
