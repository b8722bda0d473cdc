extension PixelImage {
    /// How far each pixel lies inside the region of a mask: 0 outside, and inside min(1, d / (feather + 1)), where d is the distance in pixels
    /// to the nearest pixel outside.
    ///
    /// The soft border lies inside the region, and the rim of the image is no border. Without feather the edge is hard. Distances are exact, by
    /// Felzenszwalb and Huttenlocher, "Distance Transforms of Sampled Functions", Theory of Computing 8, 2012.
    ///
    /// - Parameter feather: How wide the border is, in pixels.
    /// - Returns: One weight for each pixel, row by row.
    package func softWeights(feather: Int) -> [Float] {
        precondition(bands == 1 && format == .uint8, "a mask is an 8-bit grey image")
        guard feather > 0 else { return bytes.map { $0 == 0 ? 0 : 1 } }
        // What lies farther away makes no difference.
        let far = feather + 1
        var distances = [Int](repeating: 0, count: bytes.count)
        for column in 0..<width {
            var distance = far
            func pass(_ rows: some Sequence<Int>) {
                for row in rows {
                    let index = row * width + column
                    distance = bytes[index] == 0 ? 0 : min(distance + 1, far)
                    distances[index] = distances[index] == 0 ? distance : min(distances[index], distance)
                }
            }
            pass(0..<height)
            distance = far
            pass((0..<height).reversed())
        }
        var envelope = DistanceEnvelope(count: width)
        var weights: [Float] = []
        weights.reserveCapacity(bytes.count)
        for row in 0..<height {
            let squares = distances[row * width..<(row + 1) * width].map { Double($0 * $0) }
            for square in envelope.squares(squares) { weights.append(Float(min(1, square.squareRoot() / Double(far)))) }
        }
        return weights
    }
}

/// The lower envelope of the parabolas (x - p)² + f(p) over all places p of a line.
private struct DistanceEnvelope {
    private var places: [Int]
    private var starts: [Double]

    init(count: Int) {
        places = Array(repeating: 0, count: count)
        starts = Array(repeating: 0, count: count)
    }

    /// For each place x the least (x - p)² + f(p).
    mutating func squares(_ values: [Double]) -> [Double] {
        func height(_ place: Int) -> Double { values[place] + Double(place * place) }
        var last = 0
        (places[0], starts[0]) = (0, -.infinity)
        for place in values.indices.dropFirst() {
            func start(after other: Int) -> Double { (height(place) - height(other)) / Double(2 * (place - other)) }
            while start(after: places[last]) <= starts[last] { last -= 1 }
            let start = start(after: places[last])
            last += 1
            (places[last], starts[last]) = (place, start)
        }
        var current = 0
        return values.indices.map { x in
            while current < last, starts[current + 1] < Double(x) { current += 1 }
            let p = places[current]
            return Double((x - p) * (x - p)) + values[p]
        }
    }
}
