import Imaging
import Support
import Torch

extension LPIPS {
    /// The distances of pairs of image files, in order.
    ///
    /// - Parameters:
    ///   - workers: Threads that read files ahead.
    ///   - map: Gets the spatial map [1, 1, H, W] of each pair by its index; without it none is made.
    ///   - progress: Called with the number of pairs done.
    /// - Throws: `ImageError` naming a file that cannot be read; `MetricError` for images of different sizes, that are too small or whose
    ///   channels do not fit; what `map` throws.
    public func distances(
        of pairs: ImagePairs, workers: Int = 2, map: ((_ index: Int, _ map: Tensor) throws -> Void)? = nil,
        progress: (_ done: Int) -> Void = { _ in }
    ) throws -> [Double] {
        let files = pairs.pairs
        let images = Prefetcher(count: files.count, workers: workers, capacity: workers + 1) { index in
            (try PixelImage(contentsOf: files[index].first), try PixelImage(contentsOf: files[index].second))
        }
        var values: [Double] = []
        for (index, pair) in files.enumerated() {
            guard let (first, second) = try images.next() else { break }
            guard first.size == second.size else {
                throw MetricError.unlike(
                    first: pair.first.path, second: pair.second.path, found: "\(second.size.dimensions) pixels",
                    expected: first.size.dimensions)
            }
            let x = try first.perceptualInput(name: pair.first.path)
            let y = try second.perceptualInput(name: pair.second.path)
            values.append(try distances(x, y, name: pair.first.path).item())
            if let map { try map(index, try spatialMap(x, y, name: pair.first.path)) }
            progress(index + 1)
        }
        return values
    }
}
