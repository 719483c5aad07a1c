//! `schwenk locations apply`: the plan, the question, the work, and what there is afterwards.
use std::fmt::Write;
use std::time::Instant;

use cloud_api::blueprint::{Outcome, Refused, Report};

use super::progress::Progress;
use super::show::{answered, free};
use super::{Work, exit, text};
use crate::cli::ask;
use crate::cli::exit::{Exit, Failed};

pub async fn apply(work: &Work, yes: bool, fingerprint: Option<String>) -> Result<Exit, Failed> {
    let (seen, plan) = work.look().await?;
    answered(&seen)?;
    if !work.out.json {
        work.out.note(text::plan(&work.blueprint, &plan).trim_end())?;
    }
    free(&plan)?;
    if let Some(reviewed) = fingerprint.as_ref().filter(|hex| **hex != plan.fingerprint) {
        let message = format!(
            "the plan is not {reviewed} any more but {}; nothing was changed. Look at it with \
             `schwenk locations plan`",
            plan.fingerprint
        );
        return Err(Failed::new(Exit::Refused, message));
    }
    if !plan.steps.is_empty() {
        ask::confirm(work.blueprint.owner().as_str(), yes || fingerprint.is_some())?;
        work.out.note("")?;
    }
    let started = Instant::now();
    let progress = Progress::new(work.out, plan.steps.len());
    // Whoever has looked at a plan gets that one. With --yes nobody has, and what a dead run has
    // asked for may come up between two looks.
    let reviewed = (!yes || fingerprint.is_some()).then_some(plan.fingerprint.as_str());
    let report = work.job(&progress).apply(reviewed).await.map_err(refused)?;
    if !plan.steps.is_empty() || work.out.json {
        work.out.print(&report, || describe(&report, started.elapsed().as_secs_f64()))?;
    }
    verdict(&report)
}

fn refused(why: Refused) -> Failed {
    let code = match &why {
        Refused::Unseen(all) => exit(all.iter().map(|(_, failure)| failure)),
        _ => Exit::Refused,
    };
    Failed::new(code, format!("{why}; nothing was changed"))
}

fn verdict(report: &Report) -> Result<Exit, Failed> {
    if report.is_complete() {
        return Ok(Exit::Done);
    }
    let failures: Vec<_> = report.failures().collect();
    let Some((_, _, _)) = failures.first() else {
        let message = "not all is as the blueprint says; see `schwenk locations plan`";
        return Err(Failed::new(Exit::NotConverged, message));
    };
    let count = failures.len();
    let message = match count {
        1 => "one step failed".to_owned(),
        _ => format!("{count} steps failed"),
    };
    let message = format!(
        "{message}; `schwenk locations apply` goes on from here, `schwenk locations destroy` takes \
         all of it back"
    );
    Err(Failed::new(exit(failures.iter().map(|(_, failure, _)| *failure)), message))
}

fn describe(report: &Report, seconds: f64) -> String {
    let mut text = String::from("\n");
    let done =
        |result: &&cloud_api::blueprint::StepResult| matches!(result.outcome, Outcome::Done { .. });
    let count = report.results.iter().filter(done).count();
    let _ = writeln!(text, "{count} of {} steps done in {seconds:.1} s.\n", report.results.len());
    for (step, failure, advice) in report.failures() {
        let _ = writeln!(text, "FAILED: {} {}: {failure}", step.thing.word(), step.name);
        let _ = writeln!(text, "        {advice}");
    }
    if report.failures().next().is_some() {
        text.push('\n');
    }
    if !report.there.is_empty() {
        text += "There is now:\n\n";
        text += &text::there(&report.there);
        text.push('\n');
    }
    if !report.left.steps.is_empty() {
        text += "There is not yet:\n";
        for step in &report.left.steps {
            let (thing, word) = (step.thing.word(), step.action.word());
            let _ = writeln!(text, "  {thing} {} ({word}: {})", step.name, step.reason);
        }
        text.push('\n');
    }
    text += &text::remarks("In the way", &report.left.blocked);
    text += &text::remarks("To know", &report.left.notices);
    text + &text::cost(&report.left.cost)
}
