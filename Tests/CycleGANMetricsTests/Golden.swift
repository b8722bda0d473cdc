import Foundation
import Testing

/// A file of what the tools computed.
func golden(_ path: String) throws -> URL {
    try #require(Bundle.module.resourceURL).appending(path: "Golden").appending(path: path)
}
