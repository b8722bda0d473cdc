import CycleGANInference
import Foundation
import Synchronization
import Testing

@testable import CycleGANRuns

extension Translator {
    /// What becomes of one file.
    func record(of input: URL, to output: URL, _ options: TranslationOutput = TranslationOutput()) throws -> TranslationRecord {
        let records = Mutex<[TranslationRecord]>([])
        let plan = try TranslationPlan(inputs: [input], output: output, naming: options)
        _ = TranslationRun(plan, by: self, output: options).run { record, _ in records.withLock { $0.append(record) } }
        return try #require(records.withLock { $0.first })
    }
}
