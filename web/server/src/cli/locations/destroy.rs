//! `schwenk locations destroy`: everything of the owner, after the owner's name was typed.
use std::collections::BTreeMap;

use cloud_api::Failure;
use cloud_api::blueprint::{Destroyed, Outcome, destroy as destroyed};

use super::progress::Progress;
use super::{Work, exit, text};
use crate::cli::ask;
use crate::cli::exit::{Exit, Failed};

pub async fn destroy(work: &Work, confirm: Option<String>) -> Result<Exit, Failed> {
    let owner = work.blueprint.owner();
    let seen = work.see().await;
    let there = seen.of(owner);
    if !work.out.json {
        let unseen = seen.unseen().map(|(id, failure)| format!("{id} does not answer: {failure}"));
        for line in unseen {
            work.out.note(&line)?;
        }
        let line = match there.len() {
            0 => format!("There is nothing of {owner}."),
            _ => format!("{}\nALL OF THIS IS REMOVED, with all data.\n", text::there(&there)),
        };
        work.out.note(&line)?;
    }
    let nothing = there.is_empty() && seen.unseen().next().is_none();
    match confirm {
        Some(typed) if typed != owner.as_str() => {
            let message = format!("--confirm {typed}: the owner is {owner}; nothing was changed");
            return Err(Failed::new(Exit::Refused, message));
        }
        None if !nothing => ask::typed(owner.as_str(), &format!("--confirm {owner}"))?,
        _ => {}
    }
    let progress = Progress::new(work.out, there.len());
    let result = destroyed(owner, &work.clouds, &work.terms, &progress).await;
    work.out.print(&result, || describe(&result))?;
    verdict(&result)
}

fn verdict(result: &Destroyed) -> Result<Exit, Failed> {
    if result.is_complete() {
        return Ok(Exit::Done);
    }
    let mut failures: BTreeMap<String, &Failure> = BTreeMap::new();
    for one in &result.results {
        if let Outcome::Failed { failure, .. } = &one.outcome {
            failures.insert(one.step.name.clone(), failure);
        }
    }
    failures.extend(result.unseen.iter().map(|(id, failure)| (id.clone(), failure)));
    let lines: Vec<String> =
        failures.iter().map(|(about, failure)| format!("{about}: {failure}")).collect();
    let message = format!("{}\nnot all is removed; destroy again", lines.join("\n"));
    Err(Failed::new(exit(failures.into_values()), message))
}

fn describe(result: &Destroyed) -> String {
    let removed =
        |one: &&cloud_api::blueprint::StepResult| matches!(one.outcome, Outcome::Done { .. });
    let count = result.results.iter().filter(removed).count();
    let mut text = match (count, result.is_complete()) {
        (0, true) => "Nothing to do.".to_owned(),
        (_, true) => format!("\n{count} things removed; nothing is left."),
        _ => format!("\n{count} things removed."),
    };
    if !result.left.is_empty() {
        text += &format!(" There is still:\n\n{}", text::there(&result.left));
    }
    text
}
