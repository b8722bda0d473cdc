/// A value of a program that is being written; sides that are not known before an image comes are nil.
struct MILVariable: Equatable {
    var name: String
    let kind: MILKind
    let shape: [Int?]
}

/// What an operation is given: a value, or numbers that are known.
enum MILInput {
    case value(MILVariable)
    case values([MILVariable])
    case whole(Int)
    case wholes([Int])
    /// A number of the type of the operation's input.
    case number(Double)
    case text(String)
    case flags([Bool])
    case flag(Bool)
}
