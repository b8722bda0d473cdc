/// Modules under names of their own, such as the parts of something that is put together in several ways.
public final class NamedModules: Module {
    private let modules: [(name: String, module: Module)]

    /// - Parameter modules: Registered under their names, which have no dots.
    public init(_ modules: [(name: String, module: Module)]) {
        self.modules = modules
    }

    override func entries() -> [ModuleEntry] { modules.map { .child(name: $0.name, module: $0.module) } }
}
