//! A digest that is blind to differences which make none: for those who look at every state.
use crate::digest::Digest;
use crate::id::{AttemptId, MoveId};
use crate::machine::publish::{Phase, ProviderRun};
use crate::machine::verdict::{Counter, Held, Votes};
use crate::machine::{Failover, Job, Leader, Run};
use crate::policy::{Failback, Fall, PolicySpec};
use crate::state::{ProviderMemory, SiteMemory, State};
use crate::time::Timestamp;
use crate::view::{Mode, MoveView};
use std::hash::{Hash, Hasher};
use std::mem::discriminant;
use std::time::Duration;

/// Most vantages a policy can have.
const VANTAGES: usize = 32;

impl Failover {
    /// A digest that two machines of one policy share if no facts, told to both, can ever tell them
    /// apart by what they do. A fact of one's vantage is told to the other of the vantage that
    /// stands for it.
    ///
    /// It is blind to what time it is, to how long ago something was beyond where anybody looks
    /// back, to counters that have more than enough, to texts and names that people read, and to
    /// which vantage is which. `beside[v]` is a digest of what the world knows of vantage `v`
    /// (whether it lies, say); it goes with the vantage to its place. Left out, it counts as 0.
    ///
    /// Different machines can share it, so that exploring one of them explores both; equal ones
    /// always do. Generations, attempts and epochs count as they are.
    pub fn orbit(&self, beside: &[u64]) -> u64 {
        let spec = self.policy.spec();
        let mut digest = Digest::new();
        self.policy.digest().hash(&mut digest);
        self.hash_known_policy(&mut digest);
        let mut gaze = Gaze { spec, now: self.run.now, digest };
        Some(self.faults).filter(|faults| !faults.is_none()).hash(&mut gaze.digest);
        gaze.state(&self.state);
        gaze.run(&self.run);
        for &lag in &self.run.lags {
            // How far it lags beyond or below the limit decides nothing.
            let known = lag.filter(|_| spec.lag_max.is_some());
            let near = |lag| spec.lag_max.is_none_or(|most| u128::from(lag) <= most.as_millis());
            known.map(near).hash(&mut gaze.digest);
        }
        gaze.vantages(&self.run.votes, beside);
        gaze.digest.finish()
    }
}

/// What is looked at, from which moment, with which eyes.
///
/// Each function takes what it hashes apart, so that a new field has to be given a thought.
struct Gaze<'a> {
    spec: &'a PolicySpec,
    now: Timestamp,
    digest: Digest,
}

impl Gaze<'_> {
    /// How long ago, for those who look back as far as `most`.
    fn past(&mut self, at: Timestamp, most: Duration) {
        past(self.now, at, most).hash(&mut self.digest);
    }

    /// How long until, for those who only wait.
    fn ahead(&mut self, at: Timestamp) {
        at.since(self.now).hash(&mut self.digest);
    }

    fn end(&mut self, at: Option<Timestamp>) {
        at.map(|at| at.since(self.now)).hash(&mut self.digest);
    }

    fn state(&mut self, state: &State) {
        let State {
            policy: _,
            desired,
            generation,
            since,
            mode,
            latched,
            sites,
            providers,
            open_move,
            last_move,
            last_attempt,
            by_human,
            automatic,
            repairs,
            earlier,
            all_down,
            unacknowledged,
            epoch,
            at: _,
        } = state;
        (desired, generation, last_attempt, epoch).hash(&mut self.digest);
        (by_human, all_down, unacknowledged).hash(&mut self.digest);
        // Only a provider that is behind and was not yet told of is waited for.
        let awaited = providers.iter().any(|p| p.verified < *generation && !p.split);
        awaited.hash(&mut self.digest);
        if awaited {
            self.past(*since, self.spec.split_after);
        }
        match mode {
            Mode::Armed { .. } => self.digest.write_u8(0),
            Mode::Disarmed { who: _, since: _, until } => {
                self.digest.write_u8(1);
                self.end(*until);
            }
        }
        latched.is_some().hash(&mut self.digest);
        self.end(latched.and_then(|(_, until)| until));
        sites.iter().for_each(|memory| self.site(memory));
        providers.iter().for_each(|memory| self.provider(memory));
        self.a_move(open_move.as_ref());
        self.a_move(last_move.as_ref());
        self.recent(automatic, self.spec.moves_window.max(self.spec.hold_down));
        self.recent(repairs, self.spec.moves_window);
        // How long ago an answer was given up only matters to a write of it that lands late.
        let window = self.spec.moves_window;
        let (now, count) = (self.now, earlier.len());
        let old = earlier.iter().take_while(|(at, _)| now.since(*at) >= window).count();
        (count - old).hash(&mut self.digest);
        for (at, sites) in &earlier[old..] {
            sites.hash(&mut self.digest);
            past(self.now, *at, window).hash(&mut self.digest);
        }
    }

    fn site(&mut self, memory: &SiteMemory) {
        let SiteMemory { told, maintenance, fence } = memory;
        (told, fence).hash(&mut self.digest);
        self.end(maintenance.as_ref().map(|(until, _)| *until));
    }

    fn provider(&mut self, memory: &ProviderMemory) {
        let ProviderMemory {
            accepted,
            verified,
            attempt,
            latest,
            unsure,
            found,
            split,
            drift,
            returned,
        } = memory;
        (accepted, verified, attempt, latest).hash(&mut self.digest);
        (unsure, found, split, returned, drift.as_ref().map(|(answer, _)| answer))
            .hash(&mut self.digest);
    }

    fn a_move(&mut self, view: Option<&MoveView>) {
        view.is_some().hash(&mut self.digest);
        let Some(MoveView { id, reason, from, to, who: _, since: _, completed }) = view else {
            return;
        };
        (id, reason, from, to, completed.is_some()).hash(&mut self.digest);
    }

    /// Only what is not too long ago to count.
    fn recent(&mut self, moments: &[Timestamp], window: Duration) {
        let old = moments.iter().take_while(|at| self.now.since(**at) >= window).count();
        let recent = &moments[old..];
        recent.len().hash(&mut self.digest);
        recent.iter().for_each(|at| self.past(*at, window));
    }

    fn run(&mut self, run: &Run) {
        let Run {
            now: _,
            stepped,
            policy_told,
            votes: _,
            providers,
            said,
            leadership,
            epoch,
            lead_told,
            journal,
            woken_until,
            fences,
            starts,
            lags: _,
            held,
            quiet_until,
        } = run;
        (stepped, policy_told, lead_told, journal, epoch).hash(&mut self.digest);
        match leadership {
            Leader::Sole => self.digest.write_u8(0),
            Leader::Following => self.digest.write_u8(1),
            Leader::Leading { epoch, until } => {
                self.digest.write_u8(2);
                epoch.hash(&mut self.digest);
                self.ahead(*until);
            }
        }
        providers.iter().for_each(|run| self.provider_run(run));
        said.hash(&mut self.digest);
        self.end(woken_until.filter(|until| *until > self.now));
        fences.iter().chain(starts).for_each(|job| self.job(job));
        held.len().hash(&mut self.digest);
        held.iter().for_each(|blocker| discriminant(blocker).hash(&mut self.digest));
        self.ahead(*quiet_until);
    }

    fn job(&mut self, job: &Job) {
        discriminant(job).hash(&mut self.digest);
        match job {
            Job::None => {}
            Job::Running(at) | Job::Done(at) => self.past(*at, self.spec.attempt_timeout),
            Job::Failed(at) => self.past(*at, self.spec.retry_max),
        }
    }

    fn provider_run(&mut self, run: &ProviderRun) {
        let ProviderRun { phase, failures, looked } = run;
        (discriminant(phase), looked).hash(&mut self.digest);
        // Beyond the longest pause another failure changes nothing.
        let pause = |failures: u32| self.spec.retry_min.saturating_mul(1 << failures.min(20));
        let enough = (1..20).find(|failures| pause(*failures) >= self.spec.retry_max);
        (*failures).min(enough.unwrap_or(20)).hash(&mut self.digest);
        match phase {
            Phase::Idle => {}
            Phase::Publishing { id, attempt, since } => {
                let under_way: (&MoveId, &AttemptId) = (id, attempt);
                under_way.hash(&mut self.digest);
                self.past(*since, self.spec.attempt_timeout);
            }
            Phase::ReadingBack { since, asked, rested } => {
                (asked, rested).hash(&mut self.digest);
                self.past(*since, self.spec.attempt_timeout);
            }
            Phase::Verifying { since: _, asked } => self.past(*asked, self.spec.retry_max),
            Phase::Failed { message: _, retry_at, unsure } => {
                unsure.hash(&mut self.digest);
                self.ahead(*retry_at);
            }
        }
    }

    fn vantages(&mut self, votes: &Votes, beside: &[u64]) {
        let Votes { sites, checks, counters, votes: said, verdicts, isolated } = votes;
        let stable_for = match self.spec.failback {
            Failback::Auto { stable_for } => stable_for,
            Failback::Manual => Duration::ZERO,
        };
        for Held { verdict, since } in verdicts {
            verdict.hash(&mut self.digest);
            self.past(*since, self.spec.candidate_up_for.max(stable_for));
        }
        let mut all = [0; VANTAGES];
        for (place, isolated) in isolated.iter().enumerate().take(VANTAGES) {
            let mut digest = Digest::new();
            (beside.get(place).copied().unwrap_or_default(), isolated).hash(&mut digest);
            for Held { verdict, since: _ } in said.iter().skip(place * sites).take(*sites) {
                verdict.hash(&mut digest);
            }
            for counter in counters.iter().skip(place * sites * checks).take(sites * checks) {
                counter.orbit(self.spec, self.now, &mut digest);
            }
            all[place] = digest.finish();
        }
        let all = &mut all[..isolated.len().min(VANTAGES)];
        all.sort_unstable();
        all.iter().for_each(|digest| digest.hash(&mut self.digest));
    }
}

impl Counter {
    fn orbit(&self, spec: &PolicySpec, now: Timestamp, digest: &mut Digest) {
        let Self { verdict, failures, successes, grey, window, met, missed, reported } = *self;
        let (failures, window) = match spec.fall {
            Fall::InARow(fall) => (failures.min(fall), 0),
            Fall::Window { of, .. } => (failures.min(1), window & (u64::MAX >> (64 - of.min(64)))),
        };
        let counted = (verdict, failures, successes.min(spec.rise), grey.min(spec.grey), window);
        counted.hash(digest);
        // What is reported is fresh, so nothing of it is before what is staler than that.
        past(now, met, spec.freshness).hash(digest);
        past(now, missed, spec.freshness).hash(digest);
        let reported = reported.map(|at| past(now, at, spec.freshness * 2));
        reported.hash(digest);
    }
}

fn past(now: Timestamp, at: Timestamp, most: Duration) -> u64 {
    let most = u64::try_from(most.as_millis()).unwrap_or(u64::MAX);
    match now.as_millis().checked_sub(at.as_millis()) {
        Some(age) => age.min(most),
        // Recorded by a clock that was ahead: how far ahead delays what waits for it.
        None => now.as_millis().wrapping_sub(at.as_millis()),
    }
}
