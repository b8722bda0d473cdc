import CycleGANModels
import Settings

extension TrainingConfiguration {
    func validateDistillation() throws(ConfigurationError) {
        if trainedDomains[0] == trainedDomains[1] {
            throw refuse("to", distillation.to, "another domain than \(trainedDomains[0]), whose images are translated")
        }
        if let judged = objective.discriminatorBatch, judged > optimization.batchSize {
            throw refuse("discriminatorBatch", judged, "batchSize with objective distill, whose images are of one domain")
        }
    }
}
