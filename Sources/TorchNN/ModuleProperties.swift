import Torch

/// One thing that a module registers under a name.
enum ModuleEntry {
    case parameter(name: String, slot: any TensorSlot)
    case buffer(name: String, slot: any TensorSlot)
    case child(name: String, module: Module)
}

/// A place that holds a tensor of a module and lets it be replaced, as moving to another device does.
protocol TensorSlot: AnyObject {
    var tensor: Tensor? { get set }
}

/// A property wrapper around a tensor.
protocol TensorWrapper: TensorSlot {
    associatedtype Value: TensorValue
    var wrappedValue: Value { get set }
}

extension TensorWrapper {
    var tensor: Tensor? {
        get { wrappedValue.tensorValue }
        set { if let newValue { wrappedValue = Value(tensorValue: newValue) } }
    }
}

/// A property wrapper that tells the module's walk what it holds.
protocol ModuleProperty {
    /// The entries of this property, which is called `name` unless the wrapper was given another key.
    func entries(name: String) -> [ModuleEntry]
}

/// `Tensor` or `Tensor?`: a layer without a bias holds `nil`.
public protocol TensorValue {
    /// The tensor, if there is one.
    var tensorValue: Tensor? { get }
    /// Wraps a tensor.
    init(tensorValue: Tensor)
}

extension Tensor: TensorValue {
    public var tensorValue: Tensor? { self }
    public init(tensorValue: Tensor) { self = tensorValue }
}

extension Optional: TensorValue where Wrapped == Tensor {
    public var tensorValue: Tensor? { self }
    public init(tensorValue: Tensor) { self = tensorValue }
}

/// A tensor that is trained: `@Parameter var weight: Tensor` registers as `weight`.
@propertyWrapper public final class Parameter<Value: TensorValue>: ModuleProperty, TensorWrapper {
    private let storage: KeyedStorage<Value>

    /// The tensor; a new one is made to require gradients.
    public var wrappedValue: Value {
        get { storage.value }
        set {
            storage.value = newValue
            newValue.tensorValue?.setRequiresGrad(true)
        }
    }

    /// Registers under the property's name.
    public init(wrappedValue: Value) {
        storage = KeyedStorage(key: nil)
        self.wrappedValue = wrappedValue
    }

    /// Registers under `key`; the value is set in the initialiser of the module, after `super.init()`.
    public init(_ key: String) {
        storage = KeyedStorage(key: key)
    }

    func entries(name: String) -> [ModuleEntry] {
        tensor == nil ? [] : [.parameter(name: storage.key ?? name, slot: self)]
    }
}

/// A tensor that is saved but not trained, such as running statistics.
@propertyWrapper public final class Buffer<Value: TensorValue>: ModuleProperty, TensorWrapper {
    private let storage: KeyedStorage<Value>

    /// The tensor.
    public var wrappedValue: Value {
        get { storage.value }
        set { storage.value = newValue }
    }

    /// Registers under the property's name.
    public init(wrappedValue: Value) {
        storage = KeyedStorage(key: nil)
        storage.value = wrappedValue
    }

    /// Registers under `key`; the value is set in the initialiser of the module, after `super.init()`.
    public init(_ key: String) {
        storage = KeyedStorage(key: key)
    }

    func entries(name: String) -> [ModuleEntry] {
        tensor == nil ? [] : [.buffer(name: storage.key ?? name, slot: self)]
    }
}

/// A module whose key differs from the property's name: `@Child("conv_block") var convolutions: Sequential`.
@propertyWrapper public final class Child<Value: Module>: ModuleProperty {
    private let storage: KeyedStorage<Value>

    /// The module.
    public var wrappedValue: Value {
        get { storage.value }
        set { storage.value = newValue }
    }

    /// Registers under `key`; the value is set in the initialiser of the module, after `super.init()`.
    public init(_ key: String) {
        storage = KeyedStorage(key: key)
    }

    func entries(name: String) -> [ModuleEntry] { [.child(name: storage.key ?? name, module: wrappedValue)] }
}

/// Modules whose keys are numbered without a dot: `@Children("mlp_") var perceptrons: [Sequential]` registers `mlp_0`, `mlp_1`, ...
@propertyWrapper public final class Children<Element: Module>: ModuleProperty {
    private let storage: KeyedStorage<[Element]>

    /// The modules.
    public var wrappedValue: [Element] {
        get { storage.value }
        set { storage.value = newValue }
    }

    /// Registers under `prefix` and a number; the value is set in the initialiser of the module, after `super.init()`.
    public init(_ prefix: String) {
        storage = KeyedStorage(key: prefix)
    }

    func entries(name: String) -> [ModuleEntry] {
        wrappedValue.enumerated().map { .child(name: "\(storage.key ?? name)\($0)", module: $1) }
    }
}

/// A value with an optional key. Swift initialises a wrapper that takes an argument before it knows the value.
private final class KeyedStorage<Value> {
    let key: String?
    private var stored: Value?

    init(key: String?) {
        self.key = key
    }

    var value: Value {
        get {
            guard let stored else { preconditionFailure("the property with key '\(key ?? "")' is read before it is set") }
            return stored
        }
        set { stored = newValue }
    }
}
