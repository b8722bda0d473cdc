import Torch

/// The base of everything that holds trained tensors.
///
/// Parameters, buffers and child modules are found by looking at the stored properties: mark tensors with `@Parameter` or
/// `@Buffer`; modules, optional modules and arrays of modules register under their property's name, or under the key
/// given with `@Child`. Names and order are those of PyTorch's `state_dict`.
open class Module {
    /// Whether layers such as dropout and batch norm behave as in training.
    public private(set) var isTraining = true
    /// How a layer that is made of others runs, once it has run.
    final var plan: ExecutionPlan?

    /// A module in training mode.
    public init() {}

    /// Switches this module and all below it between training and evaluation.
    public func setTraining(_ isTraining: Bool) {
        self.isTraining = isTraining
        for (_, child) in children { child.setTraining(isTraining) }
    }

    /// The trained tensors with their dotted names.
    public var namedParameters: [(name: String, tensor: Tensor)] {
        slots.compactMap { slot in slot.isParameter ? slot.slot.tensor.map { (slot.name, $0) } : nil }
    }

    /// The trained tensors.
    public var parameters: [Tensor] { namedParameters.map(\.tensor) }

    /// All saved tensors, parameters and buffers, in the order of PyTorch's `state_dict`.
    ///
    /// Empty for a layer without weights, and also for every module that was compiled with `-disable-reflection-metadata`: whoever
    /// saves or trains a network must refuse one without tensors.
    public var namedTensors: [(name: String, tensor: Tensor)] {
        slots.compactMap { slot in slot.slot.tensor.map { (slot.name, $0) } }
    }

    /// The number of trained numbers.
    public var parameterCount: Int { parameters.reduce(0) { $0 + $1.count } }

    /// The modules directly below this one.
    public var children: [(name: String, module: Module)] {
        entries().compactMap { if case .child(let name, let module) = $0 { (name, module) } else { nil } }
    }

    /// Calls `visit` with every module below this one and then with this one.
    public func forEachModule(_ visit: (Module) -> Void) {
        for (_, child) in children { child.forEachModule(visit) }
        visit(self)
    }

    /// Freezes (`false`) or thaws the parameters.
    public func setRequiresGrad(_ enabled: Bool) {
        for parameter in parameters { parameter.setRequiresGrad(enabled) }
    }

    /// Moves all tensors to a device. Optimisers hold the old ones, so make them afterwards.
    public func move(to device: Device) {
        replaceTensors { $0.to(device) }
    }

    /// Converts all floating-point tensors to another precision. Optimisers hold the old ones, so make them afterwards.
    public func convert(to dtype: DType) {
        replaceTensors { $0.dtype.isFloatingPoint ? $0.to(dtype) : $0 }
    }

    /// Stores the weights of convolutions with the channels of each position side by side, which libtorch on a GPU then does with images
    /// too. Optimisers hold the old ones, so make them afterwards.
    public func storeChannelsLast() {
        replaceTensors { $0.rank == 4 ? $0.channelsLast() : $0 }
    }

    private func replaceTensors(_ change: (Tensor) -> Tensor) {
        withoutGradients {
            for slot in slots { slot.slot.tensor = slot.slot.tensor.map { change($0.detached()) } }
        }
    }

    /// The tensors of this module without those of the modules below it.
    final var ownTensors: [(name: String, isParameter: Bool, tensor: Tensor)] {
        Self.slots(entries()).compactMap { slot in slot.slot.tensor.map { (slot.name, slot.isParameter, $0) } }
    }

    private static func slots(_ own: [ModuleEntry]) -> [(name: String, isParameter: Bool, slot: any TensorSlot)] {
        var result: [(name: String, isParameter: Bool, slot: any TensorSlot)] = []
        for case .parameter(let name, let slot) in own { result.append((name, true, slot)) }
        for case .buffer(let name, let slot) in own { result.append((name, false, slot)) }
        return result
    }

    private var slots: [(name: String, isParameter: Bool, slot: any TensorSlot)] {
        let own = entries()
        var result = Self.slots(own)
        for case .child(let name, let module) in own {
            result += module.slots.map { ("\(name).\($0.name)", $0.isParameter, $0.slot) }
        }
        return result
    }

    /// What this module registers, found in its stored properties.
    func entries() -> [ModuleEntry] {
        var mirrors: [Mirror] = []
        var mirror: Mirror? = Mirror(reflecting: self)
        while let current = mirror, current.subjectType != Module.self {
            mirrors.insert(current, at: 0)
            mirror = current.superclassMirror
        }
        return mirrors.flatMap(\.children).flatMap { label, value in entries(of: value, name: label ?? "") }
    }

    private func entries(of value: Any, name: String) -> [ModuleEntry] {
        switch value {
        case let property as any ModuleProperty:
            return property.entries(name: name.hasPrefix("_") ? String(name.dropFirst()) : name)
        case let module as Module:
            return [.child(name: name, module: module)]
        case let modules as [Module]:
            return modules.enumerated().map { .child(name: "\(name).\($0)", module: $1) }
        case is Tensor, is [Tensor]:
            preconditionFailure("\(type(of: self)).\(name) is a bare tensor; mark it @Parameter or @Buffer")
        default:
            return []
        }
    }
}

/// A module that turns one tensor into one tensor.
///
/// A layer says what it does in `append(to:_:)`, once, for everything that runs, counts or converts networks. One that is made of others
/// appends these, and lets `callAsFunction` be `runGraph(on:)`.
public protocol Layer: Module {
    /// The layer's output for an input, usually images [N, C, H, W].
    func callAsFunction(_ input: Tensor) -> Tensor
    /// Appends what the layer does to `input`, and returns its output.
    func append(to graph: inout GraphBuilder, _ input: Graph.Value) -> Graph.Value
}
