//! How many instructions the module takes for a sequence of calls, on wasmtime's fuel meter.
//!
//!     kessai-fuel MODULE {OP INPUT-FILE RAW-FILE}...
//!
//! Prints one line a call: the fuel of the first round (a new instance, nothing remembered), the fuel of the second, and the reply of
//! the second, so that the caller can see that what was measured is what was meant.

use std::{env, fs};
use wasmtime::error::Context as _;
use wasmtime::{Config, Engine, Extern, Func, Instance, Memory, Module, Result, Store, TypedFunc};

/// Fuel before each call, larger than any call needs.
const TANK: u64 = 1 << 62;

fn main() -> Result<()> {
    let mut arguments = env::args().skip(1);
    let module = arguments.next().context("usage: kessai-fuel MODULE {OP INPUT-FILE RAW-FILE}...")?;
    let mut calls = Vec::new();
    while let (Some(op), Some(input), Some(raw)) = (arguments.next(), arguments.next(), arguments.next()) {
        calls.push((op, fs::read(input)?, fs::read(raw)?));
    }
    let mut core = Core::open(&module)?;
    let mut rounds = Vec::new();
    for _ in 0..2 {
        let replies: Result<Vec<_>> = calls.iter().map(|(op, input, raw)| core.call(op, input, raw)).collect();
        rounds.push(replies?);
    }
    for (first, (second, reply)) in rounds[0].iter().map(|(fuel, _)| fuel).zip(&rounds[1]) {
        println!("{first} {second} {reply}");
    }
    Ok(())
}

struct Core {
    store: Store<()>,
    memory: Memory,
    malloc: TypedFunc<(i32, i32), i32>,
    free: TypedFunc<(i32, i32, i32), ()>,
    call: TypedFunc<(i32, i32, i32, i32, i32, i32), (i32, i32)>,
}

impl Core {
    fn open(path: &str) -> Result<Self> {
        let engine = Engine::new(Config::new().consume_fuel(true))?;
        let module = Module::from_file(&engine, path)?;
        let mut store = Store::new(&engine, ());
        store.set_fuel(TANK)?;
        // The one import fills a table of JavaScript values, of which the core uses none.
        let mut imports = Vec::new();
        for import in module.imports() {
            let kind = import.ty().func().cloned().context("the module imports more than functions")?;
            imports.push(Extern::from(Func::new(&mut store, kind, |_, _, _| Ok(()))));
        }
        let instance = Instance::new(&mut store, &module, &imports)?;
        instance.get_typed_func::<(), ()>(&mut store, "__wbindgen_start")?.call(&mut store, ())?;
        Ok(Self {
            memory: instance.get_memory(&mut store, "memory").context("the module exports no memory")?,
            malloc: instance.get_typed_func(&mut store, "__wbindgen_malloc")?,
            free: instance.get_typed_func(&mut store, "__wbindgen_free")?,
            call: instance.get_typed_func(&mut store, "call")?,
            store,
        })
    }

    /// What one call takes, and its reply. The copying of its texts is the host's and costs no fuel.
    fn call(&mut self, op: &str, input: &[u8], raw: &[u8]) -> Result<(u64, String)> {
        self.store.set_fuel(TANK)?;
        let [(op, op_length), (input, input_length), (raw, raw_length)] =
            [self.pass(op.as_bytes())?, self.pass(input)?, self.pass(raw)?];
        let arguments = (op, op_length, input, input_length, raw, raw_length);
        let (start, length) = self.call.call(&mut self.store, arguments)?;
        let mut reply = vec![0; usize::try_from(length)?];
        self.memory.read(&self.store, usize::try_from(start)?, &mut reply)?;
        self.free.call(&mut self.store, (start, length, 1))?;
        let fuel = TANK - self.store.get_fuel()?;
        Ok((fuel, String::from_utf8(reply)?))
    }

    fn pass(&mut self, bytes: &[u8]) -> Result<(i32, i32)> {
        let length = i32::try_from(bytes.len())?;
        let start = self.malloc.call(&mut self.store, (length, 1))?;
        self.memory.write(&mut self.store, usize::try_from(start)?, bytes)?;
        Ok((start, length))
    }
}
