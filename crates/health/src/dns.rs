//! One DNS question to one address: UDP, then TCP if the answer was truncated (RFC 7766).
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UdpSocket;

use crate::check::{CheckError, DnsCheck};
use crate::connect;
use crate::outcome::Problem;
use crate::stage::{Stage, Step};

pub(crate) async fn ask(check: &DnsCheck, address: IpAddr, stage: &Stage) -> Result<(), Problem> {
    let question = question(check)?;
    let bytes = question.to_vec().map_err(|e| not_run(&e.to_string()))?;
    let mut answer = over_udp(check, address, &question, &bytes, stage).await?;
    if answer.metadata.truncation {
        answer = over_tcp(check, address, &question, &bytes, stage).await?;
    }
    judge(check, &answer)
}

/// Whether name and type can be asked for.
pub(crate) fn validate(check: &DnsCheck) -> Result<(), CheckError> {
    subject(check).map(|_| ())
}

fn subject(check: &DnsCheck) -> Result<(Name, RecordType), CheckError> {
    let wrong = |field, text: &str, what: &str| {
        CheckError::new(field, format!("\"{}\" is not a {what}", text.escape_debug()))
    };
    let mut name =
        Name::from_str(&check.name).map_err(|_| wrong("name", &check.name, "domain name"))?;
    name.set_fqdn(true);
    let rtype = RecordType::from_str(&check.rtype.to_ascii_uppercase())
        .map_err(|_| wrong("rtype", &check.rtype, "record type"))?;
    Ok((name, rtype))
}

fn question(check: &DnsCheck) -> Result<Message, Problem> {
    let (name, rtype) = subject(check).map_err(|why| not_run(&why.message))?;
    let mut message = Message::query();
    // A name server that is authoritative needs no recursion; a resolver is asked to do its job.
    message.metadata.recursion_desired = !check.authoritative;
    message.add_query(Query::query(name, rtype));
    Ok(message)
}

async fn over_udp(
    check: &DnsCheck,
    address: IpAddr,
    question: &Message,
    bytes: &[u8],
    stage: &Stage,
) -> Result<Message, Problem> {
    stage.enter(Step::AwaitingAnswer);
    let any: SocketAddr = match address {
        IpAddr::V4(_) => ([0, 0, 0, 0], 0).into(),
        IpAddr::V6(_) => ([0u16; 8], 0).into(),
    };
    let io = |e: std::io::Error| connect::problem(&e);
    let socket = UdpSocket::bind(any).await.map_err(io)?;
    socket.connect((address, check.port)).await.map_err(io)?;
    socket.send(bytes).await.map_err(io)?;
    let mut buffer = vec![0; 4096];
    loop {
        let length = socket.recv(&mut buffer).await.map_err(io)?;
        // Anything that is not the answer to our question is ignored: it may be forged or late.
        if let Ok(answer) = Message::from_vec(&buffer[..length])
            && belongs(question, &answer)
        {
            return Ok(answer);
        }
    }
}

async fn over_tcp(
    check: &DnsCheck,
    address: IpAddr,
    question: &Message,
    bytes: &[u8],
    stage: &Stage,
) -> Result<Message, Problem> {
    let mut stream = connect::tcp(address, check.port, stage).await?;
    stage.enter(Step::AwaitingAnswer);
    let io = |e: std::io::Error| connect::problem(&e);
    let length = u16::try_from(bytes.len()).map_err(|_| not_run("the question is too long"))?;
    let framed = [&length.to_be_bytes()[..], bytes].concat();
    stream.write_all(&framed).await.map_err(io)?;
    let length = stream.read_u16().await.map_err(io)?;
    let mut buffer = vec![0; usize::from(length)];
    stream.read_exact(&mut buffer).await.map_err(io)?;
    match Message::from_vec(&buffer) {
        Ok(answer) if belongs(question, &answer) => Ok(answer),
        _ => Err(Problem::Dns { message: "the answer over TCP cannot be read".to_owned() }),
    }
}

fn belongs(question: &Message, answer: &Message) -> bool {
    answer.metadata.id == question.metadata.id && answer.queries == question.queries
}

fn judge(check: &DnsCheck, answer: &Message) -> Result<(), Problem> {
    let fail = |message: String| Err(Problem::Dns { message });
    let code = answer.metadata.response_code;
    if code != ResponseCode::NoError {
        return fail(format!("{} answered {code}", check.name));
    }
    if check.authoritative && !answer.metadata.authoritative {
        return fail("the answer is not authoritative".to_owned());
    }
    let wanted = check.rtype.to_ascii_uppercase();
    let values: Vec<String> = answer
        .answers
        .iter()
        .filter(|record| record.record_type().to_string() == wanted)
        .map(|record| record.data.to_string())
        .collect();
    if values.is_empty() {
        return fail(format!("{} has no {wanted} record", check.name));
    }
    match check.contains.iter().find(|want| !values.iter().any(|value| same(value, want))) {
        Some(missing) => fail(format!("answer lacks {missing}, it says {}", values.join(", "))),
        None => Ok(()),
    }
}

/// Whether two values are the same: addresses in any spelling, names in any case.
fn same(value: &str, want: &str) -> bool {
    if let (Ok(value), Ok(want)) = (value.parse::<IpAddr>(), want.parse::<IpAddr>()) {
        return value == want;
    }
    let bare = |text: &str| text.trim_end_matches('.').to_ascii_lowercase();
    bare(value) == bare(want)
}

fn not_run(message: &str) -> Problem {
    Problem::NotRun { message: message.to_owned() }
}
