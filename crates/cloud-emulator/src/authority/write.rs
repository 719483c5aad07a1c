//! Answers to the wire.

use super::message::{FORMERR, HEADER, Head, NOTIMP, OPT, Query, Record, Reply, UDP_SIZE};
use super::name::{Name, write_label};

/// "Format error", when not even the question can be read.
pub(crate) fn form_error(head: &Head) -> Vec<u8> {
    // An opcode we do not know may well have a body we cannot read.
    let rcode = match head.opcode {
        0 | 4 | 5 => FORMERR,
        _ => NOTIMP,
    };
    write_head(head, rcode, false).to_vec()
}

/// The answer on the wire. What does not fit into `limit` bytes is left out whole, with TC set.
pub(crate) fn write(query: &Query, reply: &Reply, limit: usize) -> Vec<u8> {
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
