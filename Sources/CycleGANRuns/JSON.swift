import Foundation

/// The version of the JSON objects that the command prints. It rises when a key disappears or changes its meaning, not when one is added.
package let jsonSchema = 1

/// A value as one JSON object with sorted keys and its schema, for people and programs.
package func jsonData(_ value: some Encodable) throws -> Data {
    try encoded(value, [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
}

/// The same on one line, without its end.
package func jsonLine(_ value: some Encodable) throws -> String {
    String(decoding: try encoded(value, [.sortedKeys, .withoutEscapingSlashes]), as: UTF8.self)
}

private func encoded(_ value: some Encodable, _ format: JSONEncoder.OutputFormatting) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = format
    encoder.dateEncodingStrategy = .iso8601
    return try encoder.encode(WithSchema(value: value))
}

/// An object with the key `schema` beside its own.
private struct WithSchema<Value: Encodable>: Encodable {
    let value: Value

    private enum CodingKeys: CodingKey { case schema }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(jsonSchema, forKey: .schema)
    }
}
