//! `schwenk dns propagation --watch`: the world is asked until it has followed, and drawn.
use std::collections::BTreeSet;
use std::io::{IsTerminal, Write};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use dns_provider::Key;
use dns_provider::propagation::{NameServer, observe};
use failover_core::{Curve, CurveEnd, MoveId, Timestamp};
use serde::Serialize;
use watcher::ResolverCheck;

use super::draw;
use super::propagation::{Question, agreed};
use crate::cli::exit::{Exit, Failed};
use crate::cli::out::Out;

/// A picture in a terminal is drawn anew this often.
const FRAME: Duration = Duration::from_millis(250);
/// Between two looks at name servers that do not agree yet.
const PACE: Duration = Duration::from_millis(500);

/// A moment, for programs.
#[derive(Debug, Serialize)]
struct Moment<'c> {
    ms: u64,
    new: usize,
    answering: usize,
    share: Option<f64>,
    expected: f64,
    /// With the last line only: everything.
    #[serde(skip_serializing_if = "Option::is_none")]
    curve: Option<&'c Curve>,
}

pub async fn watch(
    groups: &[(Option<String>, Vec<NameServer>)],
    question: &Question,
    key: &Key,
    out: Out,
) -> Result<Exit, Failed> {
    let check = question.resolvers()?;
    let (wanted, ttl) = wanted(groups, question, key).await?;
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let began = Timestamp::from_millis(u64::try_from(now.as_millis()).unwrap_or(u64::MAX));
    let providers = groups.iter().map(|(provider, servers)| {
        (provider.clone().unwrap_or_else(|| "servers".to_owned()), ttl, servers.clone())
    });
    let name = key.name.to_string();
    let curve = watcher::new_curve(&name, (MoveId(0), began), ttl, providers.collect(), &check);
    let mut screen = Screen::new(out);
    let mut failure = None;
    let wanted = [(key.clone(), wanted)];
    let curve = watcher::follow(curve, &wanted, &check, Duration::ZERO, |curve| {
        failure = screen.show(curve).err().or(failure.take());
    })
    .await;
    if let Some(failure) = failure {
        return Err(failure);
    }
    screen.last(&curve)?;
    match curve.end {
        Some(CurveEnd::Converged) => Ok(Exit::Done),
        _ => Err(Failed::new(Exit::NotConverged, "not everybody gives the new answer")),
    }
}

/// What everybody shall answer: as was said, or as all name servers do.
async fn wanted(
    groups: &[(Option<String>, Vec<NameServer>)],
    question: &Question,
    key: &Key,
) -> Result<(BTreeSet<String>, u32), Failed> {
    let end = Instant::now() + question.patience();
    loop {
        let all: Vec<NameServer> = groups.iter().flat_map(|(_, servers)| servers.clone()).collect();
        let seen = observe(&all, key, question.timeout).await;
        let ttl = seen.iter().flat_map(|one| &one.reply).filter_map(|reply| reply.ttl).max();
        if !question.expect.is_empty() {
            return Ok((question.expect.iter().cloned().collect(), ttl.unwrap_or(0)));
        }
        if let Some(values) = agreed(&seen) {
            return Ok((values.iter().cloned().collect(), ttl.unwrap_or(0)));
        }
        if Instant::now() >= end {
            let message = "the name servers do not agree, so that nobody knows what is new; say it \
                           with --expect";
            return Err(Failed::new(Exit::NotConverged, message));
        }
        tokio::time::sleep(PACE).await;
    }
}

/// Where the curve is shown while it grows.
struct Screen {
    out: Out,
    tty: bool,
    /// Lines of the picture that stand in the terminal.
    drawn: usize,
    frame: Option<Instant>,
    /// What was last said.
    said: Option<(usize, usize)>,
}

impl Screen {
    fn new(out: Out) -> Self {
        let tty = !out.json && std::io::stdout().is_terminal();
        Self { out, tty, drawn: 0, frame: None, said: None }
    }

    /// In a terminal the picture again; else a line, if it is news.
    fn show(&mut self, curve: &Curve) -> Result<(), Failed> {
        if self.tty {
            if self.frame.is_none_or(|at| at.elapsed() >= FRAME) {
                self.frame = Some(Instant::now());
                self.redraw(curve)?;
            }
            return Ok(());
        }
        let reached = curve.reached();
        if self.said == Some(reached) || reached.1 == 0 {
            return Ok(());
        }
        self.said = Some(reached);
        self.out.print(&moment(curve, false), || draw::progress(curve))
    }

    fn last(&mut self, curve: &Curve) -> Result<(), Failed> {
        if self.tty {
            return self.redraw(curve);
        }
        self.out.print(&moment(curve, true), || format!("\n{}", draw::picture(curve)))
    }

    /// Over the picture before: up, and each line to its end.
    fn redraw(&mut self, curve: &Curve) -> Result<(), Failed> {
        let picture = draw::picture(curve);
        let mut text = String::new();
        if self.drawn > 0 {
            text += &format!("\x1b[{}A", self.drawn);
        }
        for line in picture.lines() {
            text += &format!("{line}\x1b[K\n");
        }
        text += "\x1b[J";
        self.drawn = picture.lines().count();
        let mut out = std::io::stdout().lock();
        let written = out.write_all(text.as_bytes()).and_then(|()| out.flush());
        written.map_err(|error| Failed::other(format!("cannot write the result: {error}")))
    }
}

fn moment(curve: &Curve, last: bool) -> Moment<'_> {
    let (new, answering) = curve.reached();
    Moment {
        ms: curve.asked_ms,
        new,
        answering,
        share: curve.share_at(curve.asked_ms),
        expected: curve.forecast().at(Duration::from_millis(curve.asked_ms)),
        curve: last.then_some(curve),
    }
}

impl Question {
    /// Who is asked: those that were named, or the built-in list.
    fn resolvers(&self) -> Result<ResolverCheck, Failed> {
        let mut check = match self.resolvers.is_empty() || self.public {
            true => ResolverCheck::public(),
            false => ResolverCheck::default(),
        };
        check.resolvers.extend(self.resolvers.iter().cloned());
        check.timeout = self.timeout;
        check.limit = self.wait.unwrap_or(check.limit);
        if check.limit.is_zero() {
            return Err(Failed::input("--wait must leave some time; write --wait 15min"));
        }
        Ok(check)
    }

    /// How long name servers may take to agree on what is new.
    fn patience(&self) -> Duration {
        self.wait.unwrap_or(Duration::from_secs(30))
    }
}
