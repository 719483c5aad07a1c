//! Zone files in BIND format (RFC 1035 §5): export and import.

use std::fmt::Write as _;

use super::body::{LARGEST_TTL, SMALLEST_TTL};
use super::problem::Problem;
use super::record::{Record, check_name, check_type, check_values};
use super::zone::{NAME_SERVERS, Zone};

/// The zone as text; comments of records stand behind them.
pub(super) fn export(zone: &Zone) -> String {
    let mut text = format!("$ORIGIN\t{}.\n$TTL\t{}\n", zone.name, zone.ttl);
    for set in &zone.rrsets {
        text.push('\n');
        for record in &set.records {
            let ttl = set.ttl.map(|ttl| format!("\t{ttl}")).unwrap_or_default();
            let _ = write!(text, "{}{ttl}\tIN\t{}\t{}", set.name, set.rtype, record.value);
            if let Some(comment) = record.comment.as_deref().filter(|comment| !comment.is_empty()) {
                let _ = write!(text, " ; {}", comment.replace('\n', " "));
            }
            text.push('\n');
        }
    }
    text
}

/// Replaces all RRsets by those of a zone file. Comments, labels and protection go.
pub(super) fn import(zone: &mut Zone, text: &str) -> Result<(), Problem> {
    zone.rrsets.clear();
    let mut owner = "@".to_owned();
    for line in lines(text)? {
        let mut words = line.words.iter();
        match line.words.first().map(String::as_str) {
            Some("$ORIGIN") => {
                if line.words.get(1) != Some(&format!("{}.", zone.name)) {
                    return Err(wrong(line.number, "$ORIGIN must be the zone name with a dot"));
                }
                continue;
            }
            Some("$TTL") => {
                zone.ttl = line
                    .words
                    .get(1)
                    .and_then(|ttl| read_ttl(ttl))
                    .ok_or_else(|| wrong(line.number, "$TTL is not a valid TTL"))?;
                continue;
            }
            Some(directive) if directive.starts_with('$') => {
                return Err(wrong(line.number, "this directive is not supported"));
            }
            _ => {}
        }
        if !line.continues_owner
            && let Some(name) = words.next()
        {
            owner = relative(name, &zone.name);
        }
        add_record(zone, &owner, words.as_slice(), line.number)?;
    }
    let sets = zone.rrsets.clone();
    for set in &sets {
        check_name(&set.name, &zone.name)?;
        check_values(&set.rtype, &set.records, &zone.name)?;
        zone.check_exclusive(&set.name, &set.rtype)?;
    }
    Ok(())
}

/// Refuses a zone without SOA or without the assigned name servers.
pub(super) fn require_essentials(zone: &Zone) -> Result<(), Problem> {
    if zone.find("@", "SOA").is_none() {
        return Err(Problem::field("zonefile", "a SOA record must be present"));
    }
    let present = |server: &str| {
        zone.find("@", "NS")
            .is_some_and(|set| set.records.iter().any(|record| record.value == server))
    };
    match NAME_SERVERS.iter().find(|server| !present(server)) {
        None => Ok(()),
        Some(server) => {
            Err(Problem::field("zonefile", format!("the assigned NS {server} must be present")))
        }
    }
}

/// `[ttl] [class] type data`, TTL and class in any order.
fn add_record(
    zone: &mut Zone,
    owner: &str,
    words: &[String],
    number: usize,
) -> Result<(), Problem> {
    let mut words = words;
    let mut ttl = None;
    while let [first, rest @ ..] = words {
        if first.eq_ignore_ascii_case("IN") {
            words = rest;
        } else if ["CH", "HS", "CS"].iter().any(|class| first.eq_ignore_ascii_case(class)) {
            return Err(wrong(number, "only class IN is allowed"));
        } else if first.starts_with(|c: char| c.is_ascii_digit()) {
            ttl = Some(read_ttl(first).ok_or_else(|| wrong(number, "the TTL is not valid"))?);
            words = rest;
        } else {
            break;
        }
    }
    let [rtype, data @ ..] = words else {
        return Err(wrong(number, "a record type is missing"));
    };
    let rtype = rtype.to_ascii_uppercase();
    check_type(&rtype)?;
    let record = Record::plain(data.join(" "));
    match zone.existing(owner, &rtype) {
        Ok(set) if set.ttl != ttl => Err(wrong(number, "the RRSet has differing record TTLs")),
        Ok(set) => {
            set.records.push(record);
            Ok(())
        }
        Err(_) => {
            let set = zone.built(owner, &rtype, ttl, vec![record]);
            zone.rrsets.push(set);
            Ok(())
        }
    }
}

/// A logical line: parentheses joined, comments dropped.
struct Line {
    number: usize,
    /// It starts with white space: the owner is the previous one's.
    continues_owner: bool,
    words: Vec<String>,
}

fn lines(text: &str) -> Result<Vec<Line>, Problem> {
    let mut found: Vec<Line> = Vec::new();
    let mut open = 0u32;
    for (place, raw) in text.lines().enumerate() {
        let number = place + 1;
        if open == 0 {
            let continues_owner = raw.starts_with(char::is_whitespace);
            found.push(Line { number, continues_owner, words: Vec::new() });
        }
        let Some(line) = found.last_mut() else { continue };
        let mut word = String::new();
        let mut quoted = false;
        let mut characters = raw.chars();
        while let Some(character) = characters.next() {
            match character {
                '\\' => {
                    word.push(character);
                    word.extend(characters.next());
                }
                '"' => {
                    word.push(character);
                    quoted = !quoted;
                }
                _ if quoted => word.push(character),
                ';' => break,
                '(' => open += 1,
                ')' => {
                    open = open
                        .checked_sub(1)
                        .ok_or_else(|| wrong(number, "a parenthesis is closed but not opened"))?;
                }
                _ if character.is_whitespace() => {
                    if !word.is_empty() {
                        line.words.push(std::mem::take(&mut word));
                    }
                }
                _ => word.push(character),
            }
        }
        if quoted {
            return Err(wrong(number, "a quoted string does not end"));
        }
        if !word.is_empty() {
            line.words.push(word);
        }
    }
    if open > 0 {
        return Err(Problem::field("zonefile", "a parenthesis is not closed"));
    }
    found.retain(|line| !line.words.is_empty());
    Ok(found)
}

fn relative(name: &str, zone: &str) -> String {
    let name = name.to_ascii_lowercase();
    match name.strip_suffix('.') {
        Some(absolute) if absolute == zone => "@".to_owned(),
        // A foreign name keeps its dot, and is refused for it.
        Some(absolute) => match absolute.strip_suffix(&format!(".{zone}")) {
            Some(head) => head.to_owned(),
            None => name,
        },
        None => name,
    }
}

/// Seconds, or numbers with units: `1h30m`.
fn read_ttl(text: &str) -> Option<u32> {
    let mut total = 0u32;
    let mut number: Option<u32> = None;
    for character in text.chars() {
        if let Some(digit) = character.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
            continue;
        }
        let unit = match character.to_ascii_lowercase() {
            's' => 1,
            'm' => 60,
            'h' => 3600,
            'd' => 86_400,
            'w' => 604_800,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(unit)?)?;
    }
    let total = total.checked_add(number.unwrap_or(0))?;
    (SMALLEST_TTL..=LARGEST_TTL).contains(&total).then_some(total)
}

fn wrong(line: usize, what: &str) -> Problem {
    Problem::field("zonefile", format!("line {line}: {what}"))
}
