//! What is refused.

use hickory_proto::op::ResponseCode;

use super::{A, SOA, ask, hetzner, question, rcode, read, serving, tcp, udp, wire};

#[tokio::test]
async fn foreign_names_are_refused_without_authority() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    for name in ["example.org", "example", "otherzone.example", "hydrogen.ns.hetzner.com", ""] {
        let answer = ask(hetzner(&emulator), name, A).await;
        assert_eq!(rcode(&answer), ResponseCode::Refused, "{name}");
        assert!(!answer.metadata.authoritative && answer.answers.is_empty(), "{name}");
        assert!(answer.authorities.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn update_and_notify_are_refused_and_other_opcodes_not_implemented() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    let server = hetzner(&emulator);
    for (opcode, expected) in [(1, 4), (2, 4), (3, 4), (4, 5), (5, 5), (6, 4), (15, 4)] {
        let mut message = question("zone.example", SOA);
        message[2] = opcode << 3;
        let answer = udp(server, &message).await.expect("an answer");
        assert_eq!((answer[2], answer[3] & 0x0f), (0x80 | opcode << 3, expected), "{opcode}");
    }
    // A real update: add a record.
    let mut update = question("zone.example", SOA);
    update[2] = 5 << 3;
    update[9] = 1;
    update.extend(wire("new.zone.example"));
    update.extend([0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, 9]);
    let answer = udp(server, &update).await.expect("an answer");
    assert_eq!(answer[3] & 0x0f, 5);
    assert_eq!(rcode(&ask(server, "new.zone.example", A).await), ResponseCode::NXDomain);
}

#[tokio::test]
async fn zones_are_not_transferred() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    for qtype in [252, 251] {
        let answers = tcp(hetzner(&emulator), &[question("zone.example", qtype)]).await;
        let answer = read(&answers[0]);
        assert_eq!((rcode(&answer), answer.answers.len()), (ResponseCode::Refused, 0));
    }
}

#[tokio::test]
async fn other_classes_than_in_are_refused() {
    let emulator = serving(&[("www", "A", 60, &["192.0.2.1"])]).await;
    for class in [3u8, 4, 255] {
        let mut message = question("www.zone.example", A);
        let last = message.len() - 1;
        message[last] = class;
        let answer = udp(hetzner(&emulator), &message).await.expect("an answer");
        assert_eq!(answer[3] & 0x0f, 5, "{class}");
    }
}
