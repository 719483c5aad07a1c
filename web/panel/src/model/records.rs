//! Records side by side: what the page's address says, how rows look, and what a form asks for.
use super::route::encode;
use super::tone::Tone;
use crate::words;
use web_api::{RecordCell, RecordChange, RecordRow, RecordsChecked, RecordsPlan, RecordsRun};

/// How many rows are shown at first, and with each "more".
pub const ROWS: usize = 100;

/// The address of a name in a zone.
pub fn query(zone: &str, name: &str) -> String {
    let zone = format!("zone={}", encode(zone));
    if name.is_empty() { zone } else { format!("{zone}&name={}", encode(name)) }
}

/// How a row stands.
pub fn tone(row: &RecordRow) -> Tone {
    match row.agreement.as_str() {
        "same" | "own" => Tone::Up,
        "differs" => Tone::Warn,
        _ => Tone::Unknown,
    }
}

/// The same in words.
pub fn standing(row: &RecordRow) -> String {
    let word = |difference: &String| match difference.as_str() {
        "missing" => words::RECORDS_MISSING.to_owned(),
        "values" => words::RECORDS_VALUES.to_owned(),
        "ttl" => words::RECORDS_TTL.to_owned(),
        _ => words::RECORDS_OPAQUE.to_owned(),
    };
    match row.agreement.as_str() {
        "same" => words::RECORDS_SAME.to_owned(),
        "own" => words::RECORDS_OWN.to_owned(),
        "differs" => {
            let all: Vec<String> = row.differences.iter().map(word).collect();
            format!("{}: {}", words::RECORDS_DIFFER.to_owned(), all.join(", "))
        }
        _ => words::RECORDS_UNKNOWN.to_owned(),
    }
}

/// Whether a row can be changed here.
pub fn is_open(row: &RecordRow) -> bool {
    row.service.is_none() && row.rtype != "SOA" && !row.cells.iter().any(|cell| cell.opaque)
}

/// What somebody is typing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The zone.
    pub zone: String,
    /// The owner name.
    pub name: String,
    /// The type.
    pub rtype: String,
    /// The TTL as it stands in the field.
    pub ttl: String,
    /// The values, one a line.
    pub values: String,
    /// Where it shall be so.
    pub providers: Vec<String>,
    /// It shall be gone.
    pub remove: bool,
    /// Whether name and type are given.
    pub known: bool,
    /// What each provider has now, by its name.
    pub present: Vec<(String, RecordCell)>,
}

impl Draft {
    /// An empty form.
    pub fn new(zone: &str, providers: &[String]) -> Self {
        Self {
            zone: zone.to_owned(),
            name: String::new(),
            rtype: "A".to_owned(),
            ttl: "300".to_owned(),
            values: String::new(),
            providers: providers.to_vec(),
            remove: false,
            known: false,
            present: Vec::new(),
        }
    }

    /// The form of a row; it begins with what the first provider has that has something.
    pub fn of(zone: &str, row: &RecordRow, providers: &[String]) -> Self {
        let present: Vec<(String, RecordCell)> =
            providers.iter().cloned().zip(row.cells.iter().cloned()).collect();
        let readable = present.iter().filter(|(_, cell)| cell.state != "unread");
        let draft = Self {
            name: row.name.clone(),
            rtype: row.rtype.clone(),
            providers: readable.map(|(provider, _)| provider.clone()).collect(),
            known: true,
            present: present.clone(),
            ..Self::new(zone, &[])
        };
        let first = present.iter().find(|(_, cell)| cell.state == "there");
        match first {
            Some((provider, _)) => draft.taken(provider),
            None => draft,
        }
    }

    /// The same with the values and the TTL that `provider` has.
    pub fn taken(self, provider: &str) -> Self {
        let found = self.present.iter().find(|(name, _)| name == provider);
        let Some((_, cell)) = found else { return self };
        let (values, ttl) = (cell.values.join("\n"), cell.ttl.unwrap_or(300).to_string());
        Self { values, ttl, ..self }
    }

    /// The providers from which something can be taken, if they differ.
    pub fn sources(&self) -> Vec<String> {
        let there = |(_, cell): &&(String, RecordCell)| cell.state == "there";
        let all: Vec<&(String, RecordCell)> = self.present.iter().filter(there).collect();
        let differ = all.windows(2).any(|pair| pair[0].1 != pair[1].1);
        if differ { all.into_iter().map(|(name, _)| name.clone()).collect() } else { Vec::new() }
    }

    /// The name in full: what does not end with the zone or a dot is meant below the zone.
    pub fn full_name(&self) -> String {
        let (name, zone) = (self.name.trim(), &self.zone);
        let lower = name.to_ascii_lowercase();
        let inside = lower == *zone || lower.ends_with(&format!(".{zone}"));
        match name {
            "" | "@" => zone.clone(),
            _ if inside || name.ends_with('.') => name.to_owned(),
            _ => format!("{name}.{zone}"),
        }
    }

    /// Name and type in a word.
    pub fn key(&self) -> String {
        format!("{} {}", self.full_name(), self.rtype.trim().to_ascii_uppercase())
    }

    /// What is asked for. A TTL that is no number is none, which the server explains.
    pub fn change(&self) -> RecordChange {
        let lines = self.values.lines().map(str::trim).filter(|line| !line.is_empty());
        RecordChange {
            name: self.full_name(),
            rtype: self.rtype.trim().to_owned(),
            providers: self.providers.clone(),
            ttl: if self.remove { None } else { self.ttl.trim().parse().ok() },
            values: if self.remove { Vec::new() } else { lines.map(str::to_owned).collect() },
            remove: self.remove,
        }
    }

    /// Adds a provider or takes it away.
    pub fn at(&mut self, provider: &str, on: bool) {
        self.providers.retain(|known| known != provider);
        if on {
            self.providers.push(provider.to_owned());
        }
    }

    /// Whether the name servers of the zone itself are meant.
    pub fn is_apex_ns(&self) -> bool {
        self.full_name().trim_end_matches('.').eq_ignore_ascii_case(&self.zone)
            && self.rtype.trim().eq_ignore_ascii_case("NS")
    }
}

/// Everything that is wrong with what is typed, in the order of the fields.
pub fn complaints(checked: &RecordsChecked) -> Vec<String> {
    let fields = [&checked.name, &checked.rtype, &checked.ttl].into_iter();
    let values = checked.values.iter().chain([&checked.whole]);
    fields.chain(values).flatten().cloned().collect()
}

/// Whether a plan would change nothing.
pub fn is_empty(plan: &RecordsPlan) -> bool {
    plan.providers.iter().all(|one| one.add.is_empty() && one.remove.is_empty())
}

/// What has become of a change, in a sentence; the providers' steps say the rest.
pub fn ended(run: &RecordsRun) -> String {
    words::spoken(&format!("run.{}", run.state)).unwrap_or_else(|| run.text.clone())
}

/// How a provider's step looks.
pub fn step_tone(state: &str) -> Tone {
    match state {
        "done" => Tone::Up,
        "refused" | "partly" => Tone::Down,
        "unknown" => Tone::Warn,
        _ => Tone::Unknown,
    }
}

/// The word of a provider's step.
pub fn step_word(state: &str) -> String {
    match state {
        "waiting" => words::RUN_WAITING.to_owned(),
        "writing" => words::RUN_WRITING.to_owned(),
        "publishing" => words::RUN_PUBLISHING.to_owned(),
        "done" => words::RUN_DONE.to_owned(),
        "refused" => words::RUN_REFUSED.to_owned(),
        "partly" => words::RUN_PARTLY.to_owned(),
        _ => words::RUN_UNKNOWN.to_owned(),
    }
}

/// How a change that has ended looks.
pub fn run_tone(run: &RecordsRun) -> Tone {
    match run.state.as_str() {
        "done" => Tone::Up,
        "running" => Tone::Unknown,
        "failed" => Tone::Down,
        _ => Tone::Warn,
    }
}

/// How a finding of the doctor looks, and its word.
pub fn grade(grade: &str) -> (Tone, String) {
    match grade {
        "critical" => (Tone::Down, words::GRADE_CRITICAL.to_owned()),
        "warning" => (Tone::Warn, words::GRADE_WARNING.to_owned()),
        "good" => (Tone::Up, words::GRADE_GOOD.to_owned()),
        _ => (Tone::Unknown, words::GRADE_NOTE.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cell(state: &str, ttl: u32, values: &[&str]) -> RecordCell {
        RecordCell {
            state: state.to_owned(),
            ttl: (state == "there").then_some(ttl),
            values: values.iter().map(|value| (*value).to_owned()).collect(),
            opaque: false,
        }
    }

    fn row(agreement: &str, differences: &[&str], cells: Vec<RecordCell>) -> RecordRow {
        RecordRow {
            name: "www.example.com".to_owned(),
            rtype: "A".to_owned(),
            cells,
            agreement: agreement.to_owned(),
            differences: differences.iter().map(|one| (*one).to_owned()).collect(),
            service: None,
        }
    }

    fn providers() -> Vec<String> {
        vec!["google".to_owned(), "hetzner".to_owned()]
    }

    #[test]
    fn what_differs_is_said_and_looks_like_it() {
        let differs = row("differs", &["values", "ttl"], Vec::new());
        assert_eq!(tone(&differs), Tone::Warn);
        assert_eq!(standing(&differs), "differs: other values, other TTL");
        let same = row("same", &[], Vec::new());
        assert_eq!((tone(&same), standing(&same)), (Tone::Up, "the same".to_owned()));
        assert_eq!(tone(&row("unknown", &[], Vec::new())), Tone::Unknown);
    }

    #[test]
    fn a_form_begins_with_what_is_there_and_can_take_the_others() {
        let cells = vec![cell("there", 60, &["192.0.2.1"]), cell("there", 90, &["192.0.2.2"])];
        let draft = Draft::of("example.com", &row("differs", &["ttl"], cells), &providers());
        assert_eq!((draft.ttl.as_str(), draft.values.as_str()), ("60", "192.0.2.1"));
        assert_eq!(draft.sources(), providers());
        let change = draft.taken("hetzner").change();
        assert_eq!((change.ttl, change.values), (Some(90), vec!["192.0.2.2".to_owned()]));
        let same = vec![cell("there", 60, &["192.0.2.1"]), cell("there", 60, &["192.0.2.1"])];
        let draft = Draft::of("example.com", &row("same", &[], same), &providers());
        assert_eq!(draft.sources(), Vec::<String>::new(), "there is nothing to choose between");
    }

    #[test]
    fn a_provider_that_was_not_read_is_not_chosen() {
        let cells = vec![cell("unread", 0, &[]), cell("absent", 0, &[])];
        let mut draft = Draft::of("example.com", &row("unknown", &[], cells), &providers());
        assert_eq!(draft.providers, ["hetzner"]);
        draft.at("google", true);
        draft.at("hetzner", false);
        assert_eq!(draft.providers, ["google"]);
    }

    #[test]
    fn what_is_typed_becomes_a_change() {
        let mut draft = Draft::new("example.com", &providers());
        draft.name = " www.example.com ".to_owned();
        draft.values = "192.0.2.1\n\n  192.0.2.2 \n".to_owned();
        assert_eq!(draft.change().values, ["192.0.2.1", "192.0.2.2"]);
        assert_eq!((draft.key(), draft.change().ttl), ("www.example.com A".to_owned(), Some(300)));
        draft.ttl = "soon".to_owned();
        assert_eq!(draft.change().ttl, None);
        draft.remove = true;
        assert_eq!((draft.change().ttl, draft.change().values.len()), (None, 0));
        draft.rtype = "ns".to_owned();
        assert!(!draft.is_apex_ns());
        draft.name = "Example.com.".to_owned();
        assert!(draft.is_apex_ns());
    }

    #[test]
    fn a_short_name_is_meant_below_the_zone() {
        let full = |name: &str| {
            let name = name.to_owned();
            Draft { name, ..Draft::new("example.com", &providers()) }.full_name()
        };
        assert_eq!(full("www"), "www.example.com");
        assert_eq!(full("a.b"), "a.b.example.com");
        assert_eq!(full("WWW.Example.com"), "WWW.Example.com");
        assert_eq!(full("www.example.com."), "www.example.com.");
        assert_eq!(full("@"), "example.com");
        assert_eq!(full("notexample.com"), "notexample.com.example.com");
    }

    #[test]
    fn what_services_move_and_routing_policies_are_closed() {
        let open = row("same", &[], vec![cell("there", 60, &["192.0.2.1"])]);
        assert!(is_open(&open));
        assert!(!is_open(&RecordRow { service: Some("app".to_owned()), ..open.clone() }));
        assert!(!is_open(&RecordRow { rtype: "SOA".to_owned(), ..open.clone() }));
        let policy = RecordCell { opaque: true, ..open.cells[0].clone() };
        assert!(!is_open(&RecordRow { cells: vec![policy], ..open }));
    }

    #[test]
    fn an_address_names_zone_and_name() {
        assert_eq!(query("example.com", ""), "zone=example.com");
        assert_eq!(query("example.com", "*.a"), "zone=example.com&name=%2A.a");
    }
}
