import Checkpoints
import CycleGANInference
import CycleGANModels
import Foundation
import Synchronization
import Testing
import Torch

@testable import CycleGANRuns

extension Translator {
    /// One of a small network as it is made, whose file lies in a folder.
    static func untrained(in folder: URL, filters: Int = 2) throws -> Translator {
        let url = folder.appending(path: "net.safetensors")
        try GeneratorConfiguration(architecture: .resnet(blocks: 1), inputChannels: 3, outputChannels: 3, filters: filters)
            .makeGenerator(random: TorchRandom(seed: 4)).stateDict().write(to: url)
        return Translator(try GeneratorFile(url), device: .cpu)
    }

    /// What becomes of one file.
    func record(of input: URL, to output: URL, _ options: TranslationOutput = TranslationOutput()) throws -> TranslationRecord {
        let records = Mutex<[TranslationRecord]>([])
        let plan = try TranslationPlan(inputs: [input], output: output, naming: options)
        _ = TranslationRun(plan, by: self, output: options).run { record, _ in records.withLock { $0.append(record) } }
        return try #require(records.withLock { $0.first })
    }
}
