//! The project's chores: `cargo xtask demo | test | panel | tidy | bench | sim | model |
//! mutants`.
mod bench;
mod demo;
mod model;
mod packages;
mod panel;
mod shell;
mod sim;
mod test;
mod tidy;

use std::process::ExitCode;

const USAGE: &str = "cargo xtask <chore>

  demo [ARGS]    build everything and run the whole product against the built-in emulator
  test           format, lints, all tests, docs, wasm32, panel and its size, tidy
  panel          build the panel and say how large it is
  tidy           dependency arrows, file lengths, module docs, licences
  bench [NAME]   benchmarks; `bench failover` measures whole failovers, `bench diary` sessions
                 at two locations, `bench panel` frames with 200 services (needs Chromium)
  sim [ARGS]     stories of trouble and whether the promises hold: --seeds N [--from SEED]
                 [--minutes N] [--all 1], --story FILE, --seed SEED, --day
  model [ARGS]   every state of four closed worlds: --scope A|B|C|D|all, --size full|small (full),
                 --threads N, --memory MIB, --write-docs
  mutants        seeded faults, and which promise notices each
";

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    let chore = args.next().unwrap_or_default();
    let rest: Vec<String> = args.collect();
    let done = match chore.as_str() {
        "demo" => demo::run(&rest),
        "test" => test::run(),
        "panel" => panel::run(),
        "tidy" => tidy::run(),
        "bench" => bench::run(&rest),
        "sim" => sim::run(&rest),
        "model" => model::run(&rest),
        "mutants" => model::mutants(&rest),
        _ => {
            eprint!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(why) => {
            eprintln!("\nxtask {chore}: {why}");
            ExitCode::FAILURE
        }
    }
}
