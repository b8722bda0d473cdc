// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "custom-objective",
    platforms: [.macOS(.v15)],
    dependencies: [.package(name: "swift-cyclegan", path: "../..")],
    targets: [
        .executableTarget(
            name: "ColourMatching",
            dependencies: [
                "Checkpoints", "CycleGANModels", "CycleGANObjectives", "CycleGANTraining", "Datasets", "Imaging", "Settings", "Torch",
                "TorchNN",
                "TrainingReports",
            ].map { .product(name: $0, package: "swift-cyclegan") })
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
