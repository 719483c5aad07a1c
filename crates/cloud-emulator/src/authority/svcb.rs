//! Data of SVCB and HTTPS records (RFC 9460).

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, Ipv6Addr};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::rdata::Words;
use super::text::unescape;

const KEYS: [&str; 8] =
    ["mandatory", "alpn", "no-default-alpn", "port", "ipv4hint", "ech", "ipv6hint", "dohpath"];

pub(super) fn encode(words: &mut Words<'_>) -> Result<(), String> {
    words.fixed::<u16>("a priority")?;
    words.name()?;
    let mut params = BTreeMap::new();
    while words.peek().is_some() {
        let word = words.next("a parameter")?.raw;
        let (key, value) = match word.split_once('=') {
            Some((key, value)) => (key, Some(value.trim_matches('"'))),
            None => (word.as_str(), None),
        };
        let code = key_code(key)?;
        if params.insert(code, parameter(code, key, value)?).is_some() {
            return Err(format!("parameter {key} is given twice"));
        }
    }
    for (code, value) in params {
        let length =
            u16::try_from(value.len()).map_err(|_| "a parameter is too long".to_owned())?;
        words.out.extend_from_slice(&code.to_be_bytes());
        words.out.extend_from_slice(&length.to_be_bytes());
        words.out.extend_from_slice(&value);
    }
    Ok(())
}

pub(super) fn base64(text: &str) -> Option<Vec<u8>> {
    STANDARD.decode(text).ok()
}

fn key_code(key: &str) -> Result<u16, String> {
    if let Some(place) = KEYS.iter().position(|known| *known == key) {
        return Ok(place as u16);
    }
    key.strip_prefix("key")
        .and_then(|number| number.parse().ok())
        .ok_or_else(|| format!("parameter {key:?} is not known"))
}

fn parameter(code: u16, key: &str, value: Option<&str>) -> Result<Vec<u8>, String> {
    let wrong = || format!("{key}={:?} cannot be understood", value.unwrap_or_default());
    let text = value.unwrap_or_default();
    if !KEYS.contains(&key) {
        // In the generic notation the text is what goes to the wire (§2.1).
        return unescape(text);
    }
    if KEYS.get(usize::from(code)).is_some_and(|known| *known != "no-default-alpn")
        && text.is_empty()
    {
        return Err(format!("parameter {key} needs a value"));
    }
    let mut out = Vec::new();
    match code {
        0 => {
            let mut keys = text.split(',').map(key_code).collect::<Result<Vec<_>, _>>()?;
            keys.sort_unstable();
            keys.iter().for_each(|key| out.extend_from_slice(&key.to_be_bytes()));
        }
        1 => {
            for protocol in list(&unescape(text)?) {
                let length = u8::try_from(protocol.len()).map_err(|_| wrong())?;
                out.push(length);
                out.extend_from_slice(&protocol);
            }
        }
        2 if value.is_some() => return Err(format!("parameter {key} takes no value")),
        3 => out.extend_from_slice(&text.parse::<u16>().map_err(|_| wrong())?.to_be_bytes()),
        4 => {
            for address in text.split(',') {
                out.extend_from_slice(&address.parse::<Ipv4Addr>().map_err(|_| wrong())?.octets());
            }
        }
        5 => out = base64(text).filter(|list| is_length_prefixed(list)).ok_or_else(wrong)?,
        6 => {
            for address in text.split(',') {
                out.extend_from_slice(&address.parse::<Ipv6Addr>().map_err(|_| wrong())?.octets());
            }
        }
        _ => out = unescape(text)?,
    }
    Ok(out)
}

/// Whether the first two bytes say how many follow, as in an ECHConfigList.
fn is_length_prefixed(bytes: &[u8]) -> bool {
    bytes
        .split_first_chunk::<2>()
        .is_some_and(|(length, rest)| usize::from(u16::from_be_bytes(*length)) == rest.len())
}

/// Splits at commas that no backslash protects (RFC 9460 appendix A.1).
fn list(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut items = vec![Vec::new()];
    let mut escaped = false;
    for &byte in bytes {
        match byte {
            b'\\' if !escaped => escaped = true,
            b',' if !escaped => items.push(Vec::new()),
            _ => {
                escaped = false;
                if let Some(item) = items.last_mut() {
                    item.push(byte);
                }
            }
        }
    }
    items
}

#[cfg(test)]
mod tests {
    use super::super::name::Name;
    use super::super::rdata;

    fn encoded(text: &str) -> Option<Vec<u8>> {
        rdata::encode("SVCB", text, &Name::root()).ok().map(|(_, data)| data)
    }

    #[test]
    fn parameters_stand_in_the_order_of_their_numbers() {
        let expected = b"\x00\x01\x00\x00\x01\x00\x03\x02h2\x00\x03\x00\x02\x20\xfb";
        assert_eq!(encoded("1 . port=8443 alpn=h2").as_deref(), Some(&expected[..]));
        assert_eq!(encoded(r#"1 . alpn="h2" key3="\032\251""#).as_deref(), Some(&expected[..]));
    }

    #[test]
    fn a_comma_that_is_escaped_twice_belongs_to_the_protocol() {
        // RFC 9460 appendix D.2.
        let expected = b"\x00\x10\x00\x00\x01\x00\x0c\x08f\\oo,bar\x02h2";
        assert_eq!(encoded(r#"16 . alpn="f\\\\oo\\,bar,h2""#).as_deref(), Some(&expected[..]));
    }

    #[test]
    fn parameters_that_make_no_sense_are_refused() {
        for text in [
            "1",
            "1 . port",
            "1 . port=x",
            "1 . port=1 port=2",
            "1 . nonsense=1",
            "1 . no-default-alpn=1",
            "1 . ipv4hint=::1",
            "1 . ech=AAAA",
            "1 . ech=!",
        ] {
            assert_eq!(encoded(text), None, "{text}");
        }
        assert!(encoded("1 . ech=AATerb7v no-default-alpn mandatory=ech").is_some());
    }
}
