//! A firewall's rules, as they are read and checked.

use std::net::IpAddr;

use serde_json::{Value, json};

use super::super::body::Body;
use super::super::problem::Problem;

const MOST_RULES: usize = 50;
const MOST_RANGES: usize = 100;

/// The rules of a body; checked, as they are shown later.
pub(super) fn read_rules(body: &Body) -> Result<Vec<Value>, Problem> {
    let rules = body.objects("rules")?;
    if rules.len() > MOST_RULES {
        return Err(Problem::field("rules", format!("must not be more than {MOST_RULES}")));
    }
    rules.iter().map(read_rule).collect()
}

fn read_rule(rule: &Body) -> Result<Value, Problem> {
    let members = ["description", "direction", "source_ips", "destination_ips", "protocol", "port"];
    rule.only(&members)?;
    let inwards = match rule.required_text("direction")? {
        "in" => true,
        "out" => false,
        _ => return Err(Problem::field("direction", "must be in or out")),
    };
    let protocol = rule.required_text("protocol")?;
    if !["tcp", "udp", "icmp", "esp", "gre"].contains(&protocol) {
        let wrong = "must be one of tcp, udp, icmp, esp, gre";
        return Err(Problem::field("protocol", wrong));
    }
    let with_ports = matches!(protocol, "tcp" | "udp");
    let port = rule.text("port")?.filter(|port| !port.is_empty());
    match port {
        Some(_) if !with_ports => {
            return Err(Problem::field("port", format!("{protocol} has no ports")));
        }
        None if with_ports => {
            return Err(Problem::field("port", format!("is required for {protocol}")));
        }
        Some(port) if !is_port(port) => {
            return Err(Problem::field("port", format!("{port:?} is no port or range of ports")));
        }
        _ => {}
    }
    let (used, unused) =
        if inwards { ("source_ips", "destination_ips") } else { ("destination_ips", "source_ips") };
    let ranges = read_ranges(rule, used)?;
    if ranges.is_empty() {
        return Err(Problem::field(used, "must not be empty"));
    }
    let others = read_ranges(rule, unused)?;
    let description = rule.text("description")?;
    if description.is_some_and(|text| text.chars().count() > 255) {
        return Err(Problem::field("description", "must have at most 255 characters"));
    }
    Ok(json!({
        "description": description,
        "direction": if inwards { "in" } else { "out" },
        "protocol": protocol,
        "port": port,
        used: ranges,
        unused: others,
    }))
}

fn read_ranges(rule: &Body, field: &str) -> Result<Vec<String>, Problem> {
    let ranges = rule.texts(field)?;
    if ranges.len() > MOST_RANGES {
        return Err(Problem::field(field, format!("must not be more than {MOST_RANGES}")));
    }
    match ranges.iter().find(|range| !is_range(range)) {
        Some(range) => Err(Problem::field(field, format!("{range:?} is not a CIDR range"))),
        None => Ok(ranges),
    }
}

/// `80`, `1024-5000`, or `any`, which the vendor takes too.
fn is_port(text: &str) -> bool {
    let number = |text: &str| text.parse::<u16>().ok().filter(|port| *port > 0);
    match text.split_once('-') {
        None => text == "any" || number(text).is_some(),
        Some((low, high)) => match (number(low), number(high)) {
            (Some(low), Some(high)) => low <= high,
            _ => false,
        },
    }
}

/// A range of either family whose host bits are zero.
fn is_range(text: &str) -> bool {
    let Some((address, bits)) = text.split_once('/') else { return false };
    let (Ok(address), Ok(bits)) = (address.parse::<IpAddr>(), bits.parse::<u32>()) else {
        return false;
    };
    let (value, width) = match address {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    bits <= width && (width == bits || value.trailing_zeros() >= width - bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_have_no_host_bits() {
        for text in ["0.0.0.0/0", "::/0", "10.0.0.0/8", "192.0.2.1/32", "2001:db8::/32"] {
            assert!(is_range(text), "{text}");
        }
        for text in ["10.0.0.1/24", "10.0.0.0", "::1/64", "10.0.0.0/33", "x/8"] {
            assert!(!is_range(text), "{text}");
        }
    }

    #[test]
    fn ports_are_one_or_a_range() {
        for text in ["80", "1-65535", "443-443", "any"] {
            assert!(is_port(text), "{text}");
        }
        for text in ["0", "65536", "90-80", "http", "1-", ""] {
            assert!(!is_port(text), "{text}");
        }
    }
}
