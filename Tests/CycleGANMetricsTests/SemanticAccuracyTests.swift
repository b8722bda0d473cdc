import CycleGANMetrics
import Foundation
import Imaging
import TestSupport
import Testing

@Suite struct SemanticAccuracyTests {
    @Test func scoresEqualBruteForce() throws {
        let golden = try PixelGolden.load().semantic
        let text = golden.palette.enumerated().map { "class \($0),\($1[0]),\($1[1]),\($1[2])" }.joined(separator: "\n")
        let accuracy = SemanticAccuracy(palette: try LabelPalette(text: text))
        let counts = try accuracy.counts(
            prediction: .formula(height: golden.height, width: golden.width, bands: 3, seed: 1),
            truth: .formula(height: golden.height, width: golden.width, bands: 3, seed: 2))
        #expect(counts.confusion.counts == golden.counts)
        let scores = accuracy.scores(counts)
        expectClose(scores.pixelAccuracy, golden.pixelAccuracy)
        expectClose(scores.meanClassAccuracy, golden.meanClassAccuracy)
        expectClose(scores.meanIoU, golden.meanIoU)
        expectClose(scores.meanTruthDistance, golden.meanTruthDistance)
        var sum = SemanticCounts(classCount: golden.palette.count)
        for _ in 0..<3 { sum += counts }
        #expect(sum.confusion.counts == golden.counts.map { 3 * $0 })
        expectClose(sum.meanTruthDistance, golden.meanTruthDistance)
    }

    @Test func classesThatAreMissingAreLeftOut() throws {
        let accuracy = SemanticAccuracy(palette: try LabelPalette(text: "red,255,0,0\ngreen,0,255,0\nblue,0,0,255\nwhite,255,255,255\n"))
        let (red, green, blue): ([UInt8], [UInt8], [UInt8]) = ([255, 0, 0], [0, 255, 0], [0, 0, 255])
        let truth = PixelImage(width: 4, height: 1, bands: 3, bytes: red + red + red + green)
        let prediction = PixelImage(width: 4, height: 1, bands: 3, bytes: red + red + blue + green)
        let scores = accuracy.scores(try accuracy.counts(prediction: prediction, truth: truth))
        #expect(scores.pixelAccuracy == 0.75)
        #expect(scores.classes.map(\.name) == ["red", "green", "blue", "white"])
        #expect(scores.classes.map(\.accuracy) == [2 / 3, 1, nil, nil])
        #expect(scores.classes.map(\.iou) == [2 / 3, 1, 0, nil])
        expectClose(scores.meanClassAccuracy, 5 / 6)
        expectClose(scores.meanIoU, 5 / 9)
        #expect(scores.meanTruthDistance == 0)
    }

    @Test func foldersAreCountedPairByPair() throws {
        try withTemporaryFolder { root in
            try writeSyntheticImages(["a": 4, "b": 4], to: root)
            let accuracy = SemanticAccuracy(palette: try LabelPalette(text: "red,220,60,60\ngreen,60,220,60\nblue,60,60,220"))
            let pairs = try ImagePairs(root.appending(path: "a"), root.appending(path: "b"))
            let counts = try accuracy.counts(of: pairs, workers: 3)
            let expected = try pairs.pairs.map {
                try accuracy.counts(prediction: PixelImage(contentsOf: $0.first), truth: PixelImage(contentsOf: $0.second))
            }
            #expect(counts == expected)
            let interval = try #require(
                Bootstrap().interval(count: 4) { indices in
                    var total = SemanticCounts(classCount: 3)
                    for index in indices { total += counts[index] }
                    return total.confusion.pixelAccuracy
                })
            #expect(interval.lower < interval.upper)
        }
    }

    @Test func picturesOfOtherSizesAndChannelsAreRefused() throws {
        let accuracy = SemanticAccuracy(palette: try LabelPalette(text: "black,0,0,0\nwhite,255,255,255"))
        let image = PixelImage.formula(height: 4, width: 6, bands: 3, seed: 1)
        let sizes = #expect(throws: MetricError.self) {
            try accuracy.counts(
                prediction: .formula(height: 4, width: 7, bands: 3, seed: 1), truth: image, names: ("p.png", "t.png"))
        }
        #expect(try #require(sizes).description.hasPrefix("p.png has 7x4 pixels, but t.png has 6x4"))
        #expect(throws: MetricError.channels(path: "p.png", found: 2, allowed: "1 (grey) or 3 (RGB), with or without alpha")) {
            try accuracy.counts(prediction: .formula(height: 4, width: 6, bands: 2, seed: 1), truth: image, names: ("p.png", "t.png"))
        }
    }

    @Test func palettesAreReadFromText() throws {
        try withTemporaryFolder { root in
            let file = root.appending(path: "labels.csv")
            try Data("# name,red,green,blue\r\nroad, 128,64,128\r\n\r\n  sky,70,130,180\r\n".utf8).write(to: file)
            #expect(
                try LabelPalette(contentsOf: file).labels == [
                    .init(name: "road", red: 128, green: 64, blue: 128), .init(name: "sky", red: 70, green: 130, blue: 180),
                ])
            #expect(throws: MetricError.missingPath(path: root.appending(path: "none").path)) {
                try LabelPalette(contentsOf: root.appending(path: "none"))
            }
        }
    }

    @Test(arguments: [
        ("a,0,0,0\nb,0,0", "labels, line 2: found “b,0,0”"),
        ("a,0,0,0\nb,0,0,256", "labels, line 2: found “b,0,0,256”"),
        ("a,0,0,0\n\n,1,2,3", "labels, line 3: found “,1,2,3”"),
        ("a,0,0,0\nb,0,0,0", "labels, line 2: found “b,0,0,0” after “a”"),
        ("a,0,0,0\na,0,0,1", "labels, line 2: found “a,0,0,1” after “a”"),
        ("# nothing", "labels: found 0 colours"),
        ("a,0,0,0", "labels: found 1 colour"),
    ])
    func badPalettesNameTheLine(_ text: String, _ message: String) throws {
        let error = #expect(throws: MetricError.self) { try LabelPalette(text: text, name: "labels") }
        #expect(try #require(error).description.hasPrefix(message))
    }
}
