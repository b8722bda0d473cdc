import CycleGANCompression
import CycleGANModels
import Testing

@Suite struct WidthPlanTests {
    @Test func targetsAreRead() {
        #expect(MultiplyAddTarget("10%") == .share(0.1) && MultiplyAddTarget("2.5G") == .count(2_500_000_000))
        #expect(MultiplyAddTarget("300M") == .count(300_000_000) && MultiplyAddTarget("12000") == .count(12000))
        for text in ["", "0", "-1G", "100%", "110%", "G", "ten", "nan", "1e30", "5 G"] {
            #expect(MultiplyAddTarget(text) == nil, "\(text)")
        }
        #expect(MultiplyAddTarget.share(0.1).count(of: 1000) == 100)
    }

    /// Published: 11.4 M parameters and 56.8 G multiply-adds, which counts transposed convolutions at the size of their output; 49.55 G at
    /// that of their input.
    @Test func theReferenceTakesWhatIsPublished() {
        #expect(abs(Double(GeneratorConfiguration().multiplyAdds) / 1e9 - 49.55) < 0.01)
    }

    @Test(arguments: WidthPattern.allCases, [true, false]) func plansUseWhatIsAllowed(_ pattern: WidthPattern, _ isLight: Bool) throws {
        let whole = GeneratorConfiguration()
        let plan = try WidthPlan(pattern, of: whole, isLight: isLight, limit: whole.multiplyAdds / 10)
        let widths = try #require(plan.configuration.widths)
        try plan.configuration.validate()
        #expect(plan.multiplyAdds == plan.configuration.multiplyAdds)
        #expect(plan.multiplyAdds <= whole.multiplyAdds / 10 && plan.multiplyAdds > whole.multiplyAdds / 20)
        #expect(widths.all.allSatisfy { $0.isMultiple(of: 8) })
        #expect(plan.configuration.architecture == (isLight ? .mobile(blocks: 9) : .resnet(blocks: 9)))
        switch pattern {
        case .even: #expect(widths.trunk == widths.blocks[0])
        case .deep: #expect(widths.trunk > 4 * widths.encoder[0])
        case .flat: #expect(widths.trunk < 4 * widths.encoder[0])
        case .narrow: #expect(widths.blocks[0] < widths.trunk)
        }
    }

    @Test func impossibleTargetsAreRefused() throws {
        let whole = GeneratorConfiguration()
        #expect(
            throws: CompressionError.impossibleTarget(found: "60.00 G", allowed: "fewer than the model's own 49.55 G for 256x256 pixels")
        ) { try WidthPlan(.even, of: whole, isLight: true, limit: 60_000_000_000) }
        #expect {
            try WidthPlan(.even, of: whole, isLight: true, limit: 1_000_000)
        } throws: { error in
            guard case .impossibleTarget("1.0 M", let allowed)? = error as? CompressionError else { return false }
            return allowed.hasPrefix("at least ") && allowed.hasSuffix("for 256x256 pixels, which the smallest mobile9 takes")
        }
        let unet = GeneratorConfiguration(architecture: .unet(downsamplings: 8))
        #expect(throws: CompressionError.unfit(file: "the model", found: "unet256", allowed: "a ResNet, such as resnet9")) {
            try WidthPlan(.even, of: unet, isLight: true, limit: 1)
        }
    }
}
