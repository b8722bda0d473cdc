import TorchNN

/// The names of a network's tensors in a file, and the reference's names for them.
///
/// Many implementations number their layers as the reference does and call the chain of layers `main` or the chain in a residual block
/// `block`: with these words exchanged their files are the reference's.
struct NetworkLayout {
    private let root: String?
    private let block: String?
    private let target: String

    /// - Parameter tensors: Names and shapes of all tensors of one network.
    init(_ tensors: [(name: String, shape: [Int])]) {
        let paths = tensors.map { $0.name.split(separator: ".") }
        /// The one word that all these names have at a place.
        func word(at place: Int, of paths: [[Substring]]) -> String? {
            let words = Set(paths.map { $0[place] })
            return words.count == 1 ? words.first.map(String.init) : nil
        }
        let isChain = !paths.isEmpty && paths.allSatisfy { Self.isChain($0) || Self.isInBlock($0) }
        root = isChain ? word(at: 0, of: paths) : nil
        block = isChain ? word(at: 2, of: paths.filter(Self.isInBlock)) : nil
        let first = tensors.first { $0.shape.count == 4 }?.shape
        target = first?[2] == 1 ? "net" : "model"
    }

    /// The reference's name of a tensor.
    func reference(_ name: String) -> String {
        var path = SpectralNormConv2d.hookName(name).split(separator: ".").map(String.init)
        if let root, path[0] == root { path[0] = target }
        if let block, path.count > 4, path[2] == block { path[2] = "conv_block" }
        return path.joined(separator: ".")
    }

    /// `root.7.weight`, or `root.7.weight_orig`.
    private static func isChain(_ path: [Substring]) -> Bool {
        path.count >= 3 && Int(path[1]) != nil && Int(path[2]) == nil && (path.count == 3 || path[2] == "parametrizations")
    }

    /// `root.10.block.1.weight`.
    private static func isInBlock(_ path: [Substring]) -> Bool {
        path.count == 5 && Int(path[1]) != nil && Int(path[3]) != nil
    }
}
