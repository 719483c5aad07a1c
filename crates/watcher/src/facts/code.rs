//! The compact form of a fact: about sixteen bytes for a probe, eight of them the digest.
//!
//! A chunk is a row of facts. Each is: a byte that says which kind; the milliseconds since the fact
//! before it (zigzag varint; the first counts from the chunk's own time); what belongs to the kind;
//! the digest, eight bytes, little endian. Places are single bytes, moments are differences to the
//! fact's own moment. Kinds that are rare are JSON with its length before it.
use failover_core::{Answer, CheckId, Input, ProviderId, SiteId, SiteSet, Timestamp, VantageId};

use super::Step;

const TICK: u8 = 0;
const PROBED_OK: u8 = 1;
const PROBED_FAILED: u8 = 2;
const STORED: u8 = 3;
const ANSWERED: u8 = 4;
const JSON: u8 = 255;

/// Why a chunk cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("fact {number} cannot be read: {message}")]
pub(crate) struct Damaged {
    pub(crate) number: u64,
    pub(crate) message: String,
}

/// Appends one fact to `out`; `before` is the moment of the one before it.
pub(super) fn encode(
    out: &mut Vec<u8>,
    before: Timestamp,
    now: Timestamp,
    fact: &Input,
    digest: u64,
) -> Result<(), serde_json::Error> {
    let ago = delta(before, now);
    match fact {
        Input::Tick => {
            out.push(TICK);
            signed(out, ago);
        }
        Input::Probed { vantage, site, check, ok, at } => {
            out.push(if *ok { PROBED_OK } else { PROBED_FAILED });
            signed(out, ago);
            out.extend([vantage.0, site.0, check.0]);
            signed(out, delta(*at, now));
        }
        Input::Stored { provider, answer: Answer::Sites(sites) } => {
            out.push(STORED);
            signed(out, ago);
            out.push(provider.0);
            unsigned(out, bits(*sites));
        }
        Input::Answered { provider, answer: Answer::Sites(sites) } => {
            out.push(ANSWERED);
            signed(out, ago);
            out.push(provider.0);
            unsigned(out, bits(*sites));
        }
        other => {
            let text = serde_json::to_vec(other)?;
            out.push(JSON);
            signed(out, ago);
            unsigned(out, text.len() as u64);
            out.extend(text);
        }
    }
    out.extend(digest.to_le_bytes());
    Ok(())
}

/// The facts of a chunk whose first one has this number; `from` is the chunk's own time.
pub(crate) fn decode(
    bytes: &[u8],
    from: Timestamp,
    first: u64,
    count: u64,
) -> Result<Vec<Step>, Damaged> {
    let mut rest = Rest(bytes);
    let mut before = from;
    let mut steps = Vec::new();
    for number in first..first.saturating_add(count) {
        let damaged = |message: String| Damaged { number, message };
        let (now, fact) = rest.fact(before).map_err(damaged)?;
        let digest = rest.take(8).map_err(damaged)?;
        let digest = u64::from_le_bytes(digest.try_into().unwrap_or_default());
        steps.push(Step { number, now, fact, digest });
        before = now;
    }
    if rest.0.is_empty() {
        Ok(steps)
    } else {
        let message = format!("{} bytes follow that belong to none", rest.0.len());
        Err(Damaged { number: first.saturating_add(count), message })
    }
}

/// What has not been read yet.
struct Rest<'a>(&'a [u8]);

impl<'a> Rest<'a> {
    fn fact(&mut self, before: Timestamp) -> Result<(Timestamp, Input), String> {
        let kind = self.byte()?;
        let now = shifted(before, self.signed()?);
        let fact = match kind {
            TICK => Input::Tick,
            PROBED_OK | PROBED_FAILED => Input::Probed {
                vantage: VantageId(self.byte()?),
                site: SiteId(self.byte()?),
                check: CheckId(self.byte()?),
                ok: kind == PROBED_OK,
                at: shifted(now, self.signed()?.saturating_neg()),
            },
            STORED => Input::Stored {
                provider: ProviderId(self.byte()?),
                answer: Answer::Sites(self.sites()?),
            },
            ANSWERED => Input::Answered {
                provider: ProviderId(self.byte()?),
                answer: Answer::Sites(self.sites()?),
            },
            JSON => {
                let length = usize::try_from(self.unsigned()?).unwrap_or(usize::MAX);
                let text = self.take(length)?;
                serde_json::from_slice(text).map_err(|error| error.to_string())?
            }
            other => return Err(format!("there is no kind {other}")),
        };
        Ok((now, fact))
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], String> {
        let Some((taken, rest)) = self.0.split_at_checked(length) else {
            return Err("it is cut off".to_owned());
        };
        self.0 = rest;
        Ok(taken)
    }

    fn byte(&mut self) -> Result<u8, String> {
        Ok(self.take(1)?[0])
    }

    fn unsigned(&mut self) -> Result<u64, String> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err("a number has no end".to_owned())
    }

    fn signed(&mut self) -> Result<i64, String> {
        let value = self.unsigned()?;
        Ok((value >> 1).cast_signed() ^ -((value & 1).cast_signed()))
    }

    fn sites(&mut self) -> Result<SiteSet, String> {
        let bits = self.unsigned()?;
        let sites = (0..16).map(SiteId).filter(|site| bits & (1 << site.0) != 0);
        let sites: SiteSet = sites.collect();
        if self::bits(sites) == bits { Ok(sites) } else { Err("no such sites".to_owned()) }
    }
}

fn bits(sites: SiteSet) -> u64 {
    sites.iter().fold(0, |bits, site| bits | 1 << site.0)
}

/// `to` − `from` in milliseconds. Wraps where the distance does not fit, and so does the way back.
fn delta(from: Timestamp, to: Timestamp) -> i64 {
    to.as_millis().wrapping_sub(from.as_millis()).cast_signed()
}

fn shifted(from: Timestamp, by: i64) -> Timestamp {
    Timestamp::from_millis(from.as_millis().wrapping_add(by.cast_unsigned()))
}

fn unsigned(out: &mut Vec<u8>, mut value: u64) {
    while value > 0x7f {
        out.push(value.to_le_bytes()[0] | 0x80);
        value >>= 7;
    }
    out.push(value.to_le_bytes()[0]);
}

fn signed(out: &mut Vec<u8>, value: i64) {
    unsigned(out, ((value << 1) ^ (value >> 63)).cast_unsigned());
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use failover_core::{Actor, AttemptId, Command, Receipt};

    use super::*;

    fn at(millis: u64) -> Timestamp {
        Timestamp::from_millis(millis)
    }

    fn facts() -> Vec<(u64, Input)> {
        let (vantage, site, check) = (VantageId(2), SiteId(15), CheckId(255));
        let (provider, attempt) = (ProviderId(1), AttemptId(u64::MAX));
        let text = "straße".to_owned();
        let until = at(7);
        vec![
            (1_800_000_000_000, Input::Tick),
            (1_800_000_000_000, Input::Journal { writable: true }),
            (1_800_000_000_250, Input::Probed { vantage, site, check, ok: true, at: at(0) }),
            (
                1_800_000_000_200,
                Input::Probed { vantage, site, check, ok: false, at: at(1_800_000_000_900) },
            ),
            (u64::MAX, Input::Probed { vantage, site, check, ok: false, at: at(u64::MAX) }),
            (0, Input::Stored { provider, answer: Answer::Sites(SiteSet::first(16)) }),
            (1, Input::Stored { provider, answer: Answer::Foreign { text: text.clone() } }),
            (2, Input::Answered { provider, answer: Answer::Sites(SiteSet::EMPTY) }),
            (3, Input::Answered { provider, answer: Answer::Silent { text: text.clone() } }),
            (4, Input::Receipt { attempt, provider, receipt: Receipt::Applied }),
            (5, Input::Receipt { attempt, provider, receipt: Receipt::Unknown { message: text } }),
            (6, Input::Fenced { site, ok: true }),
            (6, Input::Started { site, ok: false }),
            (6, Input::Leadership { epoch: 9, until }),
            (6, Input::LeadershipLost),
            (6, Input::Isolated { vantage, isolated: true }),
            (6, Input::Lag { site, lag: Some(Duration::new(1, 5)) }),
            (6, Input::Lag { site, lag: None }),
            (6, Input::Operator { who: Actor("ann".to_owned()), command: Command::Arm }),
        ]
    }

    fn encoded() -> (Vec<u8>, u64) {
        let (mut out, mut before) = (Vec::new(), at(1_800_000_000_000));
        for (number, (now, fact)) in facts().into_iter().enumerate() {
            encode(&mut out, before, at(now), &fact, !(number as u64)).expect("it has a form");
            before = at(now);
        }
        (out, facts().len() as u64)
    }

    #[test]
    fn every_kind_of_fact_is_read_as_it_was_written() {
        let (bytes, count) = encoded();
        let steps = decode(&bytes, at(1_800_000_000_000), 7, count).expect("readable");
        let wanted = facts().into_iter().enumerate().map(|(number, (now, fact))| Step {
            number: 7 + number as u64,
            now: at(now),
            fact,
            digest: !(number as u64),
        });
        assert_eq!(steps, wanted.collect::<Vec<_>>());
    }

    #[test]
    fn a_probe_takes_sixteen_bytes() {
        let mut out = Vec::new();
        let (vantage, site, check) = (VantageId(0), SiteId(1), CheckId(0));
        let probe = Input::Probed { vantage, site, check, ok: true, at: at(1_000_050) };
        encode(&mut out, at(1_000_000), at(1_000_250), &probe, 42).expect("it has a form");
        assert_eq!(out.len(), 16);
    }

    #[test]
    fn whatever_is_cut_off_changed_or_too_long_is_refused_and_never_a_panic() {
        let (bytes, count) = encoded();
        let from = at(1_800_000_000_000);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length], from, 0, count).is_err(), "{length}");
        }
        let longer = [&bytes[..], &[0]].concat();
        assert!(decode(&longer, from, 0, count).is_err());
        for place in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[place] ^= 0xff;
            // Another fact or none: what matters is that it comes back.
            let _ = decode(&changed, from, 0, count);
        }
    }
}
