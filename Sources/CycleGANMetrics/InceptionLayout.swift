/// The convolutions of the Inception-v3 of FID, in the order of the published file.
///
/// Szegedy et al., "Rethinking the Inception Architecture for Computer Vision" (arXiv 1512.00567), as TensorFlow's graph of 2015-12-05
/// has it.
struct InceptionLayout {
    /// One convolution with its batch norm and ReLU.
    struct Convolution {
        let name: String
        let inputs, outputs: Int
        let kernel: (height: Int, width: Int)
        var stride = 1
        var padding = (height: 0, width: 0)
    }

    private(set) var convolutions: [Convolution] = []

    /// What the published file holds: names and shapes in order, without the counts of batches, which mean nothing here.
    var tensors: [(name: String, shape: [Int])] {
        convolutions.flatMap { convolution in
            let statistics = ["weight", "bias", "running_mean", "running_var"]
            return [
                (
                    "\(convolution.name).conv.weight",
                    [convolution.outputs, convolution.inputs, convolution.kernel.height, convolution.kernel.width]
                )
            ] + statistics.map { ("\(convolution.name).bn.\($0)", [convolution.outputs]) }
        } + [("fc.weight", [1008, 2048]), ("fc.bias", [1008])]
    }

    init() {
        add("Conv2d_1a_3x3", 3, 32, (3, 3), stride: 2)
        add("Conv2d_2a_3x3", 32, 32, (3, 3))
        add("Conv2d_2b_3x3", 32, 64, (3, 3), padding: (1, 1))
        add("Conv2d_3b_1x1", 64, 80, (1, 1))
        add("Conv2d_4a_3x3", 80, 192, (3, 3))
        addA("Mixed_5b", 192, pool: 32)
        addA("Mixed_5c", 256, pool: 64)
        addA("Mixed_5d", 288, pool: 64)
        add("Mixed_6a.branch3x3", 288, 384, (3, 3), stride: 2)
        add("Mixed_6a.branch3x3dbl_1", 288, 64, (1, 1))
        add("Mixed_6a.branch3x3dbl_2", 64, 96, (3, 3), padding: (1, 1))
        add("Mixed_6a.branch3x3dbl_3", 96, 96, (3, 3), stride: 2)
        addC("Mixed_6b", 128)
        addC("Mixed_6c", 160)
        addC("Mixed_6d", 160)
        addC("Mixed_6e", 192)
        add("Mixed_7a.branch3x3_1", 768, 192, (1, 1))
        add("Mixed_7a.branch3x3_2", 192, 320, (3, 3), stride: 2)
        add("Mixed_7a.branch7x7x3_1", 768, 192, (1, 1))
        add("Mixed_7a.branch7x7x3_2", 192, 192, (1, 7), padding: (0, 3))
        add("Mixed_7a.branch7x7x3_3", 192, 192, (7, 1), padding: (3, 0))
        add("Mixed_7a.branch7x7x3_4", 192, 192, (3, 3), stride: 2)
        addE("Mixed_7b", 1280)
        addE("Mixed_7c", 2048)
    }

    private mutating func add(
        _ name: String, _ inputs: Int, _ outputs: Int, _ kernel: (Int, Int), stride: Int = 1, padding: (Int, Int) = (0, 0)
    ) {
        convolutions.append(Convolution(name: name, inputs: inputs, outputs: outputs, kernel: kernel, stride: stride, padding: padding))
    }

    private mutating func addA(_ name: String, _ inputs: Int, pool: Int) {
        add("\(name).branch1x1", inputs, 64, (1, 1))
        add("\(name).branch5x5_1", inputs, 48, (1, 1))
        add("\(name).branch5x5_2", 48, 64, (5, 5), padding: (2, 2))
        add("\(name).branch3x3dbl_1", inputs, 64, (1, 1))
        add("\(name).branch3x3dbl_2", 64, 96, (3, 3), padding: (1, 1))
        add("\(name).branch3x3dbl_3", 96, 96, (3, 3), padding: (1, 1))
        add("\(name).branch_pool", inputs, pool, (1, 1))
    }

    private mutating func addC(_ name: String, _ inner: Int) {
        add("\(name).branch1x1", 768, 192, (1, 1))
        add("\(name).branch7x7_1", 768, inner, (1, 1))
        add("\(name).branch7x7_2", inner, inner, (1, 7), padding: (0, 3))
        add("\(name).branch7x7_3", inner, 192, (7, 1), padding: (3, 0))
        add("\(name).branch7x7dbl_1", 768, inner, (1, 1))
        add("\(name).branch7x7dbl_2", inner, inner, (7, 1), padding: (3, 0))
        add("\(name).branch7x7dbl_3", inner, inner, (1, 7), padding: (0, 3))
        add("\(name).branch7x7dbl_4", inner, inner, (7, 1), padding: (3, 0))
        add("\(name).branch7x7dbl_5", inner, 192, (1, 7), padding: (0, 3))
        add("\(name).branch_pool", 768, 192, (1, 1))
    }

    private mutating func addE(_ name: String, _ inputs: Int) {
        add("\(name).branch1x1", inputs, 320, (1, 1))
        add("\(name).branch3x3_1", inputs, 384, (1, 1))
        add("\(name).branch3x3_2a", 384, 384, (1, 3), padding: (0, 1))
        add("\(name).branch3x3_2b", 384, 384, (3, 1), padding: (1, 0))
        add("\(name).branch3x3dbl_1", inputs, 448, (1, 1))
        add("\(name).branch3x3dbl_2", 448, 384, (3, 3), padding: (1, 1))
        add("\(name).branch3x3dbl_3a", 384, 384, (1, 3), padding: (0, 1))
        add("\(name).branch3x3dbl_3b", 384, 384, (3, 1), padding: (1, 0))
        add("\(name).branch_pool", inputs, 192, (1, 1))
    }
}
