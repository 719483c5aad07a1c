//! A world as part of an address, and back: short, readable, and no harm if it is rubbish.
use super::{draft, examples};
use crate::model::route::encode;
use crate::words::wrong as say;
use failover_sim::Script;

/// Longer addresses are neither made nor read.
pub const LONGEST: usize = 8_000;

/// What a simulator starts with.
#[derive(Clone, Debug, PartialEq)]
pub enum Start {
    /// An example, by its place in the list.
    Example(usize),
    /// A script that was sent.
    Script(Box<Script>),
    /// The policy of a service, as it is in force.
    Service(String),
    /// An incident, by an event of the journal.
    Incident(u64),
    /// Nothing that can be read, and why.
    Rubbish(String),
}

impl Start {
    /// Reads what stands behind the question mark; without anything, the first example.
    pub fn of(query: &str) -> Self {
        if query.len() > LONGEST {
            return Self::Rubbish(say::wrong_address(LONGEST));
        }
        let mut start = Self::Example(0);
        for pair in query.split('&').filter(|pair| !pair.is_empty()) {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            start = match key {
                "script" => match draft::parse(&unpack(value)) {
                    Ok(script) => Self::Script(Box::new(script)),
                    Err(why) => Self::Rubbish(why),
                },
                "example" => match examples::ALL.iter().position(|one| one.name == value) {
                    Some(place) => Self::Example(place),
                    None => Self::Rubbish(say::wrong_example(&decode(value))),
                },
                "service" if !value.is_empty() => Self::Service(decode(value)),
                "incident" => match value.parse() {
                    Ok(seq) => Self::Incident(seq),
                    Err(_) => Self::Rubbish(say::wrong_event(&decode(value))),
                },
                // What a later version adds must not keep this one from starting.
                _ => start,
            };
        }
        start
    }
}

/// The query of a script; `None` if it is too long for an address.
pub fn query(script: &Script) -> Option<String> {
    let query = format!("script={}", pack(&script.to_string()));
    (query.len() <= LONGEST).then_some(query)
}

/// Names hold letters, digits, `-`, `_` and `.`; so a comma may stand for a space and a semicolon
/// for the end of a line. Neither needs to be escaped behind a hash.
fn pack(text: &str) -> String {
    let lines = text.lines().map(str::trim);
    let lines = lines.filter(|line| !line.is_empty() && !line.starts_with('#'));
    let line = |line: &str| {
        let words = line.split_whitespace().map(|word| encode(word).replace("%2B", "+"));
        words.collect::<Vec<_>>().join(",")
    };
    lines.map(line).collect::<Vec<_>>().join(";")
}

fn unpack(packed: &str) -> String {
    // An address that went through a chat may have its marks escaped.
    decode(packed).replace(',', " ").replace(';', "\n")
}

fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        let digit = |byte: &u8| char::from(*byte).to_digit(16);
        let escaped = match (first, tail) {
            (b'%', [high, low, ..]) => digit(high).zip(digit(low)),
            _ => None,
        };
        let byte = escaped.and_then(|(high, low)| u8::try_from(high * 16 + low).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &tail[2..] } else { tail };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_survives_the_way_through_an_address() {
        for example in examples::ALL {
            let script = draft::parse(example.text).unwrap();
            let query = query(&script).unwrap();
            assert!(query.len() < 700, "{query}");
            assert!(!query.contains([' ', '\n', '#', '"']), "{query}");
            assert_eq!(Start::of(&query), Start::Script(Box::new(script.clone())), "{query}");
            let escaped = query.replace(',', "%2C").replace(';', "%3b");
            assert_eq!(Start::of(&escaped), Start::Script(Box::new(script)), "{escaped}");
        }
    }

    #[test]
    fn a_check_with_timings_of_its_own_keeps_them() {
        let mut script = draft::parse(examples::ALL[0].text).unwrap();
        script.spec = script.spec.with_checks(vec!["http".to_owned(), "tcp".to_owned()]);
        script.spec.checks[1].interval *= 3;
        script.spec.freshness *= 3;
        let query = query(&script).unwrap();
        assert!(query.contains("check,tcp,interval,1.5s"), "{query}");
        assert_eq!(Start::of(&query), Start::Script(Box::new(script)));
    }

    #[test]
    fn rubbish_starts_nothing_and_says_why() {
        for query in [
            "script=",
            "script=%%%",
            "script=seed,x;1s,end",
            "script=sites,a,b;1s,site,c,silent;9s,end",
            "script=sites,a,b;world,look,0s;9s,end",
            "incident=x",
            "incident=-1",
            "example=none",
        ] {
            assert!(matches!(Start::of(query), Start::Rubbish(_)), "{query}");
        }
        let long = format!("script={}", "a".repeat(LONGEST));
        assert!(matches!(Start::of(&long), Start::Rubbish(_)));
    }

    #[test]
    fn a_start_is_named_in_the_address() {
        assert_eq!(Start::of(""), Start::Example(0));
        assert_eq!(Start::of("colour=red"), Start::Example(0));
        assert_eq!(Start::of("example=a-vantage-lies"), Start::Example(3));
        assert_eq!(Start::of("service=my%20shop"), Start::Service("my shop".to_owned()));
        assert_eq!(Start::of("incident=17"), Start::Incident(17));
    }
}
