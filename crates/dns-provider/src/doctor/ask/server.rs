//! One name server, every address of it: SOA, NS, keys, records, over UDP, and whether TCP works.
use std::net::SocketAddr;

use futures_util::future::join_all;

use super::Start;
use crate::doctor::facts::{Answers, RecordAnswer, Server, Soa};
use crate::doctor::wire;
use crate::propagation::{Asking, Line, Look, NameServer, look};
use crate::record::{Key, RecordType};

pub(super) async fn ask(start: &Start, server: &NameServer, now: u64) -> Vec<Server> {
    if server.addresses.is_empty() {
        let udp = Err("its name has no address".to_owned());
        let tcp = Err("its name has no address".to_owned());
        return vec![Server { name: server.name.clone(), address: None, udp, tcp, edns: true }];
    }
    let each = server.addresses.iter().map(|address| one(start, &server.name, *address, now));
    join_all(each).await
}

async fn one(start: &Start, name: &str, address: SocketAddr, now: u64) -> Server {
    let probe = Asking { recursion: false, tcp: true, dnssec: false, timeout: start.timeout };
    let soa = key(start, "SOA");
    let (udp, tcp) = tokio::join!(over_udp(start, address, now), look(address, &soa, probe));
    let edns = udp.as_ref().map_or(true, |(_, edns)| *edns);
    Server {
        name: name.to_owned(),
        address: Some(address),
        udp: udp.map(|(answers, _)| answers),
        tcp: tcp.map(drop),
        edns,
    }
}

/// What it says, and whether it understands EDNS.
async fn over_udp(start: &Start, address: SocketAddr, now: u64) -> Result<(Answers, bool), String> {
    let with = Asking { recursion: false, tcp: false, dnssec: true, timeout: start.timeout };
    let mut asking = with;
    let mut soa = look(address, &key(start, "SOA"), with).await?;
    let edns = soa.edns;
    if !edns && matches!(soa.rcode.as_str(), "FORMERR" | "NOTIMP") {
        asking.dnssec = false;
        soa = look(address, &key(start, "SOA"), asking).await?;
    }
    let soa = whole(address, &key(start, "SOA"), asking, soa).await;
    let mut answers = Answers {
        authoritative: soa.authoritative,
        rcode: soa.rcode.clone(),
        soa: soa.answers.iter().find(|line| line.rtype == "SOA").and_then(parsed),
        ..Answers::default()
    };
    if !soa.authoritative || soa.rcode != "NOERROR" {
        return Ok((answers, edns));
    }
    for line in soa.answers.iter().filter(|line| line.rtype == "RRSIG") {
        answers.signatures.extend(wire::signature(&line.data, now));
    }
    for rtype in ["NS", "CAA", "DNSKEY"] {
        let Some(found) = fetch(address, &key(start, rtype), asking).await else { continue };
        for line in found.answers.iter().filter(|line| line.owner == start.zone.as_str()) {
            take(&mut answers, line, now);
        }
    }
    for record in &start.records {
        let Some(found) = fetch(address, record, asking).await else { continue };
        answers.records.push(answered(record, &found));
    }
    Ok((answers, edns))
}

fn key(start: &Start, rtype: &str) -> Key {
    Key::new(start.zone.clone(), RecordType::from(rtype.to_owned()))
}

async fn fetch(address: SocketAddr, key: &Key, asking: Asking) -> Option<Look> {
    let answer = look(address, key, asking).await.ok()?;
    Some(whole(address, key, asking, answer).await)
}

/// The rest of an answer that was cut off, if TCP gives it.
async fn whole(address: SocketAddr, key: &Key, asking: Asking, answer: Look) -> Look {
    if !answer.truncated {
        return answer;
    }
    look(address, key, Asking { tcp: true, ..asking }).await.unwrap_or(answer)
}

fn take(answers: &mut Answers, line: &Line, now: u64) {
    match line.rtype.as_str() {
        "NS" => {
            answers.name_servers.insert(line.value.trim_end_matches('.').to_owned());
            answers.ns_ttl = Some(line.ttl);
        }
        "CAA" => {
            answers.caa.insert(line.value.clone());
        }
        "DNSKEY" => answers.keys.extend(wire::key_tag(&line.data)),
        "RRSIG" => {
            let signature = wire::signature(&line.data, now);
            answers.signatures.extend(signature.filter(|one| one.covers == "DNSKEY"));
        }
        _ => {}
    }
}

fn answered(key: &Key, found: &Look) -> RecordAnswer {
    let own = |line: &&Line| line.rtype == key.rtype.as_str() || line.rtype == "CNAME";
    let lines: Vec<&Line> = found.answers.iter().filter(own).collect();
    RecordAnswer {
        key: key.clone(),
        rcode: found.rcode.clone(),
        ttl: lines.iter().map(|line| line.ttl).min(),
        values: lines.iter().map(|line| line.value.clone()).collect(),
    }
}

/// mname rname serial refresh retry expire minimum
fn parsed(line: &Line) -> Option<Soa> {
    let fields: Vec<&str> = line.value.split(' ').collect();
    let number = |at: usize| fields.get(at)?.parse::<u32>().ok();
    Some(Soa {
        mname: fields.first()?.trim_end_matches('.').to_owned(),
        serial: number(2)?,
        timers: [number(3)?, number(4)?, number(5)?],
        negative_ttl: number(6)?.min(line.ttl),
    })
}
