//! The program `schwenk`.
use std::process::ExitCode;

fn main() -> ExitCode {
    schwenk::cli::main()
}
