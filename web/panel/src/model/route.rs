//! The panel's pages as addresses behind the hash: the server needs no rule for them.

/// A page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// All services.
    Overview,
    /// One service.
    Service(String),
    /// What happened; to one service or to all, with one event opened or none.
    Activity {
        /// Only this service.
        service: Option<String>,
        /// The event that is opened, by its place in the journal.
        event: Option<u64>,
    },
    /// Servers and networks of both clouds.
    Locations,
    /// What the providers publish; the query says which zone and name.
    Records {
        /// As it stands in the address, without the question mark.
        query: String,
    },
    /// The decision in a simulated world; the query says which.
    Simulator {
        /// As it stands in the address, without the question mark.
        query: String,
    },
    /// Who is told, and what became of it.
    Notifications,
    /// What is configured.
    Configuration,
}

/// What the navigation leads to, in its order; the keys count from one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Page {
    /// All services.
    Overview,
    /// One service.
    Service,
    /// What happened.
    Activity,
    /// Servers and networks.
    Locations,
    /// What the providers publish.
    Records,
    /// A simulated world.
    Simulator,
    /// Who is told.
    Notifications,
    /// What is configured.
    Configuration,
}

impl Page {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Overview,
        Self::Service,
        Self::Activity,
        Self::Locations,
        Self::Records,
        Self::Simulator,
        Self::Notifications,
        Self::Configuration,
    ];

    /// The one a key opens.
    pub fn of_key(key: &str) -> Option<Self> {
        let place: usize = key.parse().ok()?;
        Self::ALL.get(place.checked_sub(1)?).copied()
    }

    /// Where it begins; without any service its page is the overview.
    pub fn start(self, service: Option<String>) -> Route {
        match self {
            Self::Overview => Route::Overview,
            Self::Service => service.map_or(Route::Overview, Route::Service),
            Self::Activity => Route::ACTIVITY,
            Self::Locations => Route::Locations,
            Self::Records => Route::Records { query: String::new() },
            Self::Simulator => Route::Simulator { query: String::new() },
            Self::Notifications => Route::Notifications,
            Self::Configuration => Route::Configuration,
        }
    }
}

impl Route {
    /// What happened to all services.
    pub const ACTIVITY: Self = Self::Activity { service: None, event: None };

    /// Which page it is on.
    pub fn page(&self) -> Page {
        match self {
            Self::Overview => Page::Overview,
            Self::Service(_) => Page::Service,
            Self::Activity { .. } => Page::Activity,
            Self::Locations => Page::Locations,
            Self::Records { .. } => Page::Records,
            Self::Simulator { .. } => Page::Simulator,
            Self::Notifications => Page::Notifications,
            Self::Configuration => Page::Configuration,
        }
    }

    /// The same for all addresses that are drawn by the same view: a filter that is set or an event
    /// that is opened must not build it anew.
    pub fn view(&self) -> Self {
        match self {
            Self::Overview | Self::Service(_) => self.clone(),
            other => other.page().start(None),
        }
    }

    /// What stands behind the question mark; empty on pages that have none.
    pub fn query(&self) -> &str {
        match self {
            Self::Records { query } | Self::Simulator { query } => query,
            _ => "",
        }
    }

    /// Reads an address; what nobody knows is the overview.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_matches('/');
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path.split_once('/').unwrap_or((path, "")) {
            ("service", name) if !name.is_empty() => Self::Service(decode(name)),
            ("activity", event) => Self::Activity {
                service: query.strip_prefix("service=").map(decode),
                event: event.parse().ok(),
            },
            ("locations", _) => Self::Locations,
            ("records", _) => Self::Records { query: query.to_owned() },
            ("simulator", _) => Self::Simulator { query: query.to_owned() },
            ("notifications", _) => Self::Notifications,
            ("configuration", _) => Self::Configuration,
            _ => Self::Overview,
        }
    }

    /// Writes the address.
    pub fn hash(&self) -> String {
        match self {
            Self::Overview => "#/".to_owned(),
            Self::Service(name) => format!("#/service/{}", encode(name)),
            Self::Activity { service, event } => {
                let event = event.map(|seq| format!("/{seq}")).unwrap_or_default();
                let query = service.as_deref().map(|name| format!("?service={}", encode(name)));
                format!("#/activity{event}{}", query.unwrap_or_default())
            }
            Self::Locations => "#/locations".to_owned(),
            Self::Records { query } => with_query("#/records", query),
            Self::Simulator { query } => with_query("#/simulator", query),
            Self::Notifications => "#/notifications".to_owned(),
            Self::Configuration => "#/configuration".to_owned(),
        }
    }
}

fn with_query(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The value of a field in a query such as `zone=example.org.&name=www`.
pub fn field(query: &str, name: &str) -> Option<String> {
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(known, _)| *known == name).map(|(_, value)| decode(value))
}

/// Percent-encodes all but RFC 3986's unreserved characters.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                out.push(byte.into());
            }
            _ => {
                const HEX: &[u8; 16] = b"0123456789ABCDEF";
                out.push('%');
                out.push(HEX[usize::from(byte >> 4)].into());
                out.push(HEX[usize::from(byte & 15)].into());
            }
        }
    }
    out
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                digit(high)
                    .zip(digit(low))
                    .and_then(|(high, low)| (high * 16 + low).try_into().ok())
            }
            _ => None,
        };
        bytes.push(escaped.unwrap_or(*first));
        rest = if escaped.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_survives_the_way_through_its_address() {
        for route in [
            Route::Overview,
            Route::Service("shop".to_owned()),
            Route::Service("ein Dienst/mit ö%".to_owned()),
            Route::ACTIVITY,
            Route::Activity { service: Some("a b".to_owned()), event: None },
            Route::Activity { service: Some("shop".to_owned()), event: Some(17) },
            Route::Activity { service: None, event: Some(3) },
            Route::Locations,
            Route::Records { query: String::new() },
            Route::Records { query: "zone=example.org.&name=www".to_owned() },
            Route::Simulator { query: "seed=7".to_owned() },
            Route::Notifications,
            Route::Configuration,
        ] {
            assert_eq!(Route::parse(&route.hash()), route, "{}", route.hash());
        }
    }

    #[test]
    fn every_page_has_a_key_and_begins_on_itself() {
        for (place, page) in Page::ALL.into_iter().enumerate() {
            assert_eq!(Page::of_key(&(place + 1).to_string()), Some(page));
            assert_eq!(page.start(Some("shop".to_owned())).page(), page);
        }
        assert_eq!(Page::of_key("0"), None);
        assert_eq!(Page::of_key("9"), None);
        assert_eq!(Page::of_key("x"), None);
        assert_eq!(Page::Service.start(None), Route::Overview, "there is nothing else to show");
    }

    #[test]
    fn what_stands_behind_the_question_mark_does_not_change_the_view() {
        let all = Route::parse("#/records");
        let one = Route::parse("#/records?zone=example.org.&name=a%20b");
        assert_ne!(all, one);
        assert_eq!(all.view(), one.view());
        assert_ne!(Route::parse("#/service/a").view(), Route::parse("#/service/b").view());
        assert_eq!(field(one.query(), "name").as_deref(), Some("a b"));
        assert_eq!(field(one.query(), "nam"), None);
    }

    #[test]
    fn rubbish_leads_to_the_overview() {
        for hash in ["", "#", "#/", "#/service/", "#/nothing/here", "#//"] {
            assert_eq!(Route::parse(hash), Route::Overview, "{hash}");
        }
        assert_eq!(Route::parse("#/service/%zz%4"), Route::Service("%zz%4".to_owned()));
    }
}
