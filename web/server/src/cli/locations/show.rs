//! `schwenk locations plan` and `schwenk locations show`: looking, changing nothing.
use std::collections::BTreeMap;

use cloud_api::blueprint::{Cost, Existing, Plan, Remark, Seen};
use cloud_api::{Failure, Layout};
use serde::Serialize;

use super::{Work, exit, text};
use crate::cli::exit::{Exit, Failed};

/// What there is.
#[derive(Debug, Serialize)]
struct Shown {
    owner: String,
    /// Everything that carries the owner.
    there: Vec<Existing>,
    /// The wanted servers with their addresses, as far as they are reserved.
    layout: Layout,
    /// How many steps `apply` would take.
    steps: usize,
    blocked: Vec<Remark>,
    notices: Vec<Remark>,
    cost: Cost,
    /// Providers that did not answer, and why.
    unseen: BTreeMap<String, Failure>,
}

pub async fn plan(work: &Work) -> Result<Exit, Failed> {
    let (seen, plan) = work.look().await?;
    work.out.print(&plan, || text::plan(&work.blueprint, &plan))?;
    answered(&seen)?;
    free(&plan)
}

pub async fn show(work: &Work) -> Result<Exit, Failed> {
    let (seen, plan) = work.look().await?;
    let shown = Shown {
        owner: work.blueprint.owner().to_string(),
        there: seen.of(work.blueprint.owner()),
        layout: seen.layout(&work.blueprint),
        steps: plan.steps.len(),
        blocked: plan.blocked,
        notices: plan.notices,
        cost: plan.cost,
        unseen: seen.unseen().map(|(id, failure)| (id.to_owned(), failure.clone())).collect(),
    };
    work.out.print(&shown, || describe(&shown))?;
    answered(&seen)
}

/// Fails when a provider did not answer.
pub fn answered(seen: &Seen) -> Result<Exit, Failed> {
    let unseen: Vec<(&str, &Failure)> = seen.unseen().collect();
    if unseen.is_empty() {
        return Ok(Exit::Done);
    }
    let lines: Vec<String> =
        unseen.iter().map(|(id, failure)| format!("{id}: {failure}")).collect();
    Err(Failed::new(exit(unseen.iter().map(|(_, failure)| *failure)), lines.join("\n")))
}

/// Fails when something is in the way.
pub fn free(plan: &Plan) -> Result<Exit, Failed> {
    match plan.blocked.len() {
        0 => Ok(Exit::Done),
        1 => Err(Failed::new(Exit::Refused, "something is in the way; nothing was changed")),
        count => {
            let message = format!("{count} things are in the way; nothing was changed");
            Err(Failed::new(Exit::Refused, message))
        }
    }
}

fn describe(shown: &Shown) -> String {
    let mut text = match shown.there.is_empty() {
        true => format!("There is nothing of {} yet.\n\n", shown.owner),
        false => text::there(&shown.there) + "\n",
    };
    text += &text::remarks("In the way", &shown.blocked);
    text += &text::remarks("To know", &shown.notices);
    text += &text::cost(&shown.cost);
    text += match shown.steps {
        0 if shown.blocked.is_empty() => "\nEverything is as the blueprint says.",
        0 => "",
        _ => "\nNot all is as the blueprint says: see `schwenk locations plan`.",
    };
    text
}
