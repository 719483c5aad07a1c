//! The blueprint's plan, its application, and its removal.
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Instant;

use cloud_api::Call;
use cloud_api::blueprint::{
    Job, NoScripts, Observer, Outcome, Plan, Remark, Report, Scripts, Seen, StepResult, Thing,
    destroy, see,
};
use failover_core::Actor;
use watcher::Handle;
use web_api::{
    ApplyRequest, BlueprintPlan, BlueprintRemark, BlueprintStep, DestroyRequest, PlacesJob, Said,
};

use super::job::{Turn, Words, lines, of_kind, step};
use super::{LOOK, Places, Refused, Rendered, cost};
use crate::config::Locations;

impl Places {
    /// What would make the blueprint so, and what it costs. Changes nothing.
    pub async fn plan(&self) -> Result<BlueprintPlan, Refused> {
        let wanted = self.wanted()?;
        let (seen, plan) = self.see_and_plan(wanted).await?;
        Ok(shown(wanted, &seen, &plan))
    }

    /// Applies a plan that somebody has looked at.
    pub async fn apply(
        self: &Arc<Self>,
        handle: &Handle,
        who: Actor,
        request: ApplyRequest,
    ) -> Result<PlacesJob, Refused> {
        let wanted = self.wanted()?;
        let title = format!("apply the plan {}", request.fingerprint.escape_debug());
        let mut turn = self.turn(handle, who, "apply", title)?;
        let (_, plan) = self.see_and_plan(wanted).await?;
        if plan.fingerprint != request.fingerprint {
            let text = format!(
                "what is there, or the blueprint, is another one by now; look at the new plan {}",
                plan.fingerprint
            );
            return Err(Refused::Conflict("plan_changed", text));
        }
        if !plan.blocked.is_empty() {
            let lines: Vec<String> = plan.blocked.iter().map(Remark::to_string).collect();
            return Err(Refused::Conflict("plan_blocked", lines.join("; ")));
        }
        if plan.steps.is_empty() {
            let text = "everything is as the blueprint says".to_owned();
            return Err(Refused::Conflict("nothing_to_do", text));
        }
        let owner = wanted.blueprint.owner().as_str();
        if plan.deletions() > 0 && request.owner.as_deref() != Some(owner) {
            let text = format!(
                "the plan removes {} things with all their data; type the owner, {owner}, to agree",
                plan.deletions()
            );
            return Err(Refused::Conflict("not_typed", text));
        }
        let scripts = scripts(wanted)?;
        let steps: Vec<BlueprintStep> = plan.steps.iter().map(step).collect();
        let lines = lines(&steps);
        let job = turn.begin(steps, lines).await?;
        tokio::spawn(carry_out(turn, scripts, plan.fingerprint));
        Ok(job)
    }

    /// Removes everything that carries the owner.
    pub async fn destroy(
        self: &Arc<Self>,
        handle: &Handle,
        who: Actor,
        request: DestroyRequest,
    ) -> Result<PlacesJob, Refused> {
        let wanted = self.wanted()?;
        let owner = wanted.blueprint.owner().clone();
        if request.owner != owner.as_str() {
            let text = format!("the owner is {owner}; type exactly that to remove all it has");
            return Err(Refused::Conflict("not_typed", text));
        }
        let title = format!("remove everything of {owner}");
        let mut turn = self.turn(handle, who, "destroy", title)?;
        let seen = self.see_all(wanted).await;
        let steps: Vec<BlueprintStep> = seen.of(&owner).into_iter().map(removal).collect();
        let lines = lines(&steps);
        let job = turn.begin(steps, lines).await?;
        tokio::spawn(async move {
            let places = turn.places().clone();
            let observer = turn.observer();
            let result = destroy(&owner, &places.all(), &places.terms, &observer).await;
            let (count, left) = (done(&result.results), result.left.len());
            let go_on = Some((GO_ON.to_owned(), Some(Said::of("job.again"))));
            let (state, summary, advice) = if result.is_complete() {
                let said = Said::of("job.removed").with("count", count);
                ("done", (format!("{count} things removed; nothing is left."), Some(said)), None)
            } else {
                let silent = result.unseen.iter().map(|(id, why)| format!(" {id}: {why}."));
                let silent = if observer.stops() { String::new() } else { silent.collect() };
                let text = format!("{count} things removed, {left} are left.{silent}");
                let said = Said::of("job.left").with("count", count).with("left", left);
                let said = said.with("silent", silent.trim());
                (if observer.stops() { "stopped" } else { "failed" }, (text, Some(said)), go_on)
            };
            turn.end(state, summary, advice).await;
        });
        Ok(job)
    }

    fn wanted(&self) -> Result<&Locations, Refused> {
        self.wanted.as_ref().ok_or_else(|| {
            let text = "the configuration has no [blueprint]; see docs/operating/locations.md";
            Refused::Unknown("no_blueprint", text.to_owned())
        })
    }

    /// Somebody waits for this: a cloud that is silent is not waited for as long as for a step.
    async fn see_all(&self, wanted: &Locations) -> Seen {
        let call = Call::until(Instant::now() + LOOK);
        see(&wanted.blueprint, &self.all(), call).await
    }

    async fn see_and_plan(&self, wanted: &Locations) -> Result<(Seen, Plan), Refused> {
        let scripts = scripts(wanted)?;
        let seen = self.see_all(wanted).await;
        if let Some(rendered) = &scripts {
            let fit = rendered.fit(&seen, wanted.blueprint.owner());
            fit.map_err(|text| Refused::Conflict("secrets_missing", text))?;
        }
        let plan =
            cloud_api::blueprint::plan(&wanted.blueprint, &seen, as_scripts(scripts.as_ref()));
        Ok((seen, plan))
    }
}

const GO_ON: &str = "do it again: it goes on where it stopped";

async fn carry_out(turn: Turn, scripts: Option<Rendered>, fingerprint: String) {
    let places = turn.places().clone();
    let observer = turn.observer();
    let Some(wanted) = &places.wanted else { return };
    let clouds = places.all();
    let (blueprint, terms) = (&wanted.blueprint, places.terms.clone());
    let job = Job::new(blueprint, &clouds, as_scripts(scripts.as_ref()), terms, &observer);
    let report = job.apply(Some(&fingerprint)).await;
    let (state, summary, advice) = match &report {
        Ok(report) => came_of(report, observer.stops()),
        Err(why) => {
            let advice = ("look at a new plan".to_owned(), Some(Said::of("job.new_plan")));
            let said = Said::of("job.nothing").with("why", why);
            ("failed", (format!("Nothing was changed: {why}"), Some(said)), Some(advice))
        }
    };
    turn.end(state, summary, advice).await;
}

fn came_of(report: &Report, stopped: bool) -> (&'static str, Words, Option<Words>) {
    let (count, all) = (done(&report.results), report.results.len());
    let summary = format!("{count} of {all} steps are done.");
    let said = Said::of("job.steps").with("count", count).with("all", all);
    if report.is_complete() {
        let notices = report.left.notices.len();
        let advice = (notices > 0).then(|| {
            let text = match notices {
                1 => "one notice: look at the plan".to_owned(),
                _ => format!("{notices} notices: look at the plan"),
            };
            (text, Some(Said::of("job.notices").with("count", notices)))
        });
        return ("done", (summary, Some(said)), advice);
    }
    if stopped {
        let advice = "apply a new plan: it goes on where it stopped".to_owned();
        return ("stopped", (summary, Some(said)), Some((advice, Some(Said::of("job.go_on")))));
    }
    let (summary, advice) = match report.failures().next() {
        Some((step, failure, advice)) => (
            (
                format!("{summary} {}: {failure}.", step.name),
                Some(said.with("name", &step.name).with("why", failure)),
            ),
            (advice.to_owned(), Some(of_kind("blueprint", failure.kind))),
        ),
        None => (
            (summary, Some(said)),
            (
                "not all is as the blueprint says: look at a new plan".to_owned(),
                Some(Said::of("job.not_all")),
            ),
        ),
    };
    ("failed", summary, Some(advice))
}

fn done(results: &[StepResult]) -> usize {
    results.iter().filter(|one| matches!(one.outcome, Outcome::Done { .. })).count()
}

fn scripts(wanted: &Locations) -> Result<Option<Rendered>, Refused> {
    let opened = wanted.run.as_ref().map(|run| Rendered::open(run.settings.clone(), &run.secrets));
    opened.transpose().map_err(|text| Refused::Conflict("secrets_missing", text))
}

fn as_scripts(scripts: Option<&Rendered>) -> &dyn Scripts {
    match scripts {
        Some(scripts) => scripts,
        None => &NoScripts,
    }
}

fn removal(one: cloud_api::blueprint::Existing) -> BlueprintStep {
    let thing = serde_json::to_value(one.thing).unwrap_or_default();
    BlueprintStep {
        action: "delete".to_owned(),
        thing: thing.as_str().unwrap_or_default().to_owned(),
        provider: one.provider,
        location: None,
        name: one.name,
        detail: one.detail,
        reason: String::new(),
    }
}

fn shown(wanted: &Locations, seen: &Seen, plan: &Plan) -> BlueprintPlan {
    let owner = wanted.blueprint.owner();
    let touched: BTreeSet<(Thing, &str)> =
        plan.steps.iter().map(|step| (step.thing, step.name.as_str())).collect();
    let there = seen.of(owner);
    let kept = there.iter().filter(|one| !touched.contains(&(one.thing, one.name.as_str())));
    let remark = |one: &Remark| BlueprintRemark {
        provider: one.provider.clone(),
        location: one.location.clone(),
        about: one.about.clone(),
        message: one.message.clone(),
    };
    BlueprintPlan {
        fingerprint: plan.fingerprint.clone(),
        owner: owner.to_string(),
        steps: plan.steps.iter().map(step).collect(),
        blocked: plan.blocked.iter().map(remark).collect(),
        notices: plan.notices.iter().map(remark).collect(),
        kept: kept.map(|one| format!("{} {}", one.thing.word(), one.name)).collect(),
        before: cost::present(&wanted.blueprint, seen),
        after: cost::planned(&plan.cost),
        deletions: plan.deletions(),
    }
}
