import TestSupport
import Testing
import Torch
import TorchNN

struct GradientScalerTests {
    private let weight = Tensor([3, 4] as [Float], shape: [2])
    private let optimizer: Adam

    init() {
        weight.setRequiresGrad(true)
        optimizer = Adam(groups: [([("weight", weight)], 0.1)])
    }

    /// The gradient of a scaled loss is divided by the scale again.
    @Test func gradientsAreThoseOfTheLossItself() {
        var scaler = GradientScaler()
        (weight.square().sum() * scaler.scale).backward()
        let areFinite = scaler.unscaleGradients(of: optimizer)
        #expect(areFinite)
        expectClose(weight.grad ?? .zeros([2]), Tensor([6, 8] as [Float], shape: [2]))
    }

    /// PyTorch's rules: half after an infinite gradient, double after 2000 steps without one; the state goes on where it was.
    @Test func theScaleFollowsTheGradients() throws {
        var scaler = GradientScaler()
        (weight.square().sum() * Double.infinity).backward()
        let areFinite = scaler.unscaleGradients(of: optimizer)
        #expect(!areFinite)
        scaler.finishStep()
        #expect(scaler.scale == 32768)
        for _ in 0..<1999 { scaler.finishStep() }
        var resumed = try #require(GradientScaler(state: scaler.state))
        #expect(resumed == scaler && scaler.scale == 32768)
        resumed.finishStep()
        #expect(resumed.scale == 65536 && resumed.steps == 0)
    }

    @Test(
        arguments: [[65536], [0, 3], [.infinity, 3], [.nan, 3], [65536, 0.5], [65536, 2000], [65536, -1], [1, 2, 3]] as [[Double]])
    func damagedStatesAreRefused(_ values: [Double]) {
        #expect(GradientScaler(state: Tensor(values, shape: [values.count])) == nil)
    }
}
