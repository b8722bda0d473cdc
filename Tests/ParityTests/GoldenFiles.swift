import Checkpoints
import Foundation
import Torch

/// The files that PyTorch's results are in; the guide to them is `README.md` beside this file.
enum Golden {
    static func url(_ path: String) -> URL {
        Bundle.module.resourceURL?.appending(path: "Golden/\(path)") ?? URL(filePath: path)
    }

    static func tensors(_ path: String) throws -> StateDict {
        try StateDict.read(from: url(path))
    }

    static func json<Value: Decodable>(_ path: String, as type: Value.Type = Value.self) throws -> Value {
        try JSONDecoder().decode(type, from: Data(contentsOf: url(path)))
    }
}

/// A tensor that a golden file must hold.
extension StateDict {
    func golden(_ name: String) throws -> Tensor {
        guard let tensor = self[name] else { throw GoldenError(name: name) }
        return tensor
    }
}

struct GoldenError: Error {
    let name: String
}
