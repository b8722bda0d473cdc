import CycleGANTraining
import Torch

extension TrainingConfiguration {
    /// Builds the chosen objective with new networks.
    public func makeObjective(device: Device, dtype: DType = .float32) -> any TrainingObjective {
        switch objective.kind {
        case .cycleGAN: CycleGAN(configuration: self, device: device, dtype: dtype)
        case .cut, .fastCUT: CUT(configuration: self, device: device, dtype: dtype)
        case .pix2pix: Pix2Pix(configuration: self, device: device, dtype: dtype)
        case .starGAN: StarGAN(configuration: self, device: device, dtype: dtype)
        case .multiCycle: MultiCycle(configuration: self, device: device, dtype: dtype)
        case .pretrain: Pretraining(configuration: self, device: device, dtype: dtype)
        }
    }
}
