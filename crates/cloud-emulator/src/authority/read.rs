//! Messages from the wire, as a server gets them.

use super::message::{Edns, HEADER, Head, OPT, Query, Question, Received};
use super::name::Name;

/// Reads a message.
pub(crate) fn read(message: &[u8]) -> Received {
    if message.len() < HEADER || message[2] & 0x80 != 0 {
        return Received::Rubbish;
    }
    let head = Head {
        id: u16::from_be_bytes([message[0], message[1]]),
        opcode: message[2] >> 3 & 0x0f,
        recursion_desired: message[2] & 1 != 0,
        checking_disabled: message[3] & 0x10 != 0,
    };
    match read_body(message, head) {
        Some(query) => Received::Query(query),
        None => Received::Malformed(head),
    }
}

fn read_body(message: &[u8], head: Head) -> Option<Query> {
    let counts: Vec<u16> =
        (0..4).map(|place| u16_at(message, 4 + 2 * place)).collect::<Option<_>>()?;
    let mut place = HEADER;
    let mut query = Query { head, questions: counts[0], question: None, edns: None };
    for number in 0..counts[0] {
        let question = read_question(message, &mut place)?;
        if number == 0 {
            query.question = Some(question);
        }
    }
    for _ in 0..u32::from(counts[1]) + u32::from(counts[2]) {
        skip_record(message, &mut place)?;
    }
    for _ in 0..counts[3] {
        let start = place;
        let (rtype, class, ttl) = skip_record(message, &mut place)?;
        if rtype != OPT {
            continue;
        }
        // One OPT only, owned by the root (RFC 6891 §6.1.1).
        if query.edns.is_some() || message[start] != 0 {
            return None;
        }
        query.edns = Some(Edns {
            udp_size: class,
            version: (ttl >> 16) as u8,
            dnssec_ok: ttl & 0x8000 != 0,
        });
    }
    Some(query)
}

fn read_question(message: &[u8], place: &mut usize) -> Option<Question> {
    let start = *place;
    let mut labels = Vec::new();
    loop {
        let length = usize::from(*message.get(*place)?);
        *place += 1;
        match length {
            0 => break,
            1..=63 => labels.push(message.get(*place..*place + length)?.to_vec()),
            // There is nothing before a question that a pointer could point to.
            _ => return None,
        }
        *place += length;
        if *place - start > 254 {
            return None;
        }
    }
    let qtype = u16_at(message, *place)?;
    let qclass = u16_at(message, *place + 2)?;
    *place += 4;
    Some(Question {
        name: Name::from_labels(labels),
        qtype,
        qclass,
        wire: message[start..*place].to_vec(),
    })
}

/// Steps over a record: its type, class and TTL.
fn skip_record(message: &[u8], place: &mut usize) -> Option<(u16, u16, u32)> {
    loop {
        let length = usize::from(*message.get(*place)?);
        *place += 1;
        match length {
            0 => break,
            1..=63 => *place += length,
            192..=255 => {
                *place += 1;
                break;
            }
            _ => return None,
        }
    }
    let rtype = u16_at(message, *place)?;
    let class = u16_at(message, *place + 2)?;
    let ttl =
        u32::from(u16_at(message, *place + 4)?) << 16 | u32::from(u16_at(message, *place + 6)?);
    let length = usize::from(u16_at(message, *place + 8)?);
    *place += 10 + length;
    (*place <= message.len()).then_some((rtype, class, ttl))
}

fn u16_at(message: &[u8], place: usize) -> Option<u16> {
    let bytes = message.get(place..place + 2)?;
    Some(u16::from_be_bytes([bytes[0], bytes[1]]))
}
