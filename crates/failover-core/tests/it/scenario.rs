//! The scenario files: what an operator would tell, and what the machine must say to it.
//!
//! The format is described in `scenarios/README.md`.
mod parse;
mod run;
mod words;

use std::path::Path;

fn told(name: &str) -> Result<(), String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios").join(name);
    let text = std::fs::read_to_string(&path).map_err(|error| format!("{name}: {error}"))?;
    let scenario = parse::scenario(&text).map_err(|problem| format!("{name}:{problem}"))?;
    run::run(&scenario).map_err(|problem| format!("{name}:{problem}"))
}

#[test]
fn every_scenario_goes_as_it_is_told() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let entries = std::fs::read_dir(folder).expect("the scenarios");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("a file").file_name().to_string_lossy().into_owned())
        .filter(|name| name.ends_with(".txt"))
        .collect();
    names.sort_unstable();
    assert!(names.len() >= 20, "only {} scenarios", names.len());
    let problems: Vec<String> = names.iter().filter_map(|name| told(name).err()).collect();
    assert!(problems.is_empty(), "\n{}", problems.join("\n\n"));
}

#[test]
fn a_scenario_that_expects_too_little_or_too_much_fails() {
    let head = "preset thesis\nsites one two\n0s adopt one\n";
    let silent = format!("{head}1s probes one=up two=up every 1s for 5s\n");
    let problem = parse::scenario(&silent).and_then(|told| run::run(&told)).unwrap_err();
    assert!(problem.contains("not expected:\nexpect 0s record This policy"), "{problem}");
    let eager = format!("{head}expect record two is down\n");
    let problem = parse::scenario(&eager).and_then(|told| run::run(&told)).unwrap_err();
    assert!(problem.contains("two is down"), "{problem}");
    assert!(parse::scenario("preset fast\nsites one\n").is_err());
    let odd = format!("{head}any *\n1s anna dances\n");
    let problem = parse::scenario(&odd).and_then(|told| run::run(&told)).unwrap_err();
    assert!(problem.contains("nothing that can happen"), "{problem}");
}
