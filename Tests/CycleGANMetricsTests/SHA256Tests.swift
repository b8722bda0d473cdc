import Foundation
import Support
import TestSupport
import Testing

@testable import CycleGANMetrics

@Suite struct SHA256Tests {
    /// The examples of FIPS 180-4, by NIST.
    @Test func publishedDigestsAreFound() {
        let examples: [(bytes: [UInt8], digest: String)] = [
            ([], "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            (Array("abc".utf8), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
            (
                Array("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq".utf8),
                "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
            ),
            ([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000), "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"),
        ]
        for (bytes, digest) in examples { #expect(hexadecimal(SHA256.digest(of: bytes)) == digest) }
    }

    /// The key of files is the digest of their digests: of `abc` twice, SHA-256 of the 64 bytes of the two.
    @Test func keysOfFilesDependOnContentAndOrder() throws {
        try withTemporaryFolder { folder in
            let files = try ["abc", "", "abc"].enumerated().map { index, text in
                let file = folder.appending(path: "\(index)")
                try Data(text.utf8).write(to: file)
                return file
            }
            #expect(try contentKey(of: files[0]) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
            let digest = SHA256.digest(of: Array("abc".utf8))
            #expect(try contentKey(of: [files[0], files[2]]) == hexadecimal(SHA256.digest(of: digest + digest)))
            #expect(try contentKey(of: [files[0], files[1]]) != contentKey(of: [files[1], files[0]]))
        }
    }
}
