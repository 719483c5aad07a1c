//! DNS messages: questions read from the wire, answers written to it (RFC 1035, 6891).

use super::name::{Name, write_label};

pub(super) const NOERROR: u16 = 0;
pub(super) const FORMERR: u16 = 1;
pub(super) const NXDOMAIN: u16 = 3;
pub(super) const NOTIMP: u16 = 4;
pub(super) const REFUSED: u16 = 5;
pub(super) const BADVERS: u16 = 16;

const HEADER: usize = 12;
const OPT: u16 = 41;
/// What we take over UDP, and send at most: no fragments on any path (DNS flag day 2020).
const UDP_SIZE: u16 = 1232;

/// What arrived.
pub(super) enum Received {
    /// Not a question to us: too short, or itself an answer.
    Rubbish,
    /// A header that can be answered, and something behind it that cannot be read.
    Malformed(Head),
    Query(Query),
}

#[derive(Clone, Copy)]
pub(super) struct Head {
    id: u16,
    opcode: u8,
    recursion_desired: bool,
    checking_disabled: bool,
}

pub(super) struct Query {
    head: Head,
    questions: u16,
    question: Option<Question>,
    edns: Option<Edns>,
}

pub(super) struct Question {
    pub name: Name,
    pub qtype: u16,
    pub qclass: u16,
    /// The bytes as they came: they go back unchanged, letter case included.
    wire: Vec<u8>,
}

#[derive(Clone, Copy)]
struct Edns {
    udp_size: u16,
    version: u8,
    dnssec_ok: bool,
}

/// A record of an answer.
#[derive(Clone, Debug)]
pub(super) struct Record {
    pub owner: Name,
    pub rtype: u16,
    pub ttl: u32,
    pub data: Vec<u8>,
}

/// The content of an answer.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply {
    pub rcode: u16,
    pub authoritative: bool,
    pub answers: Vec<Record>,
    pub authority: Vec<Record>,
    pub additional: Vec<Record>,
}

impl Reply {
    pub(super) fn rcode(rcode: u16) -> Self {
        Self { rcode, ..Self::default() }
    }
}

impl Query {
    pub(super) fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    /// The answer to a query that is refused whatever it asks for.
    pub(super) fn refusal(&self) -> Option<Reply> {
        const NOTIFY: u8 = 4;
        const UPDATE: u8 = 5;
        const IN: u16 = 1;
        // TKEY, TSIG, IXFR, AXFR, MAILB, MAILA; 255 is ANY and gets its own answer.
        const TRANSFERS_AND_META: std::ops::RangeInclusive<u16> = 249..=254;
        if self.edns.is_some_and(|edns| edns.version > 0) {
            return Some(Reply::rcode(BADVERS));
        }
        match self.head.opcode {
            0 => {}
            NOTIFY | UPDATE => return Some(Reply::rcode(REFUSED)),
            _ => return Some(Reply::rcode(NOTIMP)),
        }
        let question = self.question.as_ref().filter(|_| self.questions == 1);
        let Some(question) = question else {
            return Some(Reply::rcode(FORMERR));
        };
        if question.qclass != IN || TRANSFERS_AND_META.contains(&question.qtype) {
            return Some(Reply::rcode(REFUSED));
        }
        (question.qtype == OPT).then(|| Reply::rcode(FORMERR))
    }

    /// The largest UDP answer the client takes.
    pub(super) fn udp_limit(&self) -> usize {
        usize::from(self.edns.map_or(512, |edns| edns.udp_size.clamp(512, UDP_SIZE)))
    }
}

/// Reads a message as a server gets it.
pub(super) fn read(message: &[u8]) -> Received {
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

/// "Format error", when not even the question can be read.
pub(super) fn form_error(head: &Head) -> Vec<u8> {
    // An opcode we do not know may well have a body we cannot read.
    let rcode = match head.opcode {
        0 | 4 | 5 => FORMERR,
        _ => NOTIMP,
    };
    write_head(head, rcode, false).to_vec()
}

/// The answer on the wire. What does not fit into `limit` bytes is left out whole, with TC set.
pub(super) fn write(query: &Query, reply: &Reply, limit: usize) -> Vec<u8> {
    let full = write_sections(query, reply);
    if full.len() <= limit {
        return full;
    }
    let empty =
        Reply { rcode: reply.rcode, authoritative: reply.authoritative, ..Reply::default() };
    let mut short = write_sections(query, &empty);
    short[2] |= 0x02;
    short
}

fn write_sections(query: &Query, reply: &Reply) -> Vec<u8> {
    let mut out = write_head(&query.head, reply.rcode, reply.authoritative).to_vec();
    let mut counts = [0u16; 4];
    if let Some(question) = &query.question {
        out.extend_from_slice(&question.wire);
        counts[0] = 1;
    }
    let asked = query.question.as_ref().map(|question| &question.name);
    let sections = [&reply.answers, &reply.authority, &reply.additional];
    for (count, records) in counts[1..].iter_mut().zip(sections) {
        for record in records {
            write_record(record, asked, &mut out);
            *count = count.saturating_add(1);
        }
    }
    if let Some(edns) = query.edns {
        // Root name, type, our size, extended rcode, version 0, flags, no options.
        out.push(0);
        out.extend_from_slice(&OPT.to_be_bytes());
        out.extend_from_slice(&UDP_SIZE.to_be_bytes());
        let flags = if edns.dnssec_ok { 0x80 } else { 0 };
        out.extend_from_slice(&[(reply.rcode >> 4) as u8, 0, flags, 0, 0, 0]);
        counts[3] = counts[3].saturating_add(1);
    }
    for (place, count) in counts.iter().enumerate() {
        out[4 + 2 * place..6 + 2 * place].copy_from_slice(&count.to_be_bytes());
    }
    out
}

fn write_head(head: &Head, rcode: u16, authoritative: bool) -> [u8; HEADER] {
    let mut bytes = [0; HEADER];
    bytes[..2].copy_from_slice(&head.id.to_be_bytes());
    bytes[2] = 0x80
        | head.opcode << 3
        | if authoritative { 0x04 } else { 0 }
        | u8::from(head.recursion_desired);
    bytes[3] = (rcode & 0x0f) as u8 | if head.checking_disabled { 0x10 } else { 0 };
    bytes
}

fn write_record(record: &Record, asked: Option<&Name>, out: &mut Vec<u8>) {
    write_owner(&record.owner, asked, out);
    out.extend_from_slice(&record.rtype.to_be_bytes());
    out.extend_from_slice(&1u16.to_be_bytes());
    out.extend_from_slice(&record.ttl.to_be_bytes());
    let length = u16::try_from(record.data.len()).unwrap_or(u16::MAX);
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&record.data[..usize::from(length)]);
}

/// Writes an owner name; as much of it as stands in the question points there (RFC 1035 §4.1.4),
/// which also gives it the letter case that was asked with.
fn write_owner(owner: &Name, asked: Option<&Name>, out: &mut Vec<u8>) {
    let labels = owner.labels();
    let asked = asked.map_or(&[][..], Name::labels);
    let shared = labels
        .iter()
        .rev()
        .zip(asked.iter().rev())
        .take_while(|(ours, theirs)| ours.eq_ignore_ascii_case(theirs))
        .count();
    for label in &labels[..labels.len() - shared] {
        write_label(label, out);
    }
    if shared == 0 {
        out.push(0);
        return;
    }
    let skipped: usize = asked[..asked.len() - shared].iter().map(|label| label.len() + 1).sum();
    // A question's name starts behind the header and has at most 255 bytes.
    let pointer = 0xc000 | (HEADER + skipped) as u16;
    out.extend_from_slice(&pointer.to_be_bytes());
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
