//! Record data from presentation format to the wire.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use super::name::Name;
use super::svcb;
use super::text::{Token, tokens};

/// Why record data cannot be put on the wire.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum RdataError {
    #[error("record type {0:?} is not known")]
    Type(String),
    #[error("{0}")]
    Value(String),
}

const TYPES: [(&str, u16); 22] = [
    ("A", 1),
    ("AAAA", 28),
    ("CAA", 257),
    ("CNAME", 5),
    ("DNSKEY", 48),
    ("DS", 43),
    ("HINFO", 13),
    ("HTTPS", 65),
    ("IPSECKEY", 45),
    ("MX", 15),
    ("NAPTR", 35),
    ("NS", 2),
    ("PTR", 12),
    ("RP", 17),
    ("SMIMEA", 53),
    ("SOA", 6),
    ("SPF", 99),
    ("SRV", 33),
    ("SSHFP", 44),
    ("SVCB", 64),
    ("TLSA", 52),
    ("TXT", 16),
];

/// The number of a record type.
pub(super) fn type_code(rtype: &str) -> Result<u16, RdataError> {
    TYPES
        .iter()
        .find(|(name, _)| *name == rtype)
        .map(|(_, code)| *code)
        .or_else(|| rtype.strip_prefix("TYPE")?.parse().ok())
        .ok_or_else(|| RdataError::Type(rtype.to_owned()))
}

/// Encodes `text`, the data of a record of type `rtype`; names in it without trailing dot are
/// relative to `origin`. Every type also takes the generic notation of RFC 3597.
pub(crate) fn encode(rtype: &str, text: &str, origin: &Name) -> Result<(u16, Vec<u8>), RdataError> {
    let code = type_code(rtype)?;
    let data = tokens(text)
        .and_then(|words| encode_words(rtype, Words::new(words, origin)))
        .map_err(RdataError::Value)?;
    Ok((code, data))
}

fn encode_words(rtype: &str, mut words: Words<'_>) -> Result<Vec<u8>, String> {
    if words.peek() == Some(r"\#") {
        return generic(words);
    }
    match rtype {
        "A" => words.fixed::<Ipv4Addr>("an IPv4 address")?,
        "AAAA" => words.fixed::<Ipv6Addr>("an IPv6 address")?,
        "CNAME" | "NS" | "PTR" => words.name()?,
        "RP" => words.name().and_then(|()| words.name())?,
        "MX" => words.fixed::<u16>("a preference").and_then(|()| words.name())?,
        "SRV" => {
            for what in ["a priority", "a weight", "a port"] {
                words.fixed::<u16>(what)?;
            }
            words.name()?;
        }
        "SOA" => {
            words.name()?;
            words.name()?;
            for what in ["a serial", "a refresh time", "a retry time", "an expiry", "a minimum"] {
                words.fixed::<u32>(what)?;
            }
        }
        "TXT" | "SPF" => words.strings()?,
        "HINFO" => words.string("a CPU").and_then(|()| words.string("an OS"))?,
        "CAA" => words.caa()?,
        "NAPTR" => {
            words.fixed::<u16>("an order")?;
            words.fixed::<u16>("a preference")?;
            for what in ["flags", "a service", "a regular expression"] {
                words.string(what)?;
            }
            words.name()?;
        }
        "DS" => {
            words.fixed::<u16>("a key tag")?;
            words.bytes_then_hex(&["an algorithm", "a digest type"])?;
        }
        "SSHFP" => words.bytes_then_hex(&["an algorithm", "a fingerprint type"])?,
        "TLSA" | "SMIMEA" => {
            words.bytes_then_hex(&["a usage", "a selector", "a matching type"])?;
        }
        "DNSKEY" => words.dnskey()?,
        "SVCB" | "HTTPS" => svcb::encode(&mut words)?,
        _ => return Err(format!("{rtype} needs the notation \\# length data")),
    }
    words.end()
}

/// `\# 4 c0000201`
fn generic(mut words: Words<'_>) -> Result<Vec<u8>, String> {
    words.next("\\#")?;
    let length: usize = words.parse("a length")?;
    if length > 0 {
        words.hex()?;
    }
    let data = words.end()?;
    if data.len() == length { Ok(data) } else { Err(format!("data has {} bytes", data.len())) }
}

/// The words of one record's data, and the bytes made of them so far.
pub(super) struct Words<'o> {
    words: std::iter::Peekable<std::vec::IntoIter<Token>>,
    origin: &'o Name,
    pub(super) out: Vec<u8>,
}

impl<'o> Words<'o> {
    fn new(words: Vec<Token>, origin: &'o Name) -> Self {
        Self { words: words.into_iter().peekable(), origin, out: Vec::new() }
    }

    pub(super) fn peek(&mut self) -> Option<&str> {
        self.words.peek().map(|word| word.raw.as_str())
    }

    pub(super) fn next(&mut self, what: &str) -> Result<Token, String> {
        self.words.next().ok_or_else(|| format!("{what} is missing"))
    }

    fn parse<T: FromStr>(&mut self, what: &str) -> Result<T, String> {
        let word = self.next(what)?;
        word.raw.parse().map_err(|_| format!("{:?} is not {what}", word.raw))
    }

    pub(super) fn fixed<T: Fixed>(&mut self, what: &str) -> Result<(), String> {
        let value: T = self.parse(what)?;
        value.append(&mut self.out);
        Ok(())
    }

    pub(super) fn name(&mut self) -> Result<(), String> {
        let word = self.next("a name")?;
        Name::parse(&word.raw, self.origin)?.write(&mut self.out);
        Ok(())
    }

    fn string(&mut self, what: &str) -> Result<(), String> {
        let bytes = self.next(what)?.bytes()?;
        let length =
            u8::try_from(bytes.len()).map_err(|_| format!("{what} is longer than 255 bytes"))?;
        self.out.push(length);
        self.out.extend_from_slice(&bytes);
        Ok(())
    }

    fn strings(&mut self) -> Result<(), String> {
        self.string("a string")?;
        while self.peek().is_some() {
            self.string("a string")?;
        }
        Ok(())
    }

    fn caa(&mut self) -> Result<(), String> {
        self.fixed::<u8>("flags")?;
        let tag = self.next("a tag")?.raw;
        if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(format!("{tag:?} is not a tag"));
        }
        self.out.push(u8::try_from(tag.len()).map_err(|_| "the tag is too long".to_owned())?);
        self.out.extend_from_slice(tag.as_bytes());
        let value = self.next("a value")?.bytes()?;
        self.out.extend_from_slice(&value);
        Ok(())
    }

    fn dnskey(&mut self) -> Result<(), String> {
        self.fixed::<u16>("flags")?;
        self.fixed::<u8>("a protocol")?;
        self.fixed::<u8>("an algorithm")?;
        let text = self.rest();
        let key = svcb::base64(&text).ok_or_else(|| "the key is not base64".to_owned())?;
        self.out.extend_from_slice(&key);
        Ok(())
    }

    fn bytes_then_hex(&mut self, fields: &[&str]) -> Result<(), String> {
        for what in fields {
            self.fixed::<u8>(what)?;
        }
        self.hex()
    }

    fn hex(&mut self) -> Result<(), String> {
        let text = self.rest();
        let wrong = || format!("{text:?} is not hexadecimal data");
        if text.is_empty() || !text.len().is_multiple_of(2) || !text.is_ascii() {
            return Err(wrong());
        }
        for pair in text.as_bytes().chunks(2) {
            let digits = std::str::from_utf8(pair).map_err(|_| wrong())?;
            self.out.push(u8::from_str_radix(digits, 16).map_err(|_| wrong())?);
        }
        Ok(())
    }

    fn rest(&mut self) -> String {
        self.words.by_ref().map(|word| word.raw).collect()
    }

    fn end(mut self) -> Result<Vec<u8>, String> {
        match self.words.next() {
            None => Ok(self.out),
            Some(word) => Err(format!("{:?} is left over", word.raw)),
        }
    }
}

/// What goes to the wire as a fixed number of bytes, most significant first.
pub(super) trait Fixed: FromStr {
    fn append(&self, out: &mut Vec<u8>);
}

macro_rules! fixed {
    ($($kind:ty => $bytes:ident),+ $(,)?) => {
        $(impl Fixed for $kind {
            fn append(&self, out: &mut Vec<u8>) {
                out.extend_from_slice(&self.$bytes());
            }
        })+
    };
}

fixed!(u8 => to_be_bytes, u16 => to_be_bytes, u32 => to_be_bytes);
fixed!(Ipv4Addr => octets, Ipv6Addr => octets);
