//! UDP, TCP, EDNS and truncation.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::{A, PATIENCE, TXT, hetzner, question, rcode, read, serving, tcp, udp, wire, with_edns};

/// A set whose answer takes about 60 bytes a value.
async fn large(values: usize) -> cloud_emulator::Emulator {
    let values: Vec<String> =
        (0..values).map(|n| format!("\"{n:02}{}\"", "x".repeat(45))).collect();
    let values: Vec<&str> = values.iter().map(String::as_str).collect();
    serving(&[("www", "A", 60, &["192.0.2.1"]), ("big", "TXT", 60, &values)]).await
}

#[tokio::test]
async fn an_opt_record_is_answered_with_one_and_only_then() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    let asked = question("www.zone.example", A);
    let plain = read(&udp(hetzner(&emulator), &asked).await.expect("an answer"));
    assert!(plain.edns.is_none());
    let answer = udp(hetzner(&emulator), &with_edns(asked, 1232, 0)).await.expect("an answer");
    let edns = read(&answer).edns.expect("an OPT record");
    assert_eq!((edns.version(), edns.max_payload()), (0, 1232));
}

#[tokio::test]
async fn a_later_version_of_edns_is_refused_with_ours() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    let asked = with_edns(question("www.zone.example", A), 1232, 1);
    let answer = read(&udp(hetzner(&emulator), &asked).await.expect("an answer"));
    assert_eq!(u16::from(rcode(&answer)), 16);
    assert_eq!(answer.edns.as_ref().map(hickory_proto::op::Edns::version), Some(0));
    assert!(answer.answers.is_empty());
}

#[tokio::test]
async fn what_does_not_fit_is_truncated_over_udp_and_whole_over_tcp() {
    let emulator = large(12).await;
    let server = hetzner(&emulator);
    let asked = question("big.zone.example", TXT);
    for (asked, limit) in [
        (asked.clone(), 512),
        (with_edns(asked.clone(), 100, 0), 512),
        (with_edns(asked.clone(), 600, 0), 600),
    ] {
        let answer = udp(server, &asked).await.expect("an answer");
        assert!(answer.len() <= limit, "{} bytes", answer.len());
        let answer = read(&answer);
        assert!(answer.metadata.truncation && answer.answers.is_empty());
        let whole = read(&tcp(server, &[asked]).await[0]);
        assert!(!whole.metadata.truncation && whole.answers.len() == 12);
    }
    let roomy = read(&udp(server, &with_edns(asked, 4096, 0)).await.expect("an answer"));
    assert!(!roomy.metadata.truncation && roomy.answers.len() == 12);
}

#[tokio::test]
async fn no_datagram_is_longer_than_passes_everywhere() {
    let emulator = large(40).await;
    let asked = with_edns(question("big.zone.example", TXT), 65_535, 0);
    let answer = udp(hetzner(&emulator), &asked).await.expect("an answer");
    assert!(answer.len() <= 1232 && read(&answer).metadata.truncation);
}

#[tokio::test]
async fn several_questions_on_one_tcp_connection_are_all_answered_in_order() {
    let emulator = large(1).await;
    let questions: Vec<Vec<u8>> = (0..5u8)
        .map(|number| {
            let mut asked = question("www.zone.example", if number % 2 == 0 { A } else { TXT });
            asked[1] = number;
            asked
        })
        .collect();
    let answers = tcp(hetzner(&emulator), &questions).await;
    for (number, answer) in answers.iter().enumerate() {
        assert_eq!(usize::from(answer[1]), number);
        assert_eq!(read(answer).answers.len(), usize::from(number % 2 == 0));
    }
}

#[tokio::test]
async fn a_question_that_arrives_in_pieces_is_answered() {
    let emulator = large(1).await;
    let mut stream = TcpStream::connect(hetzner(&emulator)).await.expect("a connection");
    let asked = question("www.zone.example", A);
    let mut framed = u16::try_from(asked.len()).expect("short").to_be_bytes().to_vec();
    framed.extend(&asked);
    for byte in framed {
        stream.write_all(&[byte]).await.expect("to send");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
    let length = tokio::time::timeout(PATIENCE, stream.read_u16()).await.expect("in time");
    assert!(length.expect("an answer") > 12);
}

#[tokio::test]
async fn rubbish_gets_a_format_error_or_silence_and_kills_nobody() {
    let emulator = large(1).await;
    let server = hetzner(&emulator);
    let good = question("www.zone.example", A);
    let mut loops = good[..12].to_vec();
    loops.extend([0xc0, 12, 0, 1, 0, 1]);
    let mut short_label = good.clone();
    short_label[12] = 60;
    let mut two_questions = good.clone();
    two_questions[5] = 2;
    two_questions.extend(&good[12..]);
    let mut counts = good.clone();
    counts[11] = 200;
    let mut endless = good[..12].to_vec();
    endless.extend(vec![1u8; 400]);
    let mut two_opts = with_edns(with_edns(good.clone(), 512, 0), 512, 0);
    two_opts[11] = 2;
    let mut owned_opt = good.clone();
    owned_opt[11] = 1;
    owned_opt.extend(wire("x"));
    owned_opt.extend([0, 41, 2, 0, 0, 0, 0, 0, 0, 0]);
    for (what, rubbish) in [
        ("header only", good[..12].to_vec()),
        ("pointer", loops),
        ("label beyond the end", short_label),
        ("two questions", two_questions),
        ("counts without records", counts),
        ("endless name", endless),
        ("two OPT records", two_opts),
        ("OPT with an owner", owned_opt),
    ] {
        let answer = udp(server, &rubbish).await.unwrap_or_else(|| panic!("{what}: no answer"));
        assert_eq!(answer[..2], rubbish[..2], "{what}");
        assert_eq!((answer[2] & 0x80, answer[3] & 0x0f), (0x80, 1), "{what}: {answer:02x?}");
    }
    let mut reply = good.clone();
    reply[2] |= 0x80;
    for silent in [Vec::new(), vec![0xff], good[..11].to_vec(), reply] {
        let answer = super::udp_within(server, &silent, super::SILENCE).await;
        assert_eq!(answer, None, "{silent:02x?}");
    }
    assert_eq!(read(&udp(server, &good).await.expect("an answer")).answers.len(), 1);
}

#[tokio::test]
async fn random_bytes_on_both_transports_leave_the_server_alive() {
    let emulator = large(1).await;
    let server = hetzner(&emulator);
    // A fixed sequence (xorshift): the same bytes in every run.
    let mut state = 0x2545_f491_4f6c_dd1d_u64;
    let mut noise = |length: usize| -> Vec<u8> {
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            state.to_be_bytes()[0]
        };
        (0..length).map(|_| next()).collect()
    };
    let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.expect("a socket");
    for length in 0..300 {
        socket.send_to(&noise(length), server).await.expect("to send");
    }
    for length in [1, 2, 3, 50, 500] {
        let mut stream = TcpStream::connect(server).await.expect("a connection");
        stream.write_all(&noise(length)).await.expect("to send");
    }
    let good = question("www.zone.example", A);
    assert_eq!(read(&tcp(server, std::slice::from_ref(&good)).await[0]).answers.len(), 1);
    // The noise before it may have filled the socket's buffer.
    for _ in 0..20 {
        if super::udp_within(server, &good, super::SILENCE).await.is_some() {
            return;
        }
    }
    panic!("no answer after the noise");
}
