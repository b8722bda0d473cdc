import Testing
import Torch

/// Checks that two tensors agree element by element: |actual - expected| ≤ absolute + relative · |expected|.
public func expectClose(
    _ actual: Tensor, _ expected: Tensor, relative: Double = 1e-6, absolute: Double = 1e-8, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    guard actual.shape == expected.shape else {
        Issue.record("\(what): shape \(actual.shape), expected \(expected.shape)", sourceLocation: sourceLocation)
        return
    }
    let found = actual.detached().to(.float64).array(of: Double.self)
    let wanted = expected.detached().to(.float64).array(of: Double.self)
    // NaN fails too: the comparison is true only for numbers within the tolerance.
    let wrong = found.indices.filter { !(abs(found[$0] - wanted[$0]) <= absolute + relative * abs(wanted[$0])) }
    guard let worst = wrong.max(by: { abs(found[$0] - wanted[$0]) < abs(found[$1] - wanted[$1]) }) else { return }
    Issue.record(
        "\(what): \(wrong.count) of \(found.count) elements differ, worst at \(worst): \(found[worst]), expected \(wanted[worst])",
        sourceLocation: sourceLocation)
}

/// Checks that a number is within a relative or absolute distance of another.
public func expectClose(
    _ actual: Double, _ expected: Double, relative: Double = 1e-6, absolute: Double = 1e-12, _ what: String = "",
    sourceLocation: SourceLocation = #_sourceLocation
) {
    if !(abs(actual - expected) <= absolute + relative * abs(expected)) {
        Issue.record("\(what): \(actual), expected \(expected)", sourceLocation: sourceLocation)
    }
}
