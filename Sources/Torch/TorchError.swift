import CTorch

/// What libtorch said when an operation failed.
public struct TorchError: Error, CustomStringConvertible, Sendable {
    /// The operation, the shapes it was given and libtorch's message.
    public let message: String
    /// Whether there was not enough memory, of the CPU or of a GPU.
    public let isOutOfMemory: Bool

    /// An error with a message of its own.
    public init(_ message: String, isOutOfMemory: Bool = false) {
        self.message = message
        self.isOutOfMemory = isOutOfMemory
    }

    public var description: String { message }
}

/// Runs `body` and turns the first libtorch error inside it into a throw.
///
/// Outside such a scope a shape mistake is a bug of the caller and stops the program with a message. Inside, operations
/// that fail yield an undefined tensor, and everything computed from it fails quietly, until `body` ends. Scopes are per thread.
///
/// - Throws: `TorchError` with the first failure, or what `body` throws.
public func withTorchErrors<Result>(_ body: () throws -> Result) throws -> Result {
    ct_error_scope_begin()
    let result = Swift.Result { try body() }
    var isOutOfMemory = false
    if let message = ct_error_scope_end(&isOutOfMemory) { throw TorchError(String(cString: message), isOutOfMemory: isOutOfMemory) }
    return try result.get()
}

/// Reports libtorch's last error for `operation`: recorded in an open scope, else the end of the program.
func fail(_ operation: String, _ operands: [Tensor]) {
    // Before the operands are asked, which may fail too.
    let (reason, isOutOfMemory) = (String(cString: ct_last_error()), ct_last_error_is_of_memory())
    let shapes = operands.map { "\($0.dtype)\($0.shape)" }.joined(separator: ", ")
    let message = "\(operation)(\(shapes)): \(reason)"
    // Outside of `withTorchErrors` a failure is a mistake of the caller, as an index out of range is.
    if !ct_error_scope_record(message, isOutOfMemory) { fatalError(message) }
}

/// Checks the status of an in-place operation.
func check(_ status: Int32, _ operation: String, _ operands: [Tensor]) {
    if status != 0 { fail(operation, operands) }
}
