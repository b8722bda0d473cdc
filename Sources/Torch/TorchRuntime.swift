import CTorch

/// Facts and settings of the process-wide libtorch.
public enum TorchRuntime {
    /// The version of libtorch, such as `2.15.0`.
    public static var version: String { String(cString: ct_version()) }

    /// The number of threads one operation may use on the CPU.
    public static var threadCount: Int {
        get { Int(ct_thread_count()) }
        set {
            precondition(newValue > 0, "the number of threads must be positive, not \(newValue)")
            check(ct_set_thread_count(Int32(newValue)), "setThreadCount", [])
        }
    }

    /// The number of tensors that this thread has made and that are still alive, for leak tests.
    public static var liveTensorCount: Int { Int(ct_live_handles()) }

    /// Keeps the memory of freed tensors on the CPU in this process for the next ones, instead of giving it back and getting it cleared again.
    ///
    /// For programs whose work is tensors, at their start. Large tensors then share address space of their own, on large pages where the
    /// system has them, so that repeated work finds the same memory again and the process does not grow.
    public static func retainFreedMemory() { ct_retain_freed_memory() }

    /// Lets all allocations of tensors on the CPU fail that `body` makes on this thread after so many others, for tests.
    package static func failingAllocations<Result>(after count: Int, _ body: () throws -> Result) rethrows -> Result {
        ct_fail_allocations(Int64(count))
        defer { ct_fail_allocations(-1) }
        return try body()
    }

    /// Waits until the device has finished all work given to it.
    public static func synchronize(_ device: Device) {
        check(ct_synchronize(device.code), "synchronize", [])
    }

    // libtorch asks for CUDA once and remembers the answer, so the library has to be loaded before the first question.
    private static let cudaLoading: String? = ct_load_cuda() == 0 ? nil : String(cString: ct_last_error())

    static var cudaLoadError: String? { cudaLoading }

    static var cudaDeviceCount: Int {
        guard cudaLoading == nil else { return 0 }
        return Int(ct_cuda_device_count())
    }

    static var hasMPS: Bool { ct_has_mps() }
}
