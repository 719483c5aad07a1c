//! DNS messages (RFC 1035, 6891): what is asked, and what is answered.

use super::name::Name;

pub(crate) const NOERROR: u16 = 0;
pub(crate) const FORMERR: u16 = 1;
pub(crate) const NXDOMAIN: u16 = 3;
pub(crate) const NOTIMP: u16 = 4;
pub(crate) const REFUSED: u16 = 5;
pub(crate) const BADVERS: u16 = 16;

pub(crate) const HEADER: usize = 12;
pub(crate) const OPT: u16 = 41;
/// What we take over UDP, and send at most: no fragments on any path (DNS flag day 2020).
pub(crate) const UDP_SIZE: u16 = 1232;

/// What arrived.
pub(crate) enum Received {
    /// Not a question to us: too short, or itself an answer.
    Rubbish,
    /// A header that can be answered, and something behind it that cannot be read.
    Malformed(Head),
    Query(Query),
}

#[derive(Clone, Copy)]
pub(crate) struct Head {
    pub id: u16,
    pub opcode: u8,
    pub recursion_desired: bool,
    pub checking_disabled: bool,
}

pub(crate) struct Query {
    pub head: Head,
    pub questions: u16,
    pub question: Option<Question>,
    pub edns: Option<Edns>,
}

pub(crate) struct Question {
    pub name: Name,
    pub qtype: u16,
    pub qclass: u16,
    /// The bytes as they came: they go back unchanged, letter case included.
    pub wire: Vec<u8>,
}

#[derive(Clone, Copy)]
pub(crate) struct Edns {
    pub udp_size: u16,
    pub version: u8,
    pub dnssec_ok: bool,
}

/// A record of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub owner: Name,
    pub rtype: u16,
    pub ttl: u32,
    pub data: Vec<u8>,
}

/// The content of an answer.
#[derive(Clone, Debug, Default)]
pub(crate) struct Reply {
    pub rcode: u16,
    pub authoritative: bool,
    pub answers: Vec<Record>,
    pub authority: Vec<Record>,
    pub additional: Vec<Record>,
}

impl Reply {
    pub(crate) fn rcode(rcode: u16) -> Self {
        Self { rcode, ..Self::default() }
    }
}

impl Query {
    pub(crate) fn question(&self) -> Option<&Question> {
        self.question.as_ref()
    }

    /// The answer to a query that is refused whatever it asks for.
    pub(crate) fn refusal(&self) -> Option<Reply> {
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
    pub(crate) fn udp_limit(&self) -> usize {
        usize::from(self.edns.map_or(512, |edns| edns.udp_size.clamp(512, UDP_SIZE)))
    }
}
