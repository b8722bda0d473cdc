import Checkpoints
import Foundation
import Testing
import Torch

/// The files beside the tests, made by Fixtures/make_fixtures.py.
enum Fixture {
    static func url(_ name: String) -> URL {
        Bundle.module.bundleURL.appending(path: "Fixtures/\(name)")
    }

    static func data(_ name: String) throws -> Data {
        try Data(contentsOf: url(name))
    }
}

/// Checks that two state dicts have the same tensors bit by bit; NaN and the sign of zero count.
func expectSame(_ actual: StateDict, _ expected: StateDict, inOrder: Bool = true, sourceLocation: SourceLocation = #_sourceLocation) {
    let (found, wanted) = inOrder ? (actual.names, expected.names) : (actual.names.sorted(), expected.names.sorted())
    #expect(found == wanted, sourceLocation: sourceLocation)
    for (name, tensor) in expected {
        guard let other = actual[name] else { continue }
        let isSame = other.dtype == tensor.dtype && other.shape == tensor.shape && bytes(of: other) == bytes(of: tensor)
        #expect(isSame, "\(name): \(other), expected \(tensor)", sourceLocation: sourceLocation)
    }
}

func bytes(of tensor: Tensor) -> [UInt8] {
    tensor.withUnsafeBytes { Array($0) }
}

/// Runs `body`, which has to throw, and gives the error's message.
func message(sourceLocation: SourceLocation = #_sourceLocation, _ body: () throws(CheckpointError) -> StateDict) -> String {
    do {
        let contents = try body()
        Issue.record("no error; \(contents.names) were read", sourceLocation: sourceLocation)
        return ""
    } catch {
        return "\(error)"
    }
}
