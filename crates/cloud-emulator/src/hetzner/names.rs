//! Which names can be zones, and which can be servers.

use super::problem::Problem;

/// Suffixes of two labels under which people register domains. All other suffixes are taken to
/// have one label, which is true of most.
const LONG_SUFFIXES: [&str; 40] = [
    "ac.at", "ac.nz", "ac.uk", "ac.za", "co.at", "co.hu", "co.id", "co.il", "co.in", "co.jp",
    "co.ke", "co.kr", "co.nz", "co.th", "co.uk", "co.za", "com.ar", "com.au", "com.br", "com.cn",
    "com.co", "com.hk", "com.mx", "com.my", "com.pl", "com.sg", "com.tr", "com.tw", "com.ua",
    "gv.at", "me.uk", "ne.jp", "net.au", "net.nz", "or.at", "or.jp", "org.au", "org.nz", "org.uk",
    "org.za",
];

/// Refuses a zone name that is not one registrable domain, in lower case, without trailing dot.
pub(super) fn check_zone(name: &str) -> Result<(), Problem> {
    let wrong = |why: &str| Err(Problem::field("name", why));
    if name.ends_with('.') {
        return wrong("must not end with a dot");
    }
    if name.chars().any(|c| c.is_ascii_uppercase()) {
        return wrong("must be in lower case");
    }
    let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let labels: Vec<&str> = name.split('.').collect();
    let labels_fit = labels.iter().all(|label| {
        !label.is_empty()
            && label.len() <= 63
            && label.chars().all(legal)
            && !label.starts_with('-')
            && !label.ends_with('-')
    });
    if !labels_fit || name.len() > 253 {
        return wrong("is not a valid domain name; names beyond ASCII must be in punycode");
    }
    let suffix = match labels.as_slice() {
        [.., second, top] if LONG_SUFFIXES.contains(&format!("{second}.{top}").as_str()) => 2,
        _ => 1,
    };
    match labels.len().checked_sub(suffix) {
        Some(1) => Ok(()),
        None | Some(0) => wrong("is a public suffix"),
        Some(_) => wrong("subdomains are not supported"),
    }
}

/// Whether a name can be a server's: a host name as of RFC 1123.
pub(super) fn is_host(name: &str) -> bool {
    let inner = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let fits = |label: &str| {
        !label.is_empty()
            && label.chars().all(inner)
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    name.len() <= 63 && name.split('.').all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_registrable_domains_can_be_zones() {
        for name in ["example.com", "xn--mnchen-3ya.de", "example.co.uk", "schwenk.example"] {
            assert!(check_zone(name).is_ok(), "{name}");
        }
        for name in [
            "Example.com",
            "example.com.",
            "www.example.com",
            "com",
            "co.uk",
            "a.b.co.uk",
            "",
            "exa mple.com",
            "-a.com",
            "münchen.de",
            "example..com",
        ] {
            assert!(check_zone(name).is_err(), "{name}");
        }
    }
}
