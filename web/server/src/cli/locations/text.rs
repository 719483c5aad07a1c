//! Plans, reports and inventories as an operator reads them.
use std::collections::BTreeMap;
use std::fmt::Write;

use cloud_api::blueprint::{Action, Blueprint, Cost, Existing, Plan, Remark, Step, Thing};

use crate::cli::out::table;

/// A whole plan: steps by location, what is in the way, what to know, and what it costs.
pub fn plan(blueprint: &Blueprint, plan: &Plan) -> String {
    let mut text = String::new();
    for location in blueprint.locations() {
        let own: Vec<&Step> = steps_of(plan, Some(location.name.as_str()), None);
        if !own.is_empty() {
            let places = location.places.join(", else ");
            let _ = writeln!(text, "{} — {} at {places}", location.name, location.provider);
            text += &steps(&own);
            text.push('\n');
        }
    }
    for provider in blueprint.providers() {
        let own: Vec<&Step> = steps_of(plan, None, Some(provider));
        if !own.is_empty() {
            let _ = writeln!(text, "{provider}, in no location");
            text += &steps(&own);
            text.push('\n');
        }
    }
    text += &remarks("IN THE WAY", &plan.blocked);
    text += &remarks("To know", &plan.notices);
    text += &cost(&plan.cost);
    text.push('\n');
    text += &summary(plan);
    text
}

fn steps_of<'p>(plan: &'p Plan, location: Option<&str>, provider: Option<&str>) -> Vec<&'p Step> {
    let own = plan.steps.iter().filter(|step| {
        step.location.as_deref() == location && provider.is_none_or(|id| id == step.provider)
    });
    own.collect()
}

fn steps(steps: &[&Step]) -> String {
    let rows: Vec<Vec<String>> = steps.iter().map(|step| row(step)).collect();
    table(&rows)
}

fn row(step: &Step) -> Vec<String> {
    let usual = matches!(step.action, Action::Create) && step.reason == "not there yet";
    let why = if usual { String::new() } else { format!("({})", step.reason) };
    let detail = if step.detail.is_empty() { why.clone() } else { step.detail.clone() };
    let why = if step.detail.is_empty() { String::new() } else { why };
    vec![
        format!("  {}", sign(&step.action)),
        step.action.word().to_owned(),
        step.thing.word().to_owned(),
        step.name.clone(),
        format!("{detail}  {why}"),
    ]
}

fn sign(action: &Action) -> &'static str {
    match action {
        Action::Create | Action::Adopt => "+",
        Action::Delete => "-",
        _ => "~",
    }
}

/// "24 steps: 22 to create, 2 TO DELETE. The plan's fingerprint is …".
fn summary(plan: &Plan) -> String {
    if plan.is_empty() {
        return "Everything is as the blueprint says; there is nothing to do.".to_owned();
    }
    let mut counts: Vec<(&str, usize)> = Vec::new();
    for step in &plan.steps {
        let word = match step.action {
            Action::Create => "to create",
            Action::Adopt => "to finish",
            Action::Resize { .. } => "to resize",
            Action::Delete => "TO DELETE",
            _ => "to change",
        };
        match counts.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => counts.push((word, 1)),
        }
    }
    let counts: Vec<String> =
        counts.iter().map(|(word, count)| format!("{count} {word}")).collect();
    let steps = match plan.steps.len() {
        1 => "1 step".to_owned(),
        count => format!("{count} steps"),
    };
    match plan.blocked.is_empty() {
        true => format!("{steps}: {}. Fingerprint {}", counts.join(", "), plan.fingerprint),
        false => "Nothing can be applied before what is in the way is cleared.".to_owned(),
    }
}

/// Remarks, one a line.
pub fn remarks(title: &str, remarks: &[Remark]) -> String {
    if remarks.is_empty() {
        return String::new();
    }
    let line = |remark: &Remark| match &remark.location {
        Some(location) => format!("  {location}: {}: {}\n", remark.about, remark.message),
        None if remark.about == remark.provider => {
            format!("  {}: {}\n", remark.provider, remark.message)
        }
        None => format!("  {}: {}: {}\n", remark.provider, remark.about, remark.message),
    };
    format!("{title}:\n{}\n", remarks.iter().map(line).collect::<String>())
}

/// What it costs, and what of it nobody says.
pub fn cost(cost: &Cost) -> String {
    let mut rows = Vec::new();
    for location in &cost.locations {
        let price = match &location.currency {
            Some(currency) => format!("{currency} {}", location.monthly.cents()),
            None => "not known".to_owned(),
        };
        let missing = match (&location.currency, location.unpriced.is_empty()) {
            (_, true) => String::new(),
            (Some(_), false) => format!("without {}", location.unpriced.join(", ")),
            (None, false) => format!(
                "{} has no price list here: {}",
                location.provider,
                location.unpriced.join(", ")
            ),
        };
        rows.push(vec![format!("  {}", location.location), price, missing]);
    }
    let totals = cost.totals.iter().map(|(currency, sum)| format!("{currency} {}", sum.cents()));
    let total = totals.collect::<Vec<_>>().join(" + ");
    let total = if total.is_empty() { "not known".to_owned() } else { total };
    let rest = if cost.complete { "" } else { "and what has no price here" };
    rows.push(vec!["  total".to_owned(), total, rest.to_owned()]);
    format!("Cost a month, without tax and traffic:\n{}", table(&rows))
}

/// What there is, by provider.
pub fn there(all: &[Existing]) -> String {
    let mut by_provider: BTreeMap<&str, Vec<&Existing>> = BTreeMap::new();
    for one in all {
        by_provider.entry(&one.provider).or_default().push(one);
    }
    let each = by_provider.into_iter().map(|(provider, mut own)| {
        own.sort_by_key(|one| (one.thing != Thing::Server, one.thing, one.name.clone()));
        let rows: Vec<Vec<String>> = own
            .iter()
            .map(|one| {
                let unsure = if one.sure { "" } else { "  (not seen now)" };
                vec![
                    format!("  {}", one.thing.word()),
                    one.name.clone(),
                    format!("{}{unsure}", one.detail),
                ]
            })
            .collect();
        format!("{provider}\n{}", table(&rows))
    });
    each.collect::<Vec<_>>().join("\n")
}
