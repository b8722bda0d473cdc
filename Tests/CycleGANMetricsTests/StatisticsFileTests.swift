import Checkpoints
import CycleGANMetrics
import Foundation
import TestSupport
import Testing
import Torch

@Suite struct StatisticsFileTests {
    private let provenance = FeatureProvenance(featureProtocol: .clean, feature: "2048", weights: "aa", images: "bb")

    @Test func pytorchFIDsFilesAreRead() throws {
        let (statistics, provenance) = try StatisticsFile.read(StatisticsGolden.url("statistics.npz"))
        let golden = try StatisticsGolden.tensors()
        expectClose(statistics.mean, try #require(golden["first.mu"]), relative: 0, absolute: 0)
        expectClose(statistics.covariance, try #require(golden["first.sigma"]), relative: 0, absolute: 0)
        #expect(statistics.count == nil && provenance == nil)
    }

    @Test(arguments: StatisticsFile.Format.allCases) func writtenFilesReadBackEqual(format: StatisticsFile.Format) throws {
        let statistics = try FeatureStatistics(of: StatisticsGolden.features("first"))
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "statistics.\(format.rawValue)")
            try StatisticsFile.write(statistics, provenance: provenance, to: url)
            let (copy, source) = try StatisticsFile.read(url)
            expectClose(copy.mean, statistics.mean, relative: 0, absolute: 0)
            expectClose(copy.covariance, statistics.covariance, relative: 0, absolute: 0)
            #expect(copy.count == 60 && copy.path == url.path && source == provenance)
        }
    }

    @Test func whatIsNoStatisticsIsExplained() throws {
        let mean = Tensor.zeros([2], dtype: .float64)
        func covariance(_ values: [Double]) -> Tensor { Tensor(values, shape: [2, 2]) }
        let cases: [([(String, Tensor)], String)] = [
            ([("mu", mean)], "lacks"), ([("mu", mean), ("sigma", mean)], "shape"), ([("mu", mean), ("sigma", .ones([3, 3]))], "shape"),
            ([("mu", mean), ("sigma", covariance([1, .nan, .nan, 1]))], "finite"),
            ([("mu", mean * .nan), ("sigma", .ones([2, 2]))], "finite"),
            ([("mu", mean), ("sigma", covariance([1, 0.5, 0.4, 1]))], "symmetric"),
        ]
        try withTemporaryFolder { folder in
            let url = folder.appending(path: "bad.npz")
            for (arrays, expected) in cases {
                try NumpyArchive.write(StateDict(arrays.map { (name: $0.0, tensor: $0.1) }), to: url)
                let error = #expect(throws: MetricError.self) { try StatisticsFile.read(url) }
                let text = try #require(error).description
                #expect(text.contains(expected) && text.contains(url.path), "\(text)")
            }
            #expect(throws: MetricError.self) { try StatisticsFile.read(folder.appending(path: "statistics.pkl")) }
            #expect(throws: CheckpointError.self) { try StatisticsFile.read(folder.appending(path: "missing.npz")) }
        }
    }
}
