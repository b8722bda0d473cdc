import Foundation

/// Where a generator comes from: how it was trained, and what people say of it. It goes with every copy of the model.
public struct ModelCard: Codable, Equatable, Sendable {
    /// What was optimised, such as `cyclegan`.
    public var objective: String?
    /// Optimiser steps of the training.
    public var steps: Int?
    /// Its last epoch, from 1.
    public var epoch: Int?
    /// The training images: how many, and a fingerprint of their names.
    public var data: String?
    /// How they were brought to the size of training.
    public var preprocessing: String?
    /// The metric that chooses the best state and its value in the last validation that was better than all before.
    public var best: Score?
    /// What its makers say of it.
    public var note: String?
    /// The licence: its name, or its text.
    public var licence: String?

    /// A value of a metric.
    public struct Score: Codable, Equatable, Sendable {
        /// The name of the metric.
        public var metric: String
        /// Its value.
        public var value: Double
        /// The epoch after which it was measured.
        public var epoch: Int

        /// A value of a metric after an epoch.
        public init(metric: String, value: Double, epoch: Int) {
            (self.metric, self.value, self.epoch) = (metric, value, epoch)
        }
    }

    /// A card on which nothing is written.
    public init() {}

    /// The entry of a file's metadata that holds the card, as JSON.
    public static let key = "model"

    /// The card in a file's metadata; nothing where there is none, or one that cannot be read.
    public init?(_ metadata: [String: String]) {
        guard let text = metadata[Self.key], let card = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)) else { return nil }
        self = card
    }

    /// The facts in words, one a line; the licence by its first line.
    public var lines: [String] {
        var training: [String] = []
        if let objective { training.append(objective) }
        if let steps { training.append("\(steps) steps") }
        if let epoch { training.append("\(epoch) epochs") }
        if let preprocessing { training.append(preprocessing) }
        var lines = training.isEmpty ? [] : ["trained: " + training.joined(separator: ", ")]
        if let data { lines.append("training images: \(data)") }
        if let best { lines.append("best validation: \(best.metric) \(Float(best.value)) after epoch \(best.epoch)") }
        if let note { lines.append("note: \(note)") }
        if let licence { lines.append("licence: \(licence.split(whereSeparator: \.isNewline).first.map(String.init) ?? "")") }
        return lines
    }
}
