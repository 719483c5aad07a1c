//! The safety page, written by the machine from its last run.
use std::fmt::Write;

use super::explorer::collision;
use super::gallery::Verdict;
use super::report::Report;
use super::scope::Size;
use crate::property::Property;

/// `docs/safety.md` after a run on `date`.
pub fn page(report: &Report, verdicts: &[Verdict], size: Size, date: &str) -> String {
    let mut out = String::from(HEAD);
    let total = report.states();
    let size = match size {
        Size::Small => "small",
        Size::Full => "full",
    };
    let exhaustive = report.exhaustive().len();
    let _ = writeln!(
        out,
        "Written on {date} by `cargo xtask model --write-docs --size {size}`: {exhaustive} of {} promises \
         were put to the test exhaustively, in {} distinct states altogether; S29, which is about \
         settings and not about states, with {} policies.\n",
        Property::ALL.len(),
        million(total),
        report.policies
    );
    out.push_str("## The promises\n\n");
    out.push_str("| id | what is promised | where it comes from | scopes | put to the test |\n");
    out.push_str("|---|---|---|---|---|\n");
    for property in Property::ALL {
        let (scopes, times) = report.where_tried(*property);
        let (id, sentence, source) = (property.id(), property.sentence(), property.source());
        let scopes = if scopes.is_empty() { "–".to_owned() } else { scopes };
        let _ = writeln!(out, "| {id} | {sentence} | {source} | {scopes} | {times} |");
    }
    out.push_str("\n## The scopes\n\n");
    out.push_str("| scope | closed worlds | distinct states | transitions | depth | seconds |\n");
    out.push_str("|---|---|---|---|---|---|\n");
    for one in &report.scopes {
        let (letter, title, found) = (one.letter, one.letter.title(), &one.found);
        let _ = writeln!(
            out,
            "| {letter} ({title}) | {} | {} | {} | {} | {:.0} |",
            one.worlds,
            found.states,
            found.transitions,
            found.deepest,
            found.took.as_secs_f64()
        );
    }
    let _ = writeln!(
        out,
        "\nA state is known by 64 bits. That two of these states share them, so that one was not \
         looked at, has a probability of at most {:.1e}.",
        collision(total)
    );
    out.push_str(MUTANTS);
    for verdict in verdicts {
        let (name, what) = (verdict.suspect.name(), verdict.suspect.what());
        let _ = match &verdict.killed {
            Some(kill) => writeln!(
                out,
                "| {name} | {what} | {} | {} | {} | {} |",
                kill.property.id(),
                kill.letter,
                kill.states,
                kill.trace.actions.len()
            ),
            None => writeln!(out, "| {name} | {what} | nobody | – | – | – |"),
        };
    }
    out.push_str(LIMITS);
    out
}

fn million(states: u64) -> String {
    format!("{:.1} million", states as f64 / 1e6)
}

const HEAD: &str = "# What the decision promises, and how far that was checked

The machine that decides in the watcher is explored here as it is shipped, line for line: every state
that it can reach in four small closed worlds, with every fault that their budgets allow, in every
order. A monitor with an account of its own looks at every transition. This page is written by the
run; a test fails when anything in it but the figures is not the code's.

";

const MUTANTS: &str = "
## Whether a fault would be noticed

Each of these seeded faults was put into the machine or its environment and explored in the small
scopes until a promise broke. The trace is the number of actions that are needed for it.

| fault | what is wrong | noticed by | scope | states until then | trace |
|---|---|---|---|---|---|
";

const LIMITS: &str = "
## What this does not say

- The worlds are small: two sites, one check, at most three vantages, two providers, two watchers and
  a few faults of each kind. What needs more of something at once is not seen here; the simulator
  looks there at random, without any claim to be complete.
- Time goes in strides of a second or half of one, and policies are a few seconds long. That nothing
  depends on finer moments is an assumption.
- A vantage reports on all its sites at one moment, and a look at a provider is one moment, too.
- A precondition is taken to notice every write since the writer has read. Where a provider only
  compares the content, a very late write can land after the content has gone there and back again;
  the drift check finds that.
- A write of our own that lands late is put right if it is first seen within `moves_window`, whatever
  (a crash, a pause, a journal or an API that is down) holds the machine up then. First seen later, it
  could be anybody's change and is reported like one.
- Vantages are interchangeable and times count from now: states that differ in nothing else are
  counted once. An outbox of a process that dies is cut at every output that somebody else can see.
- The shell around the machine (journal, network, clock) is tried by its own tests, not here.
- What S2 says of NS, SOA and other people's records, and what S21 says of sending nothing, is the
  shell's part; here only the machine's half of both is checked. S27's alarm is raised outside.
- S29 is checked on a lattice of settings around a good policy: each value that is right or wrong by
  itself, and with each of the others. TTLs and the detection time that was asked for are checked
  where the configuration is read, by its own tests.
";
