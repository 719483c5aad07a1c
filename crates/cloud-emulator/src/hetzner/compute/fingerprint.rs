//! The fingerprint the vendor shows of an SSH key: MD5 (RFC 1321) of its blob, with colons.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The fingerprint of a key line as in `authorized_keys`; the error says what is wrong with it.
pub(super) fn fingerprint(line: &str) -> Result<String, &'static str> {
    const KINDS: [&str; 7] = [
        "ssh-rsa",
        "ssh-ed25519",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
        "sk-ssh-ed25519@openssh.com",
        "sk-ecdsa-sha2-nistp256@openssh.com",
    ];
    let wrong = "is not an SSH public key";
    let mut words = line.split_whitespace();
    let (Some(kind), Some(blob)) = (words.next(), words.next()) else { return Err(wrong) };
    if !KINDS.contains(&kind) || line.trim().lines().count() != 1 {
        return Err(wrong);
    }
    let blob = STANDARD.decode(blob).map_err(|_| wrong)?;
    // The blob begins with the length and the name of its kind.
    let head =
        [&u32::try_from(kind.len()).unwrap_or(0).to_be_bytes()[..], kind.as_bytes()].concat();
    if !blob.starts_with(&head) || blob.len() < head.len() + 36 {
        return Err(wrong);
    }
    let digest = md5(&blob).map(|byte| format!("{byte:02x}"));
    Ok(digest.join(":"))
}

const SHIFTS: [[u32; 4]; 4] = [[7, 12, 17, 22], [5, 9, 14, 20], [4, 11, 16, 23], [6, 10, 15, 21]];

fn md5(message: &[u8]) -> [u8; 16] {
    let mut padded = message.to_vec();
    padded.push(0x80);
    while padded.len() % 64 != 56 {
        padded.push(0);
    }
    let bits = (message.len() as u64).wrapping_mul(8);
    padded.extend_from_slice(&bits.to_le_bytes());
    let mut state = [0x6745_2301_u32, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476];
    for block in padded.chunks_exact(64) {
        let mut words = [0_u32; 16];
        for (word, bytes) in words.iter_mut().zip(block.chunks_exact(4)) {
            *word = bytes.iter().rev().fold(0, |sum, byte| sum << 8 | u32::from(*byte));
        }
        let after = rounds(state, &words);
        for (sum, new) in state.iter_mut().zip(after) {
            *sum = sum.wrapping_add(new);
        }
    }
    let mut digest = [0; 16];
    for (bytes, word) in digest.chunks_exact_mut(4).zip(state) {
        bytes.copy_from_slice(&word.to_le_bytes());
    }
    digest
}

fn rounds([mut a, mut b, mut c, mut d]: [u32; 4], words: &[u32; 16]) -> [u32; 4] {
    for step in 0..64 {
        let (mixed, place) = match step / 16 {
            0 => (b & c | !b & d, step),
            1 => (d & b | !d & c, (5 * step + 1) % 16),
            2 => (b ^ c ^ d, (3 * step + 5) % 16),
            _ => (c ^ (b | !d), 7 * step % 16),
        };
        // RFC 1321 §3.4: the integer part of 4294967296 times abs(sin(i)).
        let constant = (f64::from(step as u32 + 1).sin().abs() * 4_294_967_296.0) as u32;
        let sum = a.wrapping_add(mixed).wrapping_add(constant).wrapping_add(words[place]);
        let turned = sum.rotate_left(SHIFTS[step / 16][step % 4]);
        (a, b, c, d) = (d, b.wrapping_add(turned), b, c);
    }
    [a, b, c, d]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hex(message: &str) -> String {
        md5(message.as_bytes()).map(|byte| format!("{byte:02x}")).concat()
    }

    #[test]
    fn the_digest_is_that_of_rfc_1321() {
        for (message, digest) in [
            ("", "d41d8cd98f00b204e9800998ecf8427e"),
            ("abc", "900150983cd24fb0d6963f7d28e17f72"),
            (
                "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
                "57edf4a22be3c955ac49da2e2107b67a",
            ),
        ] {
            assert_eq!(hex(message), digest, "{message}");
        }
    }

    #[test]
    fn the_fingerprint_is_that_of_ssh_keygen() {
        let key =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
        let wanted = fingerprint(key).unwrap();
        assert_eq!(wanted, "0f:a2:0a:d7:38:3e:65:45:08:6b:63:84:1c:ff:dc:ba");
        assert_eq!(fingerprint(&format!("{key} somebody@somewhere\n")).unwrap(), wanted);
    }

    #[test]
    fn what_is_no_key_has_no_fingerprint() {
        let key = "AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f";
        for wrong in [
            "",
            "ssh-ed25519",
            "ssh-ed25519 AAAA",
            "ssh-ed25519 ***",
            &format!("ssh-rsa {key}"),
            &format!("ssh-dss {key}"),
            &format!("ssh-ed25519 {key}\nssh-ed25519 {key}"),
        ] {
            assert!(fingerprint(wrong).is_err(), "{wrong}");
        }
    }
}
