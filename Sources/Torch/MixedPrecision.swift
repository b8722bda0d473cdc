import CTorch

/// Runs `body` with convolutions and matrix products on `device` in another precision; the rest, and all weights, stay as they are.
///
/// libtorch's autocast. Norms of fused layers take their statistics in float32. Gradients follow the precision of the forward pass, so
/// `backward()` belongs outside.
/// - Parameter dtype: `.bfloat16` or `.float16`; nil runs `body` as it is.
public func withAutocast<Result>(_ dtype: DType?, on device: Device, _ body: () throws -> Result) rethrows -> Result {
    guard let dtype else { return try body() }
    var (wasEnabled, previous) = (false, CT_FLOAT32)
    check(ct_autocast_begin(device.code, dtype.code, &wasEnabled, &previous), "withAutocast", [])
    defer { ct_autocast_end(device.code, wasEnabled, previous) }
    return try body()
}

extension Tensor {
    /// The same images [N, C, H, W] stored with the channels of each pixel side by side.
    public func channelsLast() -> Tensor { Tensor(ct_channels_last(pointer), "channelsLast", [self]) }

    /// Divides the gradients of `tensors` by `scale`; whether all of them are finite. Waits for the device.
    package static func unscaleGradients(of tensors: [Tensor], by scale: Double) -> Bool {
        var allFinite = false
        check(withPointers(tensors) { ct_unscale_gradients($0, $1, scale, &allFinite) }, "unscaleGradients", [])
        return allFinite
    }
}
