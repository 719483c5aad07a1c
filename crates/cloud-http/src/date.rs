//! Times in response headers: how long to wait, and how wrong this machine's clock is.
use std::time::{Duration, SystemTime};

use http::HeaderMap;
use http::header::{DATE, RETRY_AFTER};

/// How long the server asks to wait (RFC 9110 section 10.2.3: seconds or an HTTP date).
///
/// A date counts from the response's own `Date`, so that a wrong local clock does no harm; without
/// one from `wall`.
pub fn retry_after(headers: &HeaderMap, wall: SystemTime) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    Some(until.duration_since(server_time(headers).unwrap_or(wall)).unwrap_or_default())
}

/// Says how far `wall` is from the response's `Date`, in words; `None` when it is within a minute,
/// which is as much as a slow answer and a header without fractions can explain.
///
/// `whose` stands for the server: "Google's".
pub fn clock_skew(headers: &HeaderMap, wall: SystemTime, whose: &str) -> Option<String> {
    let theirs = server_time(headers)?;
    let (apart, direction) = match wall.duration_since(theirs) {
        Ok(ahead) => (ahead, "ahead of"),
        Err(behind) => (behind.duration(), "behind"),
    };
    let seconds = apart.as_secs();
    (seconds > 60).then(|| format!("this machine's clock is {seconds} s {direction} {whose}"))
}

fn server_time(headers: &HeaderMap) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(DATE)?.to_str().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    fn at(text: &str) -> SystemTime {
        httpdate::parse_http_date(text).unwrap()
    }

    const NOON: &str = "Mon, 23 Nov 2026 12:00:00 GMT";

    #[test]
    fn retry_after_is_read_as_seconds_or_as_a_date() {
        let wall = at(NOON);
        let wait = |pairs: &[_]| retry_after(&headers(pairs), wall);
        assert_eq!(wait(&[(RETRY_AFTER, "7")]), Some(Duration::from_secs(7)));
        let half_past = "Mon, 23 Nov 2026 12:00:30 GMT";
        assert_eq!(wait(&[(RETRY_AFTER, half_past)]), Some(Duration::from_secs(30)));
        assert_eq!(wait(&[(RETRY_AFTER, half_past), (DATE, half_past)]), Some(Duration::ZERO));
        assert_eq!(wait(&[(RETRY_AFTER, "soon")]), None);
        assert_eq!(wait(&[]), None);
    }

    #[test]
    fn a_wrong_clock_is_named_with_its_direction() {
        let skew = |wall| clock_skew(&headers(&[(DATE, NOON)]), wall, "Google's");
        assert_eq!(
            skew(at(NOON) + Duration::from_secs(312)).unwrap(),
            "this machine's clock is 312 s ahead of Google's"
        );
        assert_eq!(
            skew(at(NOON) - Duration::from_secs(90)).unwrap(),
            "this machine's clock is 90 s behind Google's"
        );
        assert_eq!(skew(at(NOON) + Duration::from_secs(60)), None);
        assert_eq!(clock_skew(&HeaderMap::new(), at(NOON), "Google's"), None);
    }
}
