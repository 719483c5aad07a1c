//! The decision in WebAssembly and natively: the same digest of the same facts.
use std::path::Path;

use failover_twin::{chain, hours, module};
use wasmi::{Engine, Linker, Module, Store, TypedFunc};

/// An interpreter is slow; a browser takes a million in seconds.
const FACTS: u64 = 50_000;
const SEED: u64 = 0x5377_6e6b;

/// The module in an interpreter that shares nothing with the native compiler.
struct Twin {
    store: Store<()>,
    instance: wasmi::Instance,
}

impl Twin {
    fn start() -> Self {
        let beside = Path::new(env!("CARGO_TARGET_TMPDIR"));
        let bytes = module::compile(beside).unwrap_or_else(|problem| panic!("{problem}"));
        let engine = Engine::default();
        let module = Module::new(&engine, &bytes).expect("a module");
        let mut store = Store::new(&engine, ());
        let linker = Linker::new(&engine);
        let instance =
            linker.instantiate_and_start(&mut store, &module).expect("it imports nothing");
        Self { store, instance }
    }

    fn call(&mut self, name: &str, seed: u64, count: u64) -> u64 {
        let function: TypedFunc<(u64, u64), u64> =
            self.instance.get_typed_func(&self.store, name).expect("an export");
        function.call(&mut self.store, (seed, count)).expect("no trap")
    }
}

#[test]
fn random_facts_give_the_same_digest_natively_and_in_webassembly() {
    let native = std::thread::spawn(|| chain(SEED, FACTS));
    let mut twin = Twin::start();
    let wasm = twin.call("twin_chain", SEED, FACTS);
    assert_eq!(format!("{wasm:016x}"), format!("{:016x}", native.join().expect("no panic")));
    // The digest is one of the facts, not of the program.
    assert_ne!(chain(SEED, 1000), chain(SEED + 1, 1000));
    assert_ne!(chain(SEED, 1000), chain(SEED, 1001));
    let day = twin.call("twin_hours", SEED, 1);
    assert_ne!(day, 0, "no promise was broken");
    assert_eq!(day, hours(SEED, 1));
}
