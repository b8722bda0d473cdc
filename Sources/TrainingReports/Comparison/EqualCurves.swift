import Support

/// Says which curves of a chart cannot be told apart: one lies over the other.
enum EqualCurves {
    /// Such as `a and b are equal; c is equal to a up to step 100, its last`; empty where all curves differ.
    static func text(of curves: [(name: String, curve: Curve)]) -> String {
        let curves = curves.filter { !$0.curve.points.isEmpty }
        var sentences: [String] = []
        var groups: [[Int]] = []
        for index in curves.indices {
            if let group = groups.firstIndex(where: { curves[$0[0]].curve == curves[index].curve }) {
                groups[group].append(index)
            } else {
                groups.append([index])
            }
        }
        for group in groups where group.count > 1 {
            let names = group.map { curves[$0].name }
            sentences.append("\(names.dropLast().joined(separator: ", ")) and \(names[names.count - 1]) are equal")
        }
        for group in groups {
            let (short, points) = (curves[group[0]], curves[group[0]].curve.points)
            // A single value may be equal by chance.
            guard points.count > 1, let last = points.last else { continue }
            guard
                let long = groups.map({ curves[$0[0]] }).first(where: {
                    $0.curve.points.count > points.count && $0.curve.points.starts(with: points)
                })
            else { continue }
            sentences.append("\(short.name) is equal to \(long.name) up to step \(grouped(Int(last.step))), its last")
        }
        return sentences.joined(separator: "; ")
    }
}
