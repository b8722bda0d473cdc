/// A question that a graph cannot answer.
public enum GraphError: Error, Equatable, CustomStringConvertible, Sendable {
    /// No layer has this name.
    case unknownPlace(String, known: [String])
    /// Inputs of these shapes do not fit the operation of a layer.
    case misfit(layer: String, operation: String, found: [[Int]], needed: String)
    /// A layer does not say what it does.
    case unknownOperation(layer: String, type: String)
    /// An operation that no strip of rows can do.
    case needsWholeImage(layer: String, reason: String)
    /// A strip of one row takes more memory than there is.
    case needsMoreMemory(bytes: Int, found: Int)

    public var description: String {
        switch self {
        case .unknownPlace(let place, let known):
            "there is no layer '\(place)'; the network has \(known.filter { !$0.isEmpty }.joined(separator: ", "))"
        case .misfit(let layer, let operation, let found, let needed):
            "\(layer), \(operation): found inputs of \(found.map(Self.text).joined(separator: " and ")); needed: \(needed)"
        case .unknownOperation(let layer, let type):
            "\(layer) is a \(type), which does not say what it does; give it append(to:_:)"
        case .needsWholeImage(let layer, let reason):
            "\(layer) \(reason), so that the network needs the whole image at once"
        case .needsMoreMemory(let bytes, let found):
            "a strip of one row takes about \(bytes / 1_000_000) MB beside the program, of which there are \(found / 1_000_000) MB"
        }
    }

    private static func text(_ shape: [Int]) -> String { shape.map(String.init).joined(separator: "x") }
}
