//! What the watcher has counted.
use failover_core::Severity;
use watcher::figures::{Figures, MoveStage, ServiceFigures, Told};

use super::list;
use super::page::Page;
use super::state::seconds;

pub fn service(page: &mut Page, service: &ServiceFigures, vantage: &str) {
    let name = &*service.service;
    for row in &service.probes {
        let [site, check, family] = [&*row.site, &*row.check, row.family];
        for (outcome, count) in &row.outcomes {
            let labels = [name, site, vantage, check, family, outcome];
            page.count(&list::PROBES, &labels, *count);
        }
        page.times(&list::PROBE_TIME, &[name, site, vantage, check, family], &row.seconds);
    }
    for ((severity, kind), count) in &service.events {
        page.count(&list::EVENTS, &[name, severity_word(*severity), kind], *count);
    }
    for ((kind, stage), count) in &service.moves {
        page.count(&list::MOVES, &[name, kind, stage_word(*stage)], *count);
    }
    page.times(&list::MOVE_TIME, &[name], &service.move_seconds);
    for ((provider, outcome), count) in &service.attempts {
        page.count(&list::ATTEMPTS, &[name, provider, outcome], *count);
    }
    for (provider, times) in &service.propagation_seconds {
        page.times(&list::PROPAGATION, &[name, provider], times);
    }
    for (outcome, count) in ["obeyed", "refused"].into_iter().zip(service.commands) {
        page.count(&list::COMMANDS, &[name, outcome], count);
    }
    page.count(&list::GAPS, &[name], service.gaps.count);
    page.value(&list::GAP_TIME, &[name], service.gaps.total.as_secs_f64());
    let latest = service.gaps.latest.map_or(0.0, |(at, _)| seconds(at));
    page.value(&list::GAP_AT, &[name], latest);
    page.flag(&list::LEADER, &[name], service.leadership.leads);
    page.count(&list::EPOCH, &[name], service.leadership.epoch);
}

pub fn watcher(page: &mut Page, figures: &Figures) {
    page.count(&list::PROBES_DROPPED, &[], figures.probes_dropped);
    let journal = &figures.journal;
    page.flag(&list::JOURNAL, &[], journal.writable);
    page.count(&list::COMMITS, &["done"], journal.commits);
    page.count(&list::COMMITS, &["failed"], journal.failures);
    page.times(&list::COMMIT_TIME, &[], &journal.commit_seconds);
    page.value(&list::PENDING, &[], journal.pending.unwrap_or_default().as_secs_f64());
    page.count(&list::BACKLOG, &[], journal.backlog);
    page.count(&list::LOST, &[], journal.lost);
    page.count(&list::FACTS_LOST, &[], journal.facts_lost);
    if let Some(bytes) = journal.bytes {
        page.count(&list::BYTES, &[], bytes);
    }
    for severity in [Severity::Info, Severity::Warning, Severity::Critical] {
        let outcomes =
            [(Told::Handed, "handed"), (Told::TimedOut, "timed_out"), (Told::Dropped, "dropped")];
        for (told, outcome) in outcomes {
            // Those that never happened are there as well: a rise from nothing is no rise.
            let count = figures.notifications.get(&(severity, told)).copied().unwrap_or_default();
            page.count(&list::TOLD, &[severity_word(severity), outcome], count);
        }
    }
}

fn severity_word(severity: Severity) -> &'static str {
    match severity {
        Severity::Info => "info",
        Severity::Warning => "warning",
        Severity::Critical => "critical",
    }
}

fn stage_word(stage: MoveStage) -> &'static str {
    match stage {
        MoveStage::Started => "started",
        MoveStage::Completed => "completed",
        MoveStage::Abandoned => "abandoned",
        _ => "other",
    }
}
