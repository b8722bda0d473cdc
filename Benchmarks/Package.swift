// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that building and testing the main one never pays for it.
let package = Package(
    name: "Benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "swift-cyclegan", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    ],
    targets: [
        // Compiled as the kernels are, from their own headers, and linked to the main package's.
        .target(
            name: "KernelMeasures",
            cxxSettings: [
                .unsafeFlags([
                    "-O3", "-Wall", "-Wextra", "-I", "\(Context.packageDirectory)/../Sources/CKernels",
                    "-I", "\(Context.packageDirectory)/Sources/KernelMeasures",
                ])
            ]),
        .executableTarget(
            name: "cyclegan-benchmark",
            dependencies: [
                "KernelMeasures",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "CycleGANModels", package: "swift-cyclegan"),
                .product(name: "CycleGANObjectives", package: "swift-cyclegan"),
                .product(name: "CycleGANTraining", package: "swift-cyclegan"),
                .product(name: "Datasets", package: "swift-cyclegan"),
                .product(name: "Imaging", package: "swift-cyclegan"),
                .product(name: "Settings", package: "swift-cyclegan"),
                .product(name: "Torch", package: "swift-cyclegan"),
                .product(name: "TorchNN", package: "swift-cyclegan"),
            ]),
    ],
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx20
)
