//! One question and its answer, as bytes on the wire.
use hickory_proto::op::{Edns, Message, MessageType, Metadata, OpCode, Query, ResponseCode};
use hickory_proto::rr::{DNSClass, Name as WireName, RData, Record, RecordType as WireType};

use super::Reply;
use crate::record::Key;
use crate::text;

/// The payload size that avoids fragmentation (DNS flag day 2020).
pub(super) const PAYLOAD: u16 = 1232;

/// A question, ready to be sent.
#[derive(Debug)]
pub(super) struct Question {
    id: u16,
    name: WireName,
    rtype: WireType,
    recursion: bool,
}

/// With which extensions a question is asked.
#[derive(Clone, Copy, Debug)]
pub(super) struct Manner {
    pub(super) edns: bool,
    /// The DO bit.
    pub(super) dnssec: bool,
}

impl From<bool> for Manner {
    /// With EDNS or without, and without signatures.
    fn from(edns: bool) -> Self {
        Self { edns, dnssec: false }
    }
}

/// What a received message is to this question.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Received {
    /// Its answer.
    Answer(Reply),
    /// Its answer, cut off: ask again over TCP.
    Truncated,
    /// The server does not understand EDNS: ask again without.
    NoEdns,
    /// Not an answer to this question; wait on.
    Foreign,
    /// Its answer, but not readable.
    Rubbish(String),
}

impl Question {
    pub(super) fn new(key: &Key, recursion: bool) -> Result<Self, String> {
        let name = WireName::from_ascii(key.name.dotted())
            .map_err(|error| format!("{} cannot be asked for: {error}", key.name))?;
        Ok(Self { id: rand_id()?, name, rtype: wire_type(key)?, recursion })
    }

    pub(super) fn bytes(&self, manner: impl Into<Manner>) -> Result<Vec<u8>, String> {
        let manner = manner.into();
        let mut message = Message::new(self.id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = self.recursion;
        message.add_query(Query::query(self.name.clone(), self.rtype));
        if manner.edns {
            let mut options = Edns::new();
            options.set_dnssec_ok(manner.dnssec);
            options.set_max_payload(PAYLOAD);
            message.set_edns(options);
        }
        message.to_vec().map_err(|error| format!("the question cannot be encoded: {error}"))
    }

    /// Judges a message from the address that was asked, `edns` or not.
    pub(super) fn read(&self, bytes: &[u8], edns: bool, over_tcp: bool) -> Received {
        if bytes.get(..2) != Some(&self.id.to_be_bytes()) {
            return Received::Foreign;
        }
        let message = match Message::from_vec(bytes) {
            Ok(message) => message,
            Err(error) => return Received::Rubbish(format!("the answer is not DNS: {error}")),
        };
        let head: &Metadata = &message.metadata;
        if head.message_type != MessageType::Response || head.op_code != OpCode::Query {
            return Received::Foreign;
        }
        // A server from before EDNS may refuse without repeating the question (RFC 6891 section 7).
        let no_edns =
            edns && matches!(head.response_code, ResponseCode::FormErr | ResponseCode::NotImp);
        if no_edns && message.queries.is_empty() {
            return Received::NoEdns;
        }
        if !self.repeated_in(&message) {
            return Received::Foreign;
        }
        if head.truncation && !over_tcp {
            return Received::Truncated;
        }
        if no_edns {
            return Received::NoEdns;
        }
        Received::Answer(self.reply(&message, over_tcp))
    }

    /// The whole message, if it answers this question; an error if it does and cannot be read.
    pub(super) fn whole(&self, bytes: &[u8]) -> Result<Option<Message>, String> {
        if bytes.get(..2) != Some(&self.id.to_be_bytes()) {
            return Ok(None);
        }
        let message =
            Message::from_vec(bytes).map_err(|error| format!("the answer is not DNS: {error}"))?;
        let head: &Metadata = &message.metadata;
        let answer = head.message_type == MessageType::Response && head.op_code == OpCode::Query;
        // A server from before EDNS may refuse without repeating the question.
        let refusal = message.queries.is_empty() && head.response_code != ResponseCode::NoError;
        Ok((answer && (refusal || self.repeated_in(&message))).then_some(message))
    }

    fn repeated_in(&self, message: &Message) -> bool {
        let [query] = message.queries.as_slice() else { return false };
        query.query_type() == self.rtype
            && query.query_class() == DNSClass::IN
            && query.name().eq_ignore_root(&self.name)
    }

    fn reply(&self, message: &Message, over_tcp: bool) -> Reply {
        let records = self.chased(&message.answers);
        let mut values: Vec<String> = records.iter().map(|record| shown(&record.data)).collect();
        values.sort();
        values.dedup();
        Reply {
            authoritative: message.metadata.authoritative,
            rcode: mnemonic(message.metadata.response_code),
            ttl: records.iter().map(|record| record.ttl).min(),
            values,
            over_tcp,
        }
    }

    /// The records asked for, CNAMEs followed as far as the answer itself carries them.
    fn chased<'a>(&self, answers: &'a [Record]) -> Vec<&'a Record> {
        let mut name = &self.name;
        for _ in 0..=answers.len() {
            let mut here = answers.iter().filter(|record| record.name.eq_ignore_root(name));
            let wanted: Vec<&Record> =
                here.clone().filter(|record| record.data.record_type() == self.rtype).collect();
            if !wanted.is_empty() {
                return wanted;
            }
            let next = here.find_map(|record| match &record.data {
                RData::CNAME(target) => Some(&target.0),
                _ => None,
            });
            let Some(target) = next else { return Vec::new() };
            name = target;
        }
        Vec::new()
    }
}

fn rand_id() -> Result<u16, String> {
    getrandom::u32()
        .map(|random| (random & 0xffff) as u16)
        .map_err(|error| format!("the system gives no random numbers: {error}"))
}

fn wire_type(key: &Key) -> Result<WireType, String> {
    let text = key.rtype.as_str();
    if let Ok(known) = text.parse::<WireType>() {
        return Ok(known);
    }
    // RFC 3597 section 5: any type can be written by its number.
    let number = text.strip_prefix("TYPE").and_then(|number| number.parse::<u16>().ok());
    number
        .map(WireType::from)
        .ok_or_else(|| format!("{text} is not a record type that can be asked for"))
}

pub(super) fn shown(data: &RData) -> String {
    match data {
        RData::TXT(txt) => {
            let strings = txt.txt_data.iter().map(|string| text::quote_string(string));
            strings.collect::<Vec<_>>().join(" ")
        }
        RData::CAA(caa) => {
            format!("{} {} {}", caa.flags(), caa.tag, text::quote_string(&caa.value))
        }
        RData::Unknown { rdata, .. } => {
            let hex: String = rdata.anything.iter().map(|byte| format!("{byte:02x}")).collect();
            format!("\\# {} {hex}", rdata.anything.len())
        }
        RData::CNAME(name) => host(&name.0),
        RData::NS(name) => host(&name.0),
        RData::PTR(name) => host(&name.0),
        RData::MX(mx) => format!("{} {}", mx.preference, host(&mx.exchange)),
        RData::SRV(srv) => {
            let target = host(&srv.target);
            format!("{} {} {} {target}", srv.priority, srv.weight, srv.port)
        }
        RData::SOA(soa) => format!(
            "{} {} {} {} {} {} {}",
            host(&soa.mname),
            host(&soa.rname),
            soa.serial,
            soa.refresh,
            soa.retry,
            soa.expire,
            soa.minimum
        ),
        // Its Display fails by design, and there is no presentation format for it.
        RData::OPT(_) => String::new(),
        other => other.to_string(),
    }
}

/// Lower-case A-labels; hickory's own Display shows U-labels.
pub(super) fn host(name: &WireName) -> String {
    let mut text = name.to_ascii().to_ascii_lowercase();
    if !text.ends_with('.') {
        text.push('.');
    }
    text
}

pub(super) fn mnemonic(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".to_owned(),
        ResponseCode::FormErr => "FORMERR".to_owned(),
        ResponseCode::ServFail => "SERVFAIL".to_owned(),
        ResponseCode::NXDomain => "NXDOMAIN".to_owned(),
        ResponseCode::NotImp => "NOTIMP".to_owned(),
        ResponseCode::Refused => "REFUSED".to_owned(),
        ResponseCode::NotAuth => "NOTAUTH".to_owned(),
        other => format!("RCODE{}", u16::from(other)),
    }
}
