//! A name server that answers as a test tells it to, UDP and TCP on one port of 127.0.0.1.
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use hickory_proto::op::{Message, OpCode, ResponseCode};
use hickory_proto::rr::{Name, RData, Record};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;

/// One question as the server saw it.
pub struct Asked {
    pub message: Message,
    pub over_tcp: bool,
    /// How many questions came before, over UDP and TCP.
    pub before: usize,
}

type Script = dyn Fn(&Asked) -> Vec<Vec<u8>> + Send + Sync;

/// Runs until dropped.
pub struct NameServer {
    pub address: SocketAddr,
    _tasks: JoinSet<()>,
}

impl NameServer {
    /// Answers each question with the packets `script` makes of it.
    pub async fn start(script: impl Fn(&Asked) -> Vec<Vec<u8>> + Send + Sync + 'static) -> Self {
        let (udp, tcp) = sockets().await;
        let address = udp.local_addr().expect("an address");
        let script: Arc<Script> = Arc::new(script);
        let count = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        tasks.spawn(serve_udp(udp, Arc::clone(&script), Arc::clone(&count)));
        tasks.spawn(serve_tcp(tcp, script, count));
        Self { address, _tasks: tasks }
    }
}

/// A UDP and a TCP socket on the same port.
async fn sockets() -> (UdpSocket, TcpListener) {
    loop {
        let tcp = TcpListener::bind("127.0.0.1:0").await.expect("a TCP socket");
        if let Ok(udp) = UdpSocket::bind(tcp.local_addr().expect("an address")).await {
            return (udp, tcp);
        }
    }
}

async fn serve_udp(socket: UdpSocket, script: Arc<Script>, count: Arc<AtomicUsize>) {
    let mut buffer = [0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        for packet in script(&asked(&buffer[..length], false, &count)) {
            let _ = socket.send_to(&packet, from).await;
        }
    }
}

async fn serve_tcp(listener: TcpListener, script: Arc<Script>, count: Arc<AtomicUsize>) {
    while let Ok((mut stream, _)) = listener.accept().await {
        while let Ok(length) = stream.read_u16().await {
            let mut bytes = vec![0; usize::from(length)];
            if stream.read_exact(&mut bytes).await.is_err() {
                break;
            }
            for packet in script(&asked(&bytes, true, &count)) {
                let _ = stream.write_u16(packet.len() as u16).await;
                let _ = stream.write_all(&packet).await;
            }
        }
    }
}

fn asked(bytes: &[u8], over_tcp: bool, count: &AtomicUsize) -> Asked {
    let message = Message::from_vec(bytes).expect("a well-formed question");
    Asked { message, over_tcp, before: count.fetch_add(1, Ordering::SeqCst) }
}

/// An authoritative answer to `asked` without records.
pub fn empty(asked: &Asked, code: ResponseCode) -> Message {
    let mut answer = Message::response(asked.message.metadata.id, OpCode::Query);
    answer.metadata.authoritative = true;
    answer.metadata.response_code = code;
    answer.add_queries(asked.message.queries.clone());
    answer
}

/// An authoritative answer to `asked` with these records of the name asked for.
pub fn answer(asked: &Asked, ttl: u32, records: Vec<RData>) -> Message {
    let name = asked.message.queries[0].name().clone();
    with(asked, records.into_iter().map(|data| (name.clone(), ttl, data)).collect())
}

/// An authoritative answer to `asked` with these records.
pub fn with(asked: &Asked, records: Vec<(Name, u32, RData)>) -> Message {
    let mut answer = empty(asked, ResponseCode::NoError);
    for (name, ttl, data) in records {
        answer.add_answer(Record::from_rdata(name, ttl, data));
    }
    answer
}

pub fn bytes(message: &Message) -> Vec<u8> {
    message.to_vec().expect("an encodable answer")
}
