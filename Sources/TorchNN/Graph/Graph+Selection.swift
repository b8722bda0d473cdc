extension Graph {
    /// The value behind the layer of a name.
    ///
    /// - Throws: `GraphError.unknownPlace`.
    public func value(at place: String) throws(GraphError) -> Value {
        guard let value = places[place] else { throw .unknownPlace(place, known: places.keys.sorted()) }
        return value
    }

    /// The part of the network that leads to the values behind some layers, which become its outputs in that order.
    ///
    /// - Parameter names: Names of layers, such as `model.4`; "" stands for the network's own output.
    /// - Throws: `GraphError.unknownPlace`.
    public func selecting(_ names: [String]) throws(GraphError) -> Graph {
        var wanted: [Value] = []
        for name in names { wanted.append(try value(at: name)) }
        return selecting(wanted)
    }

    /// The part of the network that leads to some values, which become its outputs in that order.
    public func selecting(_ wanted: [Value]) -> Graph {
        let needed = nodesLeading(to: wanted)
        var renumbered: [Int: Int] = [:]
        for (new, old) in needed.enumerated() { renumbered[old] = new }
        func value(_ value: Value) -> Value? { renumbered[value.index].map(Value.init) }

        let nodes = needed.map { index in
            let node = self.nodes[index]
            return Node(
                name: node.name, operation: node.operation, inputs: node.inputs.compactMap(value), layer: node.layer)
        }
        let blocks = self.blocks.compactMap { block -> Block? in
            let inside = needed.filter(block.nodes.contains)
            // A block of which more than its output is wanted, or not even that, is no unit any more.
            let isUnit = !wanted.contains { block.nodes.contains($0.index) && $0 != block.output }
            guard isUnit, let input = value(block.input), let output = value(block.output), let first = inside.first,
                let start = renumbered[first]
            else { return nil }
            return Block(
                name: block.name, layer: block.layer, nodes: start..<start + inside.count, input: input,
                condition: block.condition.flatMap(value),
                output: output)
        }
        return Graph(
            nodes: nodes, outputs: wanted.compactMap(value), blocks: blocks, places: places.compactMapValues(value))
    }

    /// Whether there are 1x1 convolutions, which `CPUKernels.int8` is for.
    package var hasPointwiseConvolutions: Bool {
        nodes.contains {
            guard case .convolution(let convolution) = $0.operation else { return false }
            return convolution.kernelSize == 1 && convolution.stride == 1
        }
    }

    /// The positions of the nodes on which values depend, in order; the input is always among them.
    private func nodesLeading(to wanted: [Value]) -> [Int] {
        var isNeeded = nodes.map { $0.operation == .input }
        for value in wanted { isNeeded[value.index] = true }
        for index in nodes.indices.reversed() where isNeeded[index] {
            for input in nodes[index].inputs { isNeeded[input.index] = true }
        }
        return nodes.indices.filter { isNeeded[$0] }
    }
}
