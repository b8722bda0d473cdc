import CTorch

/// A seeded source of random tensors whose state can be saved and restored.
///
/// On the CPU it is libtorch's Mersenne Twister, so the same seed gives PyTorch's numbers.
public final class TorchRandom {
    let generator: OpaquePointer

    /// The device whose tensors this generator fills.
    public let device: Device

    /// - Parameters:
    ///   - seed: The same seed gives the same numbers on the same kind of device.
    ///   - device: The device of the tensors to fill.
    public init(seed: UInt64, device: Device = .cpu) {
        // Fails for a device that is not there: the mistake of who named it without asking `Device.named`, which throws.
        guard let generator = ct_generator_new(seed, device.code) else {
            fatalError("random generator on \(device): \(String(cString: ct_last_error()))")
        }
        self.generator = generator
        self.device = device
    }

    deinit { ct_generator_free(generator) }

    /// The whole state, to be stored in a checkpoint: shape [byte count], dtype uint8.
    public var state: Tensor {
        Tensor(ct_generator_state(generator), "randomState", [])
    }

    /// Continues from a saved state.
    ///
    /// - Throws: `TorchError` when the bytes are not a state of this kind of generator.
    public func restore(_ state: Tensor) throws {
        guard ct_generator_restore(generator, state.pointer) == 0 else {
            throw TorchError("the saved random state does not fit: \(String(cString: ct_last_error()))")
        }
    }

    /// Runs `body` from an earlier state of this generator and then goes on from the present one.
    func replaying<Result>(from earlier: Tensor, _ body: () -> Result) -> Result {
        let present = state
        check(ct_generator_restore(generator, earlier.pointer), "replaying", [earlier])
        defer { check(ct_generator_restore(generator, present.pointer), "replaying", [present]) }
        return body()
    }
}

extension Tensor {
    /// Overwrites every element with a draw from a normal distribution.
    public func fillNormal(mean: Double = 0, standardDeviation: Double = 1, using random: TorchRandom) {
        check(ct_normal_(pointer, mean, standardDeviation, random.generator), "fillNormal", [self])
    }

    /// Overwrites every element with a draw from the uniform distribution over `range`.
    public func fillUniform(in range: Range<Double>, using random: TorchRandom) {
        check(ct_uniform_(pointer, range.lowerBound, range.upperBound, random.generator), "fillUniform", [self])
    }

    /// Overwrites every element with 1 (with the given probability) or 0.
    public func fillBernoulli(probability: Double, using random: TorchRandom) {
        check(ct_bernoulli_(pointer, probability, random.generator), "fillBernoulli", [self])
    }
}
