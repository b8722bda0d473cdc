import Support

/// A model that cannot be made smaller as it was asked for.
public enum CompressionError: ErrorWithRemedies, Equatable {
    /// A layer whose channels cannot be followed.
    case unknownLayer(name: String, operation: String)
    /// A model whose kind or use does not allow it.
    case unfit(file: String, found: String, allowed: String)
    /// A number of multiply-adds that cannot be reached.
    case impossibleTarget(found: String, allowed: String)
    /// A folder that holds something else, or another compression.
    case folder(path: String, found: String, allowed: String)

    /// What is wrong.
    public var problem: String {
        switch self {
        case .unknownLayer(let name, let operation):
            "the layer \(name) (\(operation)) is none whose channels can be followed; only ResNet generators can be made smaller"
        case .unfit(let file, let found, let allowed): "\(file): found \(found); expected \(allowed)"
        case .impossibleTarget(let found, let allowed): "multiply-adds: found \(found); expected \(allowed)"
        case .folder(let path, let found, let allowed): "\(path): found \(found); expected \(allowed)"
        }
    }

    package var remedies: [ErrorRemedy] { [] }

    public var description: String { text(\.description) }
}
