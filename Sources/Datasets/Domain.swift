/// One of the two kinds of images.
public enum Domain: String, CaseIterable, Codable, Sendable {
    case a = "A"
    case b = "B"
}
