// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "folder-translation",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-cyclegan", path: "../..")],
    targets: [
        .executableTarget(
            name: "FolderTranslation",
            dependencies: ["CycleGANInference", "CycleGANModels", "Imaging", "Torch"].map { .product(name: $0, package: "swift-cyclegan") })
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
