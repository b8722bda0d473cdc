import Support
import Testing
import Torch

@Suite struct TensorMemoryTests {
    /// Tensors of 4 bytes to 1 MiB come and go in random order, and each keeps the value it was filled with.
    private func tensorsKeepTheirValues(seed: UInt64) -> Bool {
        var random = SplitMix64(seed: seed)
        var tensors: [(value: Double, tensor: Tensor)] = []
        for turn in 0..<600 {
            let count = 1 << Int.random(in: 0...18, using: &random) + Int.random(in: 0...9, using: &random)
            let value = Double(turn)
            tensors.append((value, Tensor.full([count], value)))
            if tensors.count > 40 {
                let (value, tensor) = tensors.remove(at: Int.random(in: 0..<tensors.count, using: &random))
                guard holds(tensor, value) else { return false }
            }
        }
        return tensors.allSatisfy { holds($0.tensor, $0.value) }
    }

    private func holds(_ tensor: Tensor, _ value: Double) -> Bool { (tensor - value).abs().sum().item() == 0 }

    @Test func retainedMemoryBelongsToOneTensorAtATime() async {
        TorchRuntime.retainFreedMemory()
        await withTaskGroup(of: Bool.self) { group in
            for seed in 1...4 as ClosedRange<UInt64> { group.addTask { tensorsKeepTheirValues(seed: seed) } }
            for await kept in group { #expect(kept) }
        }
    }
}
