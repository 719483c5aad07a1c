//! Names, times and numbers as scripts write them.
use std::time::Duration;

use failover_core::{PolicySpec, ProviderId, SiteId, SiteSet, VantageId};

use super::wrong::{Noun, ScriptWrong};

/// A time such as `12.5s`, always in seconds, to the millisecond.
pub(super) fn time(time: Duration) -> String {
    let (secs, millis) = (time.as_secs(), time.subsec_millis());
    if millis == 0 {
        return format!("{secs}s");
    }
    let text = format!("{secs}.{millis:03}");
    format!("{}s", text.trim_end_matches('0'))
}

/// Reads a time in `ms`, `s`, `min` or `h`.
pub(super) fn read_time(word: &str) -> Result<Duration, ScriptWrong> {
    let wrong = || ScriptWrong::Time(word.to_owned());
    let digits = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
    let (number, unit) = word.split_at(digits);
    let unit: u64 = match unit {
        "ms" => 1,
        "s" => 1_000,
        "min" => 60_000,
        "h" => 3_600_000,
        _ => return Err(wrong()),
    };
    let (whole, part) = number.split_once('.').unwrap_or((number, ""));
    if part.len() > 3 || whole.len() > 9 {
        return Err(wrong());
    }
    let whole: u64 = whole.parse().map_err(|_| wrong())?;
    let part: u64 = format!("{part:0<3}").parse().map_err(|_| wrong())?;
    Ok(Duration::from_millis(whole * unit + part * unit / 1_000))
}

pub(super) fn number<T: std::str::FromStr>(word: &str) -> Result<T, ScriptWrong> {
    word.parse().map_err(|_| ScriptWrong::Number(word.to_owned()))
}

fn place<'a>(
    names: impl IntoIterator<Item = &'a String>,
    word: &str,
    noun: Noun,
) -> Result<u8, ScriptWrong> {
    let names: Vec<&String> = names.into_iter().collect();
    let found = names.iter().position(|name| *name == word);
    let found = found.and_then(|place| u8::try_from(place).ok());
    found.ok_or_else(|| {
        let known = names.into_iter().cloned().collect();
        ScriptWrong::Unknown { noun, name: word.to_owned(), known }
    })
}

pub(super) fn read_site(spec: &PolicySpec, word: &str) -> Result<SiteId, ScriptWrong> {
    place(spec.sites.iter().map(|site| &site.name), word, Noun::Site).map(SiteId)
}

/// One site or several, as in `london+paris`.
pub(super) fn read_sites(spec: &PolicySpec, word: &str) -> Result<SiteSet, ScriptWrong> {
    word.split('+').map(|name| read_site(spec, name)).collect()
}

pub(super) fn read_check(
    spec: &PolicySpec,
    word: &str,
) -> Result<failover_core::CheckId, ScriptWrong> {
    let names = spec.checks.iter().map(|check| &check.name);
    place(names, word, Noun::Check).map(failover_core::CheckId)
}

pub(super) fn read_vantage(spec: &PolicySpec, word: &str) -> Result<VantageId, ScriptWrong> {
    place(&spec.vantages, word, Noun::Vantage).map(VantageId)
}

pub(super) fn read_provider(spec: &PolicySpec, word: &str) -> Result<ProviderId, ScriptWrong> {
    let names = spec.providers.iter().map(|provider| &provider.name);
    place(names, word, Noun::Provider).map(ProviderId)
}

fn name<'a>(mut names: impl Iterator<Item = &'a String>, place: usize) -> &'a str {
    names.nth(place).map_or("?", String::as_str)
}

pub(super) fn site(spec: &PolicySpec, site: SiteId) -> &str {
    name(spec.sites.iter().map(|site| &site.name), site.index())
}

pub(super) fn sites(spec: &PolicySpec, sites: SiteSet) -> String {
    let names: Vec<&str> = sites.iter().map(|at| site(spec, at)).collect();
    names.join("+")
}

pub(super) fn check(spec: &PolicySpec, check: failover_core::CheckId) -> &str {
    name(spec.checks.iter().map(|check| &check.name), check.index())
}

pub(super) fn vantage(spec: &PolicySpec, vantage: VantageId) -> &str {
    name(spec.vantages.iter(), vantage.index())
}

pub(super) fn provider(spec: &PolicySpec, provider: ProviderId) -> &str {
    name(spec.providers.iter().map(|provider| &provider.name), provider.index())
}

#[cfg(test)]
mod tests {
    use super::{read_time, time};
    use std::time::Duration;

    #[test]
    fn times_are_read_as_they_are_written() {
        for millis in [0, 1, 20, 300, 1_000, 12_500, 61_001] {
            let written = Duration::from_millis(millis);
            assert_eq!(read_time(&time(written)), Ok(written));
        }
        assert_eq!(read_time("2min"), Ok(Duration::from_secs(120)));
        assert_eq!(read_time("1.5h"), Ok(Duration::from_secs(5400)));
        assert_eq!(read_time("300ms"), Ok(Duration::from_millis(300)));
        for wrong in ["", "s", "5", "-5s", "1.2345s", "5 s", "12345678901s", "1.s.s"] {
            assert!(read_time(wrong).is_err(), "{wrong}");
        }
    }
}
