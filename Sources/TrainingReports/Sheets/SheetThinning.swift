/// Which sample sheets a run keeps as they age.
///
/// All of the last 1,000 steps; of the 9,000 steps before, the last one of each 1,000 and of each epoch; of the time before that the last one
/// of each epoch or, where epochs are short, of as many as have 1,000 steps. The one of step 0 stays.
///
/// The last sheet of a span is there before an earlier one of the span goes, and what is gone would go at any later step too. So it does
/// not matter how often and when a run thins out, and one that was killed and resumed ends with the sheets of one that was not.
struct SheetThinning {
    /// The steps whose sheets all stay, which is also the shortest span that has one sheet.
    var recent = 1000
    /// The steps after which epochs count alone.
    var middle = 10_000
    let stepsPerEpoch: Int

    /// The steps whose sheets are to go.
    ///
    /// - Parameters:
    ///   - steps: Those that there are sheets of, in order.
    ///   - latest: The step that the run is at.
    func superseded(_ steps: [Int], at latest: Int) -> [Int] {
        steps.indices.filter { index in
            let step = steps[index]
            guard step > 0, latest - step >= recent else { return false }
            let next = index + 1 < steps.count ? steps[index + 1] : .max
            func isLast(of span: Int) -> Bool { (step - 1) / span != (next - 1) / span }
            return !isLast(of: epochSpan) && !(latest - step < middle && isLast(of: recent))
        }.map { steps[$0] }
    }

    /// The steps of the fewest whole epochs that are not shorter than `recent`.
    var epochSpan: Int {
        let epoch = max(1, stepsPerEpoch)
        return epoch * ((recent + epoch - 1) / epoch)
    }
}
