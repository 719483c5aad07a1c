//! The panel's pages as addresses behind the hash: the server needs no rule for them.

use super::activity::Filter;

/// A page.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Route {
    /// All services.
    Overview,
    /// One service.
    Service(String),
    /// What happened, with one event opened or none.
    Activity {
        /// Which events are shown.
        filter: Filter,
        /// The event that is opened, by its place in the journal.
        event: Option<u64>,
    },
}

impl Route {
    /// All that happened.
    pub const ACTIVITY: Self = Self::Activity {
        filter: Filter {
            service: String::new(),
            kind: String::new(),
            severity: String::new(),
            who: String::new(),
            text: String::new(),
        },
        event: None,
    };

    /// Reads an address; what nobody knows is the overview.
    pub fn parse(hash: &str) -> Self {
        let path = hash.trim_start_matches('#').trim_matches('/');
        let (path, query) = path.split_once('?').unwrap_or((path, ""));
        match path.split_once('/').unwrap_or((path, "")) {
            ("service", name) if !name.is_empty() => Self::Service(decode(name)),
            ("activity", event) => {
                Self::Activity { filter: Filter::parse(query), event: event.parse().ok() }
            }
            _ => Self::Overview,
        }
    }

    /// Writes the address.
    pub fn hash(&self) -> String {
        match self {
            Self::Overview => "#/".to_owned(),
            Self::Service(name) => format!("#/service/{}", encode(name)),
            Self::Activity { filter, event } => {
                let event = event.map(|seq| format!("/{seq}")).unwrap_or_default();
                let query = filter.query();
                let mark = if query.is_empty() { "" } else { "?" };
                format!("#/activity{event}{mark}{query}")
            }
        }
    }
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

pub(super) fn decode(text: &str) -> String {
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
            Route::Activity { filter: Filter::parse("service=a%20b"), event: None },
            Route::Activity { filter: Filter::parse("service=a&kind=moves"), event: Some(17) },
            Route::Activity { filter: Filter::default(), event: Some(3) },
        ] {
            assert_eq!(Route::parse(&route.hash()), route, "{}", route.hash());
        }
    }

    #[test]
    fn rubbish_leads_to_the_overview() {
        for hash in ["", "#", "#/", "#/service/", "#/nothing/here", "#//"] {
            assert_eq!(Route::parse(hash), Route::Overview, "{hash}");
        }
        assert_eq!(Route::parse("#/service/%zz%4"), Route::Service("%zz%4".to_owned()));
    }
}
