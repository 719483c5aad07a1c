//! `cargo xtask sim`: many worlds of trouble, each from its seed, and whether the promises hold.
use crate::shell::{Done, cargo, step};

pub fn run(args: &[String]) -> Done {
    let mut run = cargo(&["run", "--locked", "--profile", "explore", "--package", "failover-sim"]);
    step("simulation", run.args(["--example", "sim", "--"]).args(args))
}
