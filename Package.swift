// swift-tools-version: 6.2
import Foundation
import PackageDescription

// libtorch: a folder with torch/include and torch/lib, made by ./scripts/setup, or any site-packages folder named by LIBTORCH.
let libtorch = Context.environment["LIBTORCH"] ?? Context.packageDirectory + "/.libtorch"
guard FileManager.default.fileExists(atPath: libtorch + "/torch/include/ATen/ATen.h") else {
    let advice = "run ./scripts/setup, or set LIBTORCH to a folder that holds torch/include and torch/lib"
    FileHandle.standardError.write(Data("libtorch was not found at \(libtorch): \(advice)\n".utf8))
    exit(1)
}

let libtorchHeaders: [CXXSetting] = [
    .unsafeFlags([
        "-isystem", "\(libtorch)/torch/include", "-isystem", "\(libtorch)/torch/include/torch/csrc/api/include",
    ]),
    // The wheel's own headers are compiled without warnings; ours are not excused.
    .unsafeFlags(["-Wall", "-Wextra", "-Wno-unused-parameter"]),
]
let libtorchLibraries: [LinkerSetting] = [
    .unsafeFlags(["-L\(libtorch)/torch/lib", "-Xlinker", "-rpath", "-Xlinker", "\(libtorch)/torch/lib"]),
    .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
]

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")
let swiftProtobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")

let libraries: [Target] = [
    // Optimised also where the rest is not: nobody wants to wait for them in a debug build.
    .target(
        name: "CKernels",
        cxxSettings: [.unsafeFlags(["-O3", "-Wall", "-Wextra"]), .define("NDEBUG", .when(configuration: .release))]),
    .target(name: "CCurl"),
    .target(name: "CStart"),
    .target(name: "CTorch", dependencies: ["CKernels"], cxxSettings: libtorchHeaders, linkerSettings: libtorchLibraries),
    .systemLibrary(name: "CVips", pkgConfig: "vips", providers: [.apt(["libvips-dev"]), .brew(["vips"])]),
    .systemLibrary(name: "CTIFF", pkgConfig: "libtiff-4", providers: [.apt(["libtiff-dev"]), .brew(["libtiff"])]),
    .systemLibrary(name: "CGLib", pkgConfig: "glib-2.0", providers: [.apt(["libglib2.0-dev"]), .brew(["glib"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(name: "Support", dependencies: ["CZlib", "CGLib"]),
    .target(name: "CCharLS"),
    .target(name: "DICOM", dependencies: ["CCharLS", "Support"]),
    .target(name: "NIfTI", dependencies: ["Support"]),
    .target(name: "Torch", dependencies: ["CTorch"]),
    .target(name: "TorchNN", dependencies: ["Torch"]),
    .target(name: "Imaging", dependencies: ["CVips", "CTIFF", "Torch", "DICOM", "NIfTI", "Support"]),
    .target(name: "Checkpoints", dependencies: ["TorchNN", "Support", "CZlib"]),
    .target(name: "Downloads", dependencies: ["Checkpoints", "Support", "CCurl", "CZlib"]),
    .target(name: "Datasets", dependencies: ["Imaging", "NIfTI", "Support"]),
    .target(name: "Pages", dependencies: ["Imaging", "Support"]),
    .target(name: "Settings", dependencies: ["Imaging", yams]),
    .target(name: "SettingsArguments", dependencies: ["Settings", "Imaging", argumentParser]),
    .target(name: "CycleGANModels", dependencies: ["TorchNN", "Imaging", "Support"]),
    .target(name: "TensorBoard", dependencies: ["Support", swiftProtobuf], exclude: ["Protos"]),
    .target(
        name: "CycleGANTraining",
        dependencies: ["CycleGANModels", "Datasets", "Checkpoints", "Imaging", "NIfTI", "Settings", "Support"]),
    .target(
        name: "CycleGANObjectives",
        dependencies: ["CycleGANTraining", "CycleGANModels", "Datasets", "Checkpoints", "TorchNN", "Imaging", "Support"]),
    .target(
        name: "TrainingReports",
        dependencies: ["CycleGANTraining", "CycleGANModels", "Checkpoints", "TensorBoard", "Pages", "Imaging", "Support"]),
    .target(
        name: "CycleGANMetrics",
        dependencies: ["TorchNN", "Checkpoints", "Imaging", "Datasets", "Support"]),
    .target(
        name: "CycleGANBaselines", dependencies: ["CycleGANMetrics", "Checkpoints", "TorchNN", "Torch", "Imaging", "Support"]),
    .target(name: "CycleGANInference", dependencies: ["CycleGANModels", "Checkpoints", "Imaging", "NIfTI", "Support"]),
    .target(
        name: "CycleGANExport",
        dependencies: ["CycleGANInference", "CycleGANModels", "Checkpoints", "TorchNN", "Imaging", "Support", swiftProtobuf],
        exclude: ["Protos"]),
    .target(
        name: "CycleGANRuns",
        dependencies: [
            "CycleGANTraining", "CycleGANObjectives", "TrainingReports", "CycleGANInference", "CycleGANExport", "CycleGANMetrics",
            "CycleGANBaselines", "CycleGANModels", "Checkpoints", "Datasets", "Downloads", "Imaging", "NIfTI", "Pages", "Settings",
            "Support",
        ]),
    .target(
        name: "CycleGANCompression",
        dependencies: [
            "CycleGANRuns", "CycleGANTraining", "CycleGANObjectives", "CycleGANInference", "CycleGANExport", "CycleGANModels",
            "Checkpoints",
            "Datasets", "Imaging", "Pages", "Settings", "Support", "Torch", "TorchNN",
        ]),
    .executableTarget(
        name: "cyclegan",
        dependencies: [
            "CycleGANRuns", "CycleGANTraining", "TrainingReports", "CycleGANInference", "CycleGANMetrics", "CycleGANBaselines",
            "CycleGANModels", "CycleGANExport", "CycleGANCompression", "CStart", "Datasets", "Imaging", "NIfTI", "Settings",
            "SettingsArguments", "Support", argumentParser,
        ]),
]
let testSupport: [Target] = [
    .target(name: "TestSupport", dependencies: ["Torch", "Datasets", "Checkpoints", "Settings"], path: "Tests/TestSupport"),
    .target(
        name: "TrainingTestSupport", dependencies: ["CycleGANTraining", "CycleGANModels", "Imaging", "Settings"],
        path: "Tests/TrainingTestSupport"),
    .target(
        name: "KernelChecks", dependencies: ["CKernels"], path: "Tests/KernelChecks",
        cxxSettings: [.unsafeFlags(["-O2", "-Wall", "-Wextra"])]),
    .target(
        name: "Torture",
        dependencies: [
            "CycleGANTraining", "CycleGANObjectives", "TrainingReports", "CycleGANInference", "Checkpoints", "Downloads", "Imaging",
            "Datasets", "Support",
        ],
        path: "Tests/Torture"),
    .executableTarget(name: "cyclegan-torture", dependencies: ["Torture", argumentParser], path: "Tests/TortureCommand"),
]
// The example's own sources, against the public parts of the libraries; a test runs it.
let example: [Target] = [
    .executableTarget(
        name: "FolderTranslation", dependencies: ["CycleGANInference", "CycleGANModels", "Imaging", "Torch"],
        path: "Examples/folder-translation/Sources/FolderTranslation")
]
// Without a main function of its own; see scripts/torture.
let fuzzer: [Target] =
    Context.environment["CYCLEGAN_LIBFUZZER"] == nil
    ? [] : [.executableTarget(name: "cyclegan-fuzzer", dependencies: ["Torture"], path: "Tests/Fuzzer")]
let tests: [Target] = [
    .testTarget(name: "CKernelsTests", dependencies: ["KernelChecks", "Torch", "Support"]),
    .testTarget(name: "SupportTests", dependencies: ["Support"]),
    .testTarget(name: "SettingsTests", dependencies: ["TestSupport", "SettingsArguments", "Settings", "Imaging", argumentParser]),
    .testTarget(name: "TorchTests", dependencies: ["Torch", "Support", "TestSupport"]),
    .testTarget(name: "TorchNNTests", dependencies: ["TorchNN", "TestSupport"]),
    .testTarget(name: "ImagingTests", dependencies: ["Imaging", "NIfTI", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(name: "DICOMTests", dependencies: ["DICOM", "TestSupport"], exclude: ["scripts"], resources: [.copy("Fixtures")]),
    .testTarget(name: "NIfTITests", dependencies: ["NIfTI", "TestSupport"], exclude: ["scripts"], resources: [.copy("Fixtures")]),
    .testTarget(name: "CheckpointsTests", dependencies: ["Checkpoints", "TestSupport"], resources: [.copy("Fixtures")]),
    .testTarget(
        name: "DownloadsTests",
        dependencies: [
            "Downloads", "CycleGANRuns", "CycleGANInference", "CycleGANMetrics", "CycleGANModels", "Checkpoints", "Imaging", "Support",
            "TestSupport",
        ]),
    .testTarget(name: "DatasetsTests", dependencies: ["Datasets", "NIfTI", "TestSupport"]),
    .testTarget(
        name: "CycleGANModelsTests", dependencies: ["CycleGANModels", "Checkpoints", "TestSupport"], exclude: ["scripts"],
        resources: [.copy("Fixtures")]),
    .testTarget(
        name: "TensorBoardTests", dependencies: ["TensorBoard", "TestSupport", swiftProtobuf], exclude: ["scripts"],
        resources: [.copy("Golden")]),
    .testTarget(
        name: "CycleGANTrainingTests",
        dependencies: ["CycleGANTraining", "CycleGANObjectives", "TrainingReports", "TestSupport", "TrainingTestSupport"]),
    .testTarget(name: "CycleGANObjectivesTests", dependencies: ["CycleGANObjectives", "TestSupport"]),
    .testTarget(
        name: "TrainingReportsTests", dependencies: ["TrainingReports", "Pages", "TensorBoard", "TestSupport", "TrainingTestSupport"]),
    // The example's own sources, without its main file: an objective from outside, compiled against the public parts of the libraries.
    .testTarget(
        name: "ExampleTests",
        dependencies: [
            "CycleGANObjectives", "CycleGANTraining", "TrainingReports", "CycleGANInference", "Datasets", "Imaging", "Settings",
        ],
        path: "Examples/custom-objective/Sources", exclude: ["ColourMatching/Main.swift"]),
    .testTarget(
        name: "CycleGANExportTests", dependencies: ["CycleGANExport", "CycleGANInference", "TestSupport", swiftProtobuf],
        exclude: ["scripts"]),
    .testTarget(name: "CycleGANCompressionTests", dependencies: ["CycleGANCompression", "TestSupport"]),
    .testTarget(name: "CycleGANRunsTests", dependencies: ["CycleGANRuns", "TestSupport"]),
    .testTarget(
        name: "CycleGANMetricsTests", dependencies: ["CycleGANMetrics", "TestSupport"], exclude: ["scripts"], resources: [.copy("Golden")]),
    .testTarget(
        name: "CycleGANBaselinesTests", dependencies: ["CycleGANBaselines", "TestSupport"], exclude: ["scripts"],
        resources: [.copy("Golden")]),
    .testTarget(
        name: "CycleGANInferenceTests", dependencies: ["CycleGANInference", "TestSupport"], exclude: ["scripts"],
        resources: [.copy("Fixtures")]),
    .testTarget(
        name: "EndToEndTests",
        dependencies: [
            "cyclegan", "cyclegan-torture", "FolderTranslation", "Torture", "Checkpoints", "CycleGANMetrics", "CycleGANModels", "Imaging",
            "NIfTI", "Support",
            "TestSupport",
            argumentParser,
        ]),
    .testTarget(
        name: "ParityTests", dependencies: ["CycleGANObjectives", "TestSupport"], exclude: ["README.md", "scripts"],
        resources: [.copy("Golden")]),
]

let package = Package(
    name: "swift-cyclegan",
    platforms: [.macOS(.v15)],
    products: libraries.filter {
        $0.type == .regular && !["CCharLS", "CCurl", "CKernels", "CStart", "CTorch", "Downloads", "Pages", "Support"].contains($0.name)
    }
    .map { .library(name: $0.name, targets: [$0.name]) },
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        // Without its extras: only messages are written.
        .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    ],
    targets: libraries + testSupport + example + fuzzer + tests,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
