//! Explores the four scopes, or hunts mutants, and prints what was found; `cargo xtask model` and
//! `cargo xtask mutants` call it.
use std::fs;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use failover_sim::model::{Effort, Explored, Letter, Report, Size, gallery, hunt_all, page};

const USAGE: &str = "model [--scope A|B|C|D|all] [--size small|full] [--threads N] [--memory MIB]
      [--json FILE] [--page FILE] [--mutants]
";

struct Options {
    scopes: Vec<Letter>,
    size: Size,
    effort: Effort,
    json: Option<String>,
    page: Option<String>,
    mutants: bool,
}

fn main() -> ExitCode {
    let options = match Options::read(std::env::args().skip(1)) {
        Ok(options) => options,
        Err(problem) => {
            eprint!("{problem}\n\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            eprintln!("{problem}");
            ExitCode::FAILURE
        }
    }
}

fn run(options: &Options) -> Result<(), String> {
    if options.mutants {
        return mutants(options.effort).map(drop);
    }
    let explore = |letter: &Letter| {
        eprintln!("scope {letter} ({})", letter.title());
        Explored::of(*letter, options.size, options.effort)
    };
    let report = Report::of(options.scopes.iter().map(explore).collect());
    println!("{}", report.text());
    if let Some(path) = &options.json {
        write(path, &report.json())?;
    }
    if !report.problems.is_empty() {
        return Err(report.problems.join("\n"));
    }
    if let Some(path) = &options.page {
        let verdicts = mutants(Effort { memory: SMALL, progress: false, ..options.effort })?;
        write(path, &page(&report, &verdicts, options.size, &today()))?;
    }
    Ok(())
}

fn mutants(effort: Effort) -> Result<Vec<failover_sim::model::Verdict>, String> {
    let verdicts = hunt_all(effort);
    println!("{}", gallery(&verdicts));
    let alive = verdicts.iter().filter(|verdict| verdict.killed.is_none());
    let alive: Vec<&str> = alive.map(|verdict| verdict.suspect.name()).collect();
    if alive.is_empty() { Ok(verdicts) } else { Err(format!("not noticed: {}", alive.join(", "))) }
}

/// Bytes for the table of a small search.
const SMALL: usize = 64 << 20;
const FULL: usize = 2 << 30;

impl Options {
    fn read(mut args: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self {
            scopes: Letter::ALL.to_vec(),
            size: Size::Full,
            effort: Effort { threads: 2, memory: 0, progress: true },
            json: None,
            page: None,
            mutants: false,
        };
        while let Some(arg) = args.next() {
            if arg == "--mutants" {
                options.mutants = true;
                options.effort.progress = false;
                continue;
            }
            let value = args.next().ok_or_else(|| format!("{arg} needs a value"))?;
            match arg.as_str() {
                "--scope" if value == "all" => options.scopes = Letter::ALL.to_vec(),
                "--scope" => options.scopes = vec![value.parse()?],
                "--size" => {
                    options.size = match value.as_str() {
                        "small" => Size::Small,
                        "full" => Size::Full,
                        _ => return Err(format!("\"{value}\" is not a size: small or full")),
                    }
                }
                "--threads" => options.effort.threads = number(&arg, &value)?.max(1),
                "--memory" => options.effort.memory = number(&arg, &value)? << 20,
                "--json" => options.json = Some(value),
                "--page" => options.page = Some(value),
                _ => return Err(format!("{arg} is no option")),
            }
        }
        if options.effort.memory == 0 {
            let small = options.mutants || options.size == Size::Small;
            options.effort.memory = if small { SMALL } else { FULL };
        }
        Ok(options)
    }
}

fn number(arg: &str, value: &str) -> Result<usize, String> {
    value.parse().map_err(|_| format!("{arg} needs a number, not \"{value}\""))
}

fn write(path: &str, text: &str) -> Result<(), String> {
    fs::write(path, text).map_err(|error| format!("{path}: {error}"))
}

/// The date, from days since 1970 (Howard Hinnant's `civil_from_days`).
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let days = seconds / 86_400 + 719_468;
    let (era, day) = (days / 146_097, days % 146_097);
    let year = (day - day / 1_460 + day / 36_524 - day / 146_096) / 365;
    let day = day - (365 * year + year / 4 - year / 100);
    let shifted = (5 * day + 2) / 153;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    let year = year + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{:02}", day - (153 * shifted + 2) / 5 + 1)
}
