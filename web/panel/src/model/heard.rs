//! Puts together what the server sends: everything at first, then only what is new.
use super::json::{FromJson, at};
use super::news::News;
use failover_core::{Sample, SampleSeries, ServiceSnapshot, Timestamp};
use serde_json::Value;
use std::sync::Arc;
use web_api::changes::apply;

/// What has been heard so far; as JSON, since only that can be patched without a type.
#[derive(Debug, Default)]
pub struct Heard {
    next: u64,
    rest: Value,
    services: Vec<Value>,
    /// A picture that begins anew is shown when it is complete.
    coming: Option<News>,
}

/// What an event has changed in what is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heed {
    /// The places of the services that are others now.
    pub services: Vec<usize>,
    /// Whether the picture is complete.
    pub last: bool,
    /// Whether it is a new one.
    pub anew: bool,
}

impl Heard {
    /// Takes an event into what is shown. `None` if it cannot be understood or is not the next one:
    /// then nothing that is shown may be believed until the stream has begun anew.
    pub fn take(&mut self, text: &str, shown: &mut Option<Arc<News>>) -> Option<Heed> {
        let mut event: Value = serde_json::from_str(text).ok()?;
        let number: u64 = at(&event, "event")?;
        if number == 0 {
            *self = Self { coming: Some(News::default()), ..Self::default() };
        } else if number != self.next {
            return None;
        }
        self.next = number + 1;
        let anew = self.coming.is_some();
        let news = match &mut self.coming {
            Some(news) => news,
            None => Arc::get_mut(shown.as_mut()?)?,
        };
        news.at = at(&event, "at")?;
        if let Some(change) = part(&mut event, "snapshot") {
            apply(&mut self.rest, change)?;
            // It is read like a snapshot without services.
            self.rest.as_object_mut()?.insert("at".to_owned(), event.get("at")?.clone());
            let services = std::mem::take(&mut news.services);
            *news = News { services, ..News::from_json(&self.rest)? };
            news.translate();
        }
        let mut changed = Vec::new();
        for mut service in list(part(&mut event, "services"))? {
            changed.push(one(&mut self.services, &mut service, news)?);
        }
        let last = at(&event, "last")?;
        if anew && last {
            let mut news = self.coming.take()?;
            // Only now all sites have their names.
            news.translate();
            *shown = Some(Arc::new(news));
        }
        Some(Heed { services: changed, last, anew })
    }
}

/// Changes one service; its place.
fn one(known: &mut Vec<Value>, change: &mut Value, news: &mut News) -> Option<usize> {
    let place: usize = at(change, "place")?;
    if place == known.len() {
        known.push(Value::Null);
    }
    let document = known.get_mut(place)?;
    if let Some(change) = part(change, "service") {
        apply(document, change)?;
        let view = document.get_mut("view")?.as_object_mut()?;
        view.insert("now".to_owned(), news.at.as_millis().into());
        let mut service = ServiceSnapshot::from_json(document)?;
        match news.services.get_mut(place) {
            Some(old) => {
                for (new, old) in service.series.iter_mut().zip(&mut old.series) {
                    new.samples = std::mem::take(&mut old.samples);
                }
                *old = service;
            }
            None => news.services.push(service),
        }
    }
    let service = news.services.get_mut(place)?;
    for change in list(part(change, "samples"))? {
        beats(&mut service.series, &change)?;
    }
    Some(place)
}

/// The oldest samples of a series go, new ones come.
fn beats(series: &mut [SampleSeries], change: &Value) -> Option<()> {
    let [place, gone, come] = change.as_array()?.as_slice() else { return None };
    let samples = &mut series.get_mut(usize::from_json(place)?)?.samples;
    let gone = usize::from_json(gone)?;
    if gone > samples.len() {
        return None;
    }
    samples.drain(..gone);
    for beat in come.as_array()? {
        let [at, ok, latency_ms, text] = beat.as_array()?.as_slice() else { return None };
        samples.push(Sample {
            at: Timestamp::from_json(at)?,
            ok: FromJson::from_json(ok)?,
            latency_ms: FromJson::from_json(latency_ms)?,
            text: FromJson::from_json(text)?,
        });
    }
    Some(())
}

/// A member that is taken out; `None` if it is not there.
fn part(json: &mut Value, name: &str) -> Option<Value> {
    json.get_mut(name).map(Value::take)
}

/// The items of a list; one that is not there has none.
fn list(json: Option<Value>) -> Option<Vec<Value>> {
    match json {
        None => Some(Vec::new()),
        Some(Value::Array(items)) => Some(items),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::fixture::{self, NOW};
    use crate::model::json::parse;
    use failover_core::{
        Actor, Answer, Event, EventRecord, Mode, Severity, Snapshot, VantageId, Verdict,
    };
    use std::time::Duration;
    use web_api::changes::{Change, Picture, Teller};

    /// Numbers that look random and are the same in every run.
    struct Dice(u64);

    impl Dice {
        fn below(&mut self, end: u64) -> u64 {
            self.0 ^= self.0 << 13;
            self.0 ^= self.0 >> 7;
            self.0 ^= self.0 << 17;
            self.0 % end
        }
    }

    fn begin(services: usize) -> Snapshot {
        let named = |place: usize| {
            let mut service = fixture::layered();
            service.view.service = format!("app-{place}");
            service
        };
        Snapshot {
            number: 1,
            at: NOW,
            started: fixture::before(9),
            version: "0.1.0".to_owned(),
            vantage: "here".to_owned(),
            journal_problem: None,
            alerts: Vec::new(),
            cluster: None,
            services: (0..services).map(named).collect(),
            recent: Vec::new(),
        }
    }

    /// Something happens, to some services more than to others.
    fn go_on(all: &mut Snapshot, dice: &mut Dice) {
        all.number += 1;
        all.at = all.at.plus(Duration::from_millis(1 + dice.below(900)));
        let at = all.at;
        for service in &mut all.services {
            service.view.now = at;
            match dice.below(12) {
                0 => service.view.sites[0].verdict = Verdict::Down,
                1 => service.view.sites[0].votes[0].checks[0].failures += 1,
                2 => service.answers[0].answer = Answer::Silent { text: "timed out".to_owned() },
                3 => service.answers[0].answer = Answer::Foreign { text: "192.0.2.1".to_owned() },
                4 => service.published.clear(),
                5 => {
                    let (who, since) = (Actor("anna".to_owned()), at);
                    service.view.mode = Mode::Disarmed { who, since, until: None };
                }
                6 => service.series.truncate(1),
                7 => {
                    let other = fixture::series(&[Some(3.0)]);
                    service.series.push(SampleSeries { vantage: VantageId(1), ..other });
                }
                8 => service.losses = vec![None],
                _ => {}
            }
            for series in &mut service.series {
                for _ in 0..dice.below(3) {
                    let ok = dice.below(4) > 0;
                    let latency_ms = ok.then(|| dice.below(1000) as f32 / 7.0);
                    let text = (!ok).then(|| "connection refused".to_owned());
                    let samples = series.samples.len() as u64;
                    let at = at.plus(Duration::from_millis(samples));
                    series.samples.push(Sample { at, ok, latency_ms, text });
                }
                let gone = series.samples.len().saturating_sub(24);
                series.samples.drain(..gone);
            }
        }
        if dice.below(3) == 0 {
            let (seq, service) = (all.number, format!("app-{}", dice.below(3)));
            let (severity, text) = (Severity::Warning, "It happened.".to_owned());
            let event = Event::AllDown;
            all.recent.insert(0, EventRecord { seq, at, service, severity, text, event });
            all.journal_problem = (dice.below(2) == 0).then(|| "disk full".to_owned());
        }
    }

    /// What somebody sees who is sent everything.
    fn whole(all: &Snapshot, samples: usize) -> News {
        let mut all = all.clone();
        for series in all.services.iter_mut().flat_map(|service| &mut service.series) {
            let gone = series.samples.len().saturating_sub(samples);
            series.samples.drain(..gone);
        }
        let mut news: News = parse(&serde_json::to_string(&all).unwrap()).unwrap();
        news.translate();
        news
    }

    /// Of a service that has not changed, the moment is that of the whole.
    fn at_one_moment(mut news: News) -> News {
        for service in &mut news.services {
            service.view.now = news.at;
        }
        news
    }

    fn hear(heard: &mut Heard, shown: &mut Option<Arc<News>>, events: Vec<Change>) -> Heed {
        let mut all = Heed::default();
        for event in events {
            let heed = heard.take(&serde_json::to_string(&event).unwrap(), shown).unwrap();
            all.services.extend(heed.services);
            (all.last, all.anew) = (heed.last, heed.anew);
        }
        assert!(all.last);
        all
    }

    #[test]
    fn what_is_put_together_is_always_what_would_have_been_sent_whole() {
        for (seed, services) in [(1, 1), (2, 3), (3, 8), (4, 20)] {
            let (mut dice, mut all) = (Dice(0x9e37_79b9 * seed), begin(services));
            let (mut heard, mut shown) = (Heard::default(), None);
            let mut teller = Teller::new(9);
            for turn in 0..60 {
                let picture = Arc::new(Picture::of(Arc::new(all.clone())).unwrap());
                let heed = hear(&mut heard, &mut shown, teller.tell(picture.clone()));
                if !teller.is_complete() {
                    assert_eq!(turn, 0, "only the first picture lacks samples");
                    hear(&mut heard, &mut shown, teller.tell(picture));
                }
                let got = at_one_moment(News::clone(shown.as_ref().unwrap()));
                assert_eq!(got, whole(&all, 9), "seed {seed}, turn {turn}");
                assert_eq!(heed.anew, turn == 0);
                // Whoever reads slowly is not told every snapshot.
                for _ in 0..=dice.below(3) {
                    go_on(&mut all, &mut dice);
                }
            }
        }
    }

    #[test]
    fn a_service_that_did_not_change_is_left_alone() {
        let mut all = begin(3);
        let (mut heard, mut shown, mut teller) = (Heard::default(), None, Teller::new(40));
        let mut tell = |all: &Snapshot| {
            let picture = Picture::of(Arc::new(all.clone())).unwrap();
            hear(&mut heard, &mut shown, teller.tell(Arc::new(picture))).services
        };
        assert_eq!(tell(&all), [0, 1, 2]);
        all.number += 1;
        all.at = fixture::after(1);
        all.services.iter_mut().for_each(|service| service.view.now = fixture::after(1));
        assert_eq!(tell(&all), [] as [usize; 0]);
        all.services[1].ttl = 30;
        assert_eq!(tell(&all), [1]);
    }

    #[test]
    fn a_gap_is_noticed_and_a_new_beginning_mends_it() {
        let mut all = begin(2);
        let (mut heard, mut shown) = (Heard::default(), None);
        let told = |teller: &mut Teller, all: &Snapshot| {
            let mut events = teller.tell(Arc::new(Picture::of(Arc::new(all.clone())).unwrap()));
            serde_json::to_string(&events.remove(0)).unwrap()
        };
        let mut teller = Teller::new(40);
        assert!(heard.take(&told(&mut teller, &all), &mut shown).unwrap().anew);
        let mut dice = Dice(7);
        go_on(&mut all, &mut dice);
        told(&mut teller, &all);
        go_on(&mut all, &mut dice);
        let before = shown.clone();
        assert_eq!(heard.take(&told(&mut teller, &all), &mut shown), None, "one is missing");
        assert_eq!(shown, before, "nothing wrong is shown");
        assert!(heard.take(&told(&mut Teller::new(40), &all), &mut shown).unwrap().anew);
        assert_eq!(shown.as_deref(), Some(&whole(&all, 40)));
        for text in
            ["", "{}", "{\"event\":1}", "{\"event\":1,\"at\":2,\"last\":true,\"services\":3}"]
        {
            assert_eq!(heard.take(text, &mut shown), None, "{text}");
        }
    }
}
