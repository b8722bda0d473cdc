import Foundation

/// Small archives by Python 3.11's zipfile and tarfile: `zipfile.ZipFile(...).writestr(ZipInfo(name), data)` with Unix modes in
/// `external_attr`, and `tarfile.open(mode="w", format=...).addfile(TarInfo(name), data)`, packed by `gzip.compress(data, mtime=0)`.
enum ArchiveFixture: String, CaseIterable, Sendable {
    case deflatedZip
    case storedZip
    case climbingZip
    case absoluteZip
    case backslashZip
    case linkZip
    case flatZip
    case packedTar
    case longNameTar
    case posixTar
    case climbingTar
    case linkTar
    case hardLinkTar
    case deviceTar
    case doubleTar
    case hugeTar
    /// 1,500 times the same folder.
    case crowdedTar

    /// The archive's bytes.
    var data: Data { Data(base64Encoded: base64.joined()) ?? Data() }

    private var base64: [String] {
        switch self {
        case .deflatedZip:
            [
                "UEsDBBQAAAAIAAAAIVAAAAAAAgAAAAAAAAAEAAAAc2V0LwMAUEsDBBQAAAAIAAAAIVAot7okCgAAAPoAAAAQAAAAc2V0L3RyYWluQS9hLnBuZ0",
                "vLLCouSRuJBABQSwMEFAAAAAgAAAAhUGkRH7YIAAAABgAAABQAAABzZXQvdHJhaW5CL3N1Yi9iLnBuZytOTc7PSwEAUEsDBBQAAAAIAAAAIVAA",
                "AAAAAgAAAAAAAAAKAAAAc2V0L3Rlc3RBLwMAUEsDBBQAAAAIAAAAIVCDFtyMAwAAAAEAAAAUAAAAX19NQUNPU1gvc2V0Ly5fYS5wbmerAABQSw",
                "MEFAAAAAgAAAAhUIMW3IwDAAAAAQAAAA0AAABzZXQvLkRTX1N0b3JlqwAAUEsBAhQDFAAAAAgAAAAhUAAAAAACAAAAAAAAAAQAAAAAAAAAAAAA",
                "AO1BAAAAAHNldC9QSwECFAMUAAAACAAAACFQKLe6JAoAAAD6AAAAEAAAAAAAAAAAAAAApIEkAAAAc2V0L3RyYWluQS9hLnBuZ1BLAQIUAxQAAA",
                "AIAAAAIVBpER+2CAAAAAYAAAAUAAAAAAAAAAAAAACkgVwAAABzZXQvdHJhaW5CL3N1Yi9iLnBuZ1BLAQIUAxQAAAAIAAAAIVAAAAAAAgAAAAAA",
                "AAAKAAAAAAAAAAAAAADtQZYAAABzZXQvdGVzdEEvUEsBAhQDFAAAAAgAAAAhUIMW3IwDAAAAAQAAABQAAAAAAAAAAAAAAKSBwAAAAF9fTUFDT1",
                "NYL3NldC8uX2EucG5nUEsBAhQDFAAAAAgAAAAhUIMW3IwDAAAAAQAAAA0AAAAAAAAAAAAAAKSB9QAAAHNldC8uRFNfU3RvcmVQSwUGAAAAAAYA",
                "BgBnAQAAIwEAAAAA",
            ]
        case .storedZip:
            [
                "UEsDBBQAAAAAAAAAIVAAAAAAAAAAAAAAAAAEAAAAc2V0L1BLAwQUAAAAAAAAACFQKLe6JPoAAAD6AAAAEAAAAHNldC90cmFpbkEvYS5wbmdmaX",
                "JzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0",
                "Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaX",
                "JzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0Zmlyc3RmaXJzdGZpcnN0",
                "UEsDBBQAAAAAAAAAIVBpER+2BgAAAAYAAAAUAAAAc2V0L3RyYWluQi9zdWIvYi5wbmdzZWNvbmRQSwMEFAAAAAAAAAAhUAAAAAAAAAAAAAAAAA",
                "oAAABzZXQvdGVzdEEvUEsDBBQAAAAAAAAAIVCDFtyMAQAAAAEAAAAUAAAAX19NQUNPU1gvc2V0Ly5fYS5wbmd4UEsDBBQAAAAAAAAAIVCDFtyM",
                "AQAAAAEAAAANAAAAc2V0Ly5EU19TdG9yZXhQSwECFAMUAAAAAAAAACFQAAAAAAAAAAAAAAAABAAAAAAAAAAAAAAA7UEAAAAAc2V0L1BLAQIUAx",
                "QAAAAAAAAAIVAot7ok+gAAAPoAAAAQAAAAAAAAAAAAAACkgSIAAABzZXQvdHJhaW5BL2EucG5nUEsBAhQDFAAAAAAAAAAhUGkRH7YGAAAABgAA",
                "ABQAAAAAAAAAAAAAAKSBSgEAAHNldC90cmFpbkIvc3ViL2IucG5nUEsBAhQDFAAAAAAAAAAhUAAAAAAAAAAAAAAAAAoAAAAAAAAAAAAAAO1Bgg",
                "EAAHNldC90ZXN0QS9QSwECFAMUAAAAAAAAACFQgxbcjAEAAAABAAAAFAAAAAAAAAAAAAAApIGqAQAAX19NQUNPU1gvc2V0Ly5fYS5wbmdQSwEC",
                "FAMUAAAAAAAAACFQgxbcjAEAAAABAAAADQAAAAAAAAAAAAAApIHdAQAAc2V0Ly5EU19TdG9yZVBLBQYAAAAABgAGAGcBAAAJAgAAAAA=",
            ]
        case .climbingZip:
            [
                "UEsDBBQAAAAIAAAAIVC379yDAwAAAAEAAAAQAAAAc2V0L3RyYWluQS9hLnBuZzMEAFBLAwQUAAAACAAAACFQDb7VGgMAAAABAAAADwAAAHNldC",
                "8uLi8uLi9iLnBuZzMCAFBLAQIUAxQAAAAIAAAAIVC379yDAwAAAAEAAAAQAAAAAAAAAAAAAACkgQAAAABzZXQvdHJhaW5BL2EucG5nUEsBAhQD",
                "FAAAAAgAAAAhUA2+1RoDAAAAAQAAAA8AAAAAAAAAAAAAAKSBMQAAAHNldC8uLi8uLi9iLnBuZ1BLBQYAAAAAAgACAHsAAABhAAAAAAA=",
            ]
        case .absoluteZip:
            [
                "UEsDBBQAAAAIAAAAIVANvtUaAwAAAAEAAAAKAAAAL3RtcC9iLnBuZzMCAFBLAQIUAxQAAAAIAAAAIVANvtUaAwAAAAEAAAAKAAAAAAAAAAAAAA",
                "CkgQAAAAAvdG1wL2IucG5nUEsFBgAAAAABAAEAOAAAACsAAAAAAA==",
            ]
        case .backslashZip:
            [
                "UEsDBBQAAAAIAAAAIVANvtUaAwAAAAEAAAAIAAAALi5cYi5wbmczAgBQSwECFAMUAAAACAAAACFQDb7VGgMAAAABAAAACAAAAAAAAAAAAAAApI",
                "EAAAAALi5cYi5wbmdQSwUGAAAAAAEAAQA2AAAAKQAAAAAA",
            ]
        case .linkZip:
            [
                "UEsDBBQAAAAIAAAAIVCv5eEIBgAAAAQAAAAKAAAAc2V0L3RyYWluQdNPLUkGAFBLAwQUAAAACAAAACFQDb7VGgMAAAABAAAAEQAAAHNldC90cm",
                "FpbkEvcGFzc3dkMwIAUEsBAhQDFAAAAAgAAAAhUK/l4QgGAAAABAAAAAoAAAAAAAAAAAAAAP+hAAAAAHNldC90cmFpbkFQSwECFAMUAAAACAAA",
                "ACFQDb7VGgMAAAABAAAAEQAAAAAAAAAAAAAApIEuAAAAc2V0L3RyYWluQS9wYXNzd2RQSwUGAAAAAAIAAgB3AAAAYAAAAAAA",
            ]
        case .flatZip:
            [
                "UEsDBBQAAAAIAAAAIVC379yDAwAAAAEAAAAFAAAAYS5wbmczBABQSwECFAMUAAAACAAAACFQt+/cgwMAAAABAAAABQAAAAAAAAAAAAAApIEAAA",
                "AAYS5wbmdQSwUGAAAAAAEAAQAzAAAAJgAAAAAA",
            ]
        case .packedTar:
            [
                "H4sIAAAAAAACA+3WvQ6CMBiF4c5eBVdAaflxMnF09BaqIGIMEqiGy7c6mEhInAqJvM/Qdutwcvq1K6wUnkVOliTv3RnuI+csjVMRpGIC986a1l",
                "0plqlz+dvWVLVU4aUpZ8k/Xuvv/FWUaiWCiPy9O1VtZxe5CDihDOV2b/pdYfKi9ff+j/T+03mtsmH/tUpE0NN/71Sig8bY8+Y1CB7mKg8zCZu6",
                "XNHHOea/79h///8G/Y+VewKY/9Pkf7zVOT0AAAAAAAAAAAAA/sETupHxqgAoAAA=",
            ]
        case .longNameTar:
            [
                "H4sIAAAAAAACA+3TQQrCMBBA0TlKTpCMbWq2HiCXqKAlCFGSeH+RguCiyyq0/y0mw2zDt866U7znKaZ8k3XobOnVTsNnn+8hDF5MlB941jYWY2",
                "Sn6qW5VsaU3flP7CNPgg3//zvqo/eL/feh++6/P6gOYpT+V3dNpbZdDtoHAAAAAAAAAAAAAADb8AJ9tyBGACgAAA==",
            ]
        case .posixTar:
            [
                "H4sIAAAAAAACA+3NMQ7CMBAEQD+FFxA7BHhPCohCEUW2+T9WCgp6kFBmit3TNVtutat5nJcuHR/rFL4hNpdh2Lr57Hi69u97+6d47lM4xPADz1",
                "LH3ObDPt3nXOouIwAAAAAAAAAAAPy1F4UZRI8AKAAA",
            ]
        case .climbingTar:
            [
                "H4sIAAAAAAACA+3NOw7CMBAE0D1KTmAMsuzzhIYOIT73Z5MqSg8S4r1mRtNMKYdzuV0v8UE19dbWTPtMx01f9lFHj6nGF7wez/mel/GfTgEAAA",
                "AAAAAAAMAvegOC/BJUACgAAA==",
            ]
        case .linkTar:
            [
                "H4sIAAAAAAACA+3RQQ5AMBBG4TmKG7Sl4TwNFjYipuL6GolNrRHp+zb/7GbxdIwmrmGa5Tk2ab0/N8n3fjvb+Eaq2oyxl4dtGsOa3kuZ9Opvlq",
                "C6D9/0d1l/Zzsr1StNCu9fCwAAAAAAAAAAAAAAAIC/OgDg5xURACgAAA==",
            ]
        case .hardLinkTar:
            [
                "H4sIAAAAAAACA+3OQQ5AMAAEwD7FD6gI7xHcRSu+r3Hk3INk5rJ7201bbvc5pWsN1XTFOAxPFu/89th3/RSa2G55qf3uTHk+ynwAAAAAAAAAAA",
                "CA/7gBjuxUUgAoAAA=",
            ]
        case .deviceTar:
            [
                "H4sIAAAAAAACA+3PMQ5AQBQE0D2KGyDk30ehE4Vd97dRCS2q95qZbjJ5Lu26L0v6UFfFOJ5Z3fPZ+y4iUjOkH+y5TFudf+Pk9RwAAAAAAAAAAA",
                "B86AAKEGF4ACgAAA==",
            ]
        case .doubleTar:
            [
                "H4sIAAAAAAACA+3TMQoCQRAEwHmKL/B25bz/XCCigcjt+n8HIzFXkK1Keuhkom6nPvVtvdymur/ez/ENJS3z/Mr0mam+3dnXcixL7Er8wKP1dc",
                "v3MaYajKzZ/9D7P5gAAAAAAAAAAMBfewLxE35+ACgAAA==",
            ]
        case .crowdedTar:
            [
                "H4sIAAAAAAACA+3RuRGAMAxFQZVCBxxj3I9b4OgfDSFDCgTsS74yBdv6eLwhq6Wcm1335q5jnaKb44X2dWtLvox/1vjz58+fP3/+/Pnz58+fP3",
                "/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+",
                "/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/P",
                "nz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz",
                "58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58",
                "+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+f",
                "P3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3",
                "/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+",
                "/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/P",
                "nz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz",
                "58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58",
                "+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+f",
                "P3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3",
                "/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+",
                "/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/P",
                "nz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz",
                "58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58",
                "+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+f",
                "P3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3",
                "/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+",
                "/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/P",
                "nz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz",
                "58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58",
                "+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+f",
                "P3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3",
                "/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+",
                "/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/P",
                "nz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz",
                "58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58",
                "+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+f",
                "P3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3",
                "/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+",
                "/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/P",
                "nz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz",
                "58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58",
                "+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+f",
                "P3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3",
                "/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+",
                "/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/P",
                "nz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz",
                "58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58",
                "+fP3/+/Pnz58+fP3/+/Pnz58+fP3/+/Pnz58+fP39JkiRJkiRJkiRJkiRJkqQPOgDbOxZtAOALAA==",
            ]
        case .hugeTar:
            [
                "H4sIAAAAAAACA0vUr9AryEtnoCUwAAIzExMwDQRwugEiLQBTg5A3MzY2YFAwYKADKC0uSSwCWskwCkbBKBgFIwsAAC0OjTEABgAA"
            ]
        }
    }
}
