import CGLib

/// The SHA-256 of bytes that come piece by piece (FIPS 180-4).
package final class SHA256 {
    private let checksum: OpaquePointer

    package init() {
        guard let checksum = g_checksum_new(G_CHECKSUM_SHA256) else { preconditionFailure("GLib knows no SHA-256") }
        self.checksum = checksum
    }
    deinit { g_checksum_free(checksum) }

    package func update(_ bytes: UnsafeRawBufferPointer) {
        // Without bytes there may be no address either.
        guard let start = bytes.baseAddress else { return }
        g_checksum_update(checksum, start.assumingMemoryBound(to: UInt8.self), gssize(bytes.count))
    }

    /// The 32 bytes of the digest; nothing can be added behind it.
    package func finalize() -> [UInt8] {
        var count = gsize(g_checksum_type_get_length(G_CHECKSUM_SHA256))
        var digest = [UInt8](repeating: 0, count: Int(count))
        g_checksum_get_digest(checksum, &digest, &count)
        return digest
    }

    /// The digest of some bytes.
    package static func digest(of bytes: some Sequence<UInt8>) -> [UInt8] {
        let hash = SHA256()
        Array(bytes).withUnsafeBytes { hash.update($0) }
        return hash.finalize()
    }
}
