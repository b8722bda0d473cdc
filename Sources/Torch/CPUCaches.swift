import CTorch

/// The caches of a processor.
public struct CPUCaches: Equatable, Encodable, Sendable {
    /// Where their sizes come from.
    public enum Source: String, Codable, Sendable {
        /// The system.
        case system
        /// The environment variable `CYCLEGAN_CACHE`.
        case environment
        /// What nearly all processors have at least, because the system does not tell.
        case assumed
    }

    /// Bytes of a core's own second cache.
    public let second: Int
    /// Bytes of the third cache, which cores share.
    public let third: Int
    /// Processors that this process sees at the third cache; `nil` where the system does not tell.
    public let sharers: Int?
    /// Where the sizes come from.
    public let source: Source

    init(_ caches: ct_caches) {
        (second, third) = (Int(caches.second), Int(caches.third))
        sharers = caches.sharers > 0 ? Int(caches.sharers) : nil
        source =
            switch caches.source {
            case CT_CACHES_OF_ENVIRONMENT: .environment
            case CT_CACHES_ASSUMED: .assumed
            default: .system
            }
    }

    /// Both sizes as `CYCLEGAN_CACHE` takes them, such as `512K,32M`.
    public var sizes: String {
        [second, third].map { size in
            if size.isMultiple(of: 1 << 20) { return "\(size >> 20)M" }
            return size.isMultiple(of: 1 << 10) ? "\(size >> 10)K" : "\(size)"
        }.joined(separator: ",")
    }
}
