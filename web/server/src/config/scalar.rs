//! How the plain values of the file are read.
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::ops::RangeInclusive;
use std::time::Duration;

use failover_core::{AnswerMode, Drift, Failback, Fall, Fence, Latch, Layer, OnAllDown, Require};
use health::Replication;
use toml::de::DeValue;
use web_api::Role;

use super::duration;
use super::model::{LogFormat, LogLevel, Standby};
use super::problem::At;
use super::read::{Field, Parse, Reader, Table};

impl Parse for String {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        match value.as_str() {
            Some(text) => Some(text.to_owned()),
            None => reader.wrong_type(value, at, "a text in quotes"),
        }
    }
}

impl Parse for bool {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        match value.as_bool() {
            Some(flag) => Some(flag),
            None => reader.wrong_type(value, at, "true or false"),
        }
    }
}

macro_rules! whole_number {
    ($($type:ty),*) => {$(
        impl Parse for $type {
            fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
                let range = format!("a whole number from 0 to {}", Self::MAX);
                let Some(number) = value.as_integer() else {
                    return reader.wrong_type(value, at, &range);
                };
                let parsed = Self::from_str_radix(number.as_str(), number.radix());
                if parsed.is_err() {
                    reader.error(at, format!("{number} is out of range; write {range}"));
                }
                parsed.ok()
            }
        }
    )*};
}
whole_number!(u8, u16, u32);

impl Parse for Duration {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let Some(text) = value.as_str() else {
            return reader.wrong_type(value, at, "a duration in quotes, such as \"2s\"");
        };
        duration::parse(text).map_err(|message| reader.error(at, message)).ok()
    }
}

impl Parse for IpAddr {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let text = String::parse(value, at, reader)?;
        let parsed = text.parse();
        if parsed.is_err() {
            let remedy = "write a plain one such as \"203.0.113.5\" or \"2001:db8::5\"";
            reader.error(at, format!("\"{text}\" is not an IP address; {remedy}"));
        }
        parsed.ok()
    }
}

impl Parse for Ipv4Addr {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let text = String::parse(value, at, reader)?;
        let parsed = text.parse();
        if parsed.is_err() {
            let remedy = "write a plain one such as \"203.0.113.5\"";
            reader.error(at, format!("\"{text}\" is not an IPv4 address; {remedy}"));
        }
        parsed.ok()
    }
}

impl Parse for SocketAddr {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let text = String::parse(value, at, reader)?;
        let parsed = text.parse();
        if parsed.is_err() {
            let remedy = "write \"127.0.0.1:8420\" or \"[::1]:8420\"";
            reader.error(at, format!("\"{text}\" is not an address with a port; {remedy}"));
        }
        parsed.ok()
    }
}

impl Parse for Role {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &[("view", Self::View), ("operate", Self::Operate)], "")
    }
}

impl Parse for cloud_api::Role {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words = Self::ALL.map(|role| (role.word(), role));
        reader.one_of(value, at, &words, "")
    }
}

impl Parse for cloud_api::Architecture {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &[("x86", Self::X86), ("arm", Self::Arm)], "")
    }
}

impl Parse for cloud_api::boot::Balance {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words =
            [("least_connections", Self::LeastConnections), ("round_robin", Self::RoundRobin)];
        reader.one_of(value, at, &words, "")
    }
}

/// What kind of API a provider has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderKind {
    /// Google Cloud DNS.
    Google,
    /// Hetzner Cloud DNS.
    Hetzner,
}

impl Parse for ProviderKind {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &[("google", Self::Google), ("hetzner", Self::Hetzner)], "")
    }
}

impl Parse for LogLevel {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words = [
            ("error", Self::Error),
            ("warn", Self::Warn),
            ("info", Self::Info),
            ("debug", Self::Debug),
            ("trace", Self::Trace),
        ];
        reader.one_of(value, at, &words, "")
    }
}

impl Parse for LogFormat {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &[("text", Self::Text), ("json", Self::Json)], "")
    }
}

impl Parse for Layer {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words = [
            ("proxy", Self::Proxy),
            ("application", Self::Application),
            ("database", Self::Database),
        ];
        reader.one_of(value, at, &words, "")
    }
}

/// What kind of test a check is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CheckKind {
    /// An ICMP echo.
    Icmp,
    /// A TCP connection.
    Tcp,
    /// An HTTP request.
    Http,
    /// An HTTP request over TLS.
    Https,
    /// A TLS handshake.
    Tls,
    /// A DNS question.
    Dns,
    /// A session with a MariaDB server.
    Mariadb,
}

impl CheckKind {
    /// The words of the file.
    pub const WORDS: &'static [(&'static str, Self)] = &[
        ("icmp", Self::Icmp),
        ("tcp", Self::Tcp),
        ("http", Self::Http),
        ("https", Self::Https),
        ("tls", Self::Tls),
        ("dns", Self::Dns),
        ("mariadb", Self::Mariadb),
    ];

    /// The word of the file.
    pub fn word(self) -> &'static str {
        Self::WORDS.iter().find(|(_, kind)| *kind == self).map_or("", |(word, _)| word)
    }
}

impl Parse for CheckKind {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, Self::WORDS, "")
    }
}

impl Parse for Fall {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        if value.is_integer() {
            return u8::parse(value, at, reader).map(Self::InARow);
        }
        if !value.is_table() {
            let wanted = "a number of failures in a row, or { window = 20, failed = 19 }";
            return reader.wrong_type(value, at, wanted);
        }
        let mut table = Table::open(value, at, reader)?;
        let (of, failed) = (table.take("window", reader), table.take("failed", reader));
        table.refuse_rest(&["window", "failed"], reader);
        let why = "a window is written { window = 20, failed = 19 }";
        let of: Option<&Field<u8>> = reader.need(at, "window", of.as_ref(), why);
        let failed: Option<&Field<u8>> = reader.need(at, "failed", failed.as_ref(), why);
        Some(Self::Window { of: of?.value, failed: failed?.value })
    }
}

impl Parse for Require {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        if value.is_integer() {
            return u8::parse(value, at, reader).map(Self::AtLeast);
        }
        let words = [("any", Self::Any), ("all", Self::All)];
        reader.one_of(value, at, &words, " or a number of checks")
    }
}

impl Parse for Latch {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let duration = value.as_str().and_then(|text| duration::parse(text).ok());
        if let Some(duration) = duration {
            return Some(Self::For(duration));
        }
        let words = [("until_rearmed", Self::UntilRearmed), ("off", Self::Off)];
        reader.one_of(value, at, &words, " or a duration such as \"30 min\"")
    }
}

impl Parse for Failback {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let duration = value.as_str().and_then(|text| duration::parse(text).ok());
        if let Some(stable_for) = duration {
            return Some(Self::Auto { stable_for });
        }
        let others = " or how long the preferred site must have been up, such as \"10 min\"";
        reader.one_of(value, at, &[("manual", Self::Manual)], others)
    }
}

impl Parse for AnswerMode {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &[("active", Self::Active), ("all_up", Self::AllUp)], "")
    }
}

impl Parse for OnAllDown {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &[("hold", Self::Hold), ("answer_all", Self::AnswerAll)], "")
    }
}

impl Parse for Drift {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        reader.one_of(value, at, &[("alert", Self::Alert), ("repair", Self::Repair)], "")
    }
}

/// Status codes that are good: `200` or `"200-299"`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatusRange(pub RangeInclusive<u16>);

impl Parse for StatusRange {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let range = match (value.as_integer(), value.as_str()) {
            (Some(_), _) => u16::parse(value, at, reader).map(|code| (code, code)),
            (None, Some(text)) => text.split_once('-').and_then(|(low, high)| {
                Some((low.trim().parse().ok()?, high.trim().parse().ok()?))
            }),
            (None, None) => return reader.wrong_type(value, at, "200 or \"200-299\""),
        };
        match range {
            Some((low, high)) if (100..=599).contains(&low) && low <= high && high <= 599 => {
                Some(Self(low..=high))
            }
            _ => {
                let remedy = "write one such as 200, or a range such as \"200-299\"";
                reader.error(at, format!("not a status code from 100 to 599; {remedy}"));
                None
            }
        }
    }
}

impl Parse for Standby {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words = [("hot", Self::Hot), ("warm", Self::Warm), ("cold", Self::Cold)];
        reader.one_of(value, at, &words, "")
    }
}

impl Parse for Fence {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words = [("never", Self::Never), ("before", Self::Before), ("after", Self::After)];
        reader.one_of(value, at, &words, "")
    }
}

impl Parse for Replication {
    fn parse(value: &DeValue<'_>, at: &At, reader: &mut Reader<'_>) -> Option<Self> {
        let words =
            [("watched", Self::Watched), ("required", Self::Required), ("ignored", Self::Ignored)];
        reader.one_of(value, at, &words, "")
    }
}
