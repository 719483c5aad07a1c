//! What was asked of the providers: counted, timed, and written to the log.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::Bytes;
use cloud_http::{Kind, Transport, TransportError, TransportErrorKind};
use dns_provider::decorate::{Asked, Observed as Operation, Observer};
use http::HeaderMap;
use watcher::figures::Histogram;

use super::list;
use super::page::Page;

/// Counts operations and requests; cheap to clone, all clones count together.
#[derive(Clone, Debug, Default)]
pub struct Calls(Arc<Mutex<Counted>>);

#[derive(Debug, Default)]
struct Counted {
    /// By provider and operation.
    operations: BTreeMap<(String, &'static str), Figures>,
    /// By provider and API.
    requests: BTreeMap<(String, &'static str), Figures>,
    /// What the vendor last said of its limit: allowed, left.
    limits: BTreeMap<(String, &'static str), [Option<f64>; 2]>,
}

#[derive(Debug)]
struct Figures {
    outcomes: BTreeMap<&'static str, u64>,
    seconds: Histogram,
}

/// A way to the network whose requests are counted.
#[derive(Debug)]
pub struct Observed {
    inner: Arc<dyn Transport>,
    provider: String,
    api: &'static str,
    calls: Calls,
}

impl Calls {
    /// `inner`, as the way of `provider`'s client for `api` (`dns` or `compute`).
    pub fn on_the_way(
        &self,
        inner: Arc<dyn Transport>,
        provider: &str,
        api: &'static str,
    ) -> Arc<dyn Transport> {
        Arc::new(Observed { inner, provider: provider.to_owned(), api, calls: self.clone() })
    }

    fn counted(&self) -> MutexGuard<'_, Counted> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Figures {
    fn take(&mut self, outcome: &'static str, took: Duration) {
        *self.outcomes.entry(outcome).or_default() += 1;
        self.seconds.take(took);
    }

    fn new() -> Self {
        Self { outcomes: BTreeMap::from([("ok", 0)]), seconds: Histogram::fast() }
    }
}

impl Observer for Calls {
    fn observed(&self, observed: &Operation) {
        let operation = match &observed.asked {
            Asked::Zones => "list_zones",
            Asked::RrSets(_) => "list_rrsets",
            Asked::RrSet(..) => "read_rrset",
            Asked::Apply(_) => "apply",
            Asked::Settle(_) => "settle",
            _ => "other",
        };
        let outcome = match &observed.answer {
            Ok(_) => "ok",
            Err(failure) => kind(failure.kind),
        };
        let key = (observed.provider.clone(), operation);
        let mut counted = self.counted();
        let figures = counted.operations.entry(key).or_insert_with(Figures::new);
        figures.take(outcome, observed.took);
        drop(counted);
        let (provider, took_ms) = (&*observed.provider, observed.took.as_millis());
        match &observed.answer {
            Ok(_) => tracing::debug!(provider, operation, outcome, took_ms, "a provider answered"),
            Err(failure) => {
                let request_id = failure.request_id.as_deref();
                // What a failed write means is an event of its own, as urgent as it is.
                tracing::info!(provider, operation, outcome, took_ms, request_id, "{failure}");
            }
        }
    }
}

#[async_trait]
impl Transport for Observed {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Instant,
    ) -> Result<http::Response<Bytes>, TransportError> {
        let began = Instant::now();
        let answer = self.inner.send(request, deadline).await;
        let outcome = match &answer {
            Ok(response) => class(response.status()),
            Err(error) => match error.kind {
                TransportErrorKind::Connect => "connect",
                TransportErrorKind::Timeout => "timeout",
                TransportErrorKind::Interrupted => "interrupted",
                _ => "other",
            },
        };
        let key = (self.provider.clone(), self.api);
        let mut counted = self.calls.counted();
        if let Ok(response) = &answer {
            let said = ["ratelimit-limit", "ratelimit-remaining"]
                .map(|name| number(response.headers(), name));
            if said.iter().any(Option::is_some) {
                counted.limits.insert(key.clone(), said);
            }
        }
        let figures = counted.requests.entry(key).or_insert_with(Figures::new);
        figures.take(outcome, began.elapsed());
        drop(counted);
        answer
    }
}

pub fn all(page: &mut Page, calls: &Calls) {
    let counted = calls.counted();
    for ((provider, operation), figures) in &counted.operations {
        for (outcome, count) in &figures.outcomes {
            page.count(&list::CALLS, &[provider, operation, outcome], *count);
        }
        page.times(&list::CALL_TIME, &[provider, operation], &figures.seconds);
    }
    for ((provider, api), figures) in &counted.requests {
        for (outcome, count) in &figures.outcomes {
            page.count(&list::REQUESTS, &[provider, api, outcome], *count);
        }
        page.times(&list::REQUEST_TIME, &[provider, api], &figures.seconds);
    }
    for ((provider, api), [limit, remaining]) in &counted.limits {
        for (spec, said) in [(&list::LIMIT, limit), (&list::REMAINING, remaining)] {
            if let Some(said) = said {
                page.value(spec, &[provider, api], *said);
            }
        }
    }
}

fn class(status: http::StatusCode) -> &'static str {
    match status.as_u16() {
        200..300 => "ok",
        300..400 => "3xx",
        429 => "429",
        400..500 => "4xx",
        500..600 => "5xx",
        _ => "other",
    }
}

fn number(headers: &HeaderMap, name: &str) -> Option<f64> {
    let number = headers.get(name)?.to_str().ok()?.trim().parse::<u32>().ok()?;
    Some(number.into())
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Auth => "auth",
        Kind::Forbidden => "forbidden",
        Kind::NotFound => "not_found",
        Kind::AlreadyExists => "already_exists",
        Kind::Changed => "changed",
        Kind::Busy => "busy",
        Kind::RateLimited => "rate_limited",
        Kind::Quota => "quota",
        Kind::NoCapacity => "no_capacity",
        Kind::Invalid => "invalid",
        Kind::Unsupported => "unsupported",
        Kind::Unavailable => "unavailable",
        Kind::Timeout => "timeout",
        Kind::Expired => "expired",
        Kind::Protocol => "protocol",
        _ => "other",
    }
}
