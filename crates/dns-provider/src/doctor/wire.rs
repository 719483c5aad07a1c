//! DNSSEC records from the wire, as far as the doctor looks at them (RFC 4034).
use super::facts::{KeyTag, Signature};

/// The tag of a DNSKEY, from its record data.
pub(super) fn key_tag(data: &[u8]) -> Option<KeyTag> {
    let algorithm = *data.get(3)?;
    let pairs = data.chunks(2).map(|pair| {
        let low = pair.get(1).copied().unwrap_or(0);
        u32::from(pair[0]) << 8 | u32::from(low)
    });
    let sum: u32 = pairs.sum();
    let tag = ((sum + (sum >> 16)) & 0xffff) as u16;
    Some(KeyTag { tag, algorithm })
}

/// The key that a DS is for, from its record data.
pub(super) fn ds(data: &[u8]) -> Option<KeyTag> {
    let tag = u16::from_be_bytes(*data.first_chunk()?);
    Some(KeyTag { tag, algorithm: *data.get(2)? })
}

/// What an RRSIG says, from its record data, seen at `now`.
pub(super) fn signature(data: &[u8], now: u64) -> Option<Signature> {
    let word = |at: usize| Some(u32::from_be_bytes(*data.get(at..)?.first_chunk()?));
    let covers = match u16::from_be_bytes(*data.first_chunk()?) {
        6 => "SOA".to_owned(),
        48 => "DNSKEY".to_owned(),
        other => format!("TYPE{other}"),
    };
    let tag = u16::from_be_bytes(*data.get(16..)?.first_chunk()?);
    let by = KeyTag { tag, algorithm: *data.get(2)? };
    let (until, from) = (moment(word(8)?, now), moment(word(12)?, now));
    Some(Signature { covers, by, from, until })
}

/// Serial number arithmetic (RFC 4034 section 3.1.5): 32 bits, nearest to now.
fn moment(seconds: u32, now: u64) -> u64 {
    let distance = seconds.wrapping_sub(now as u32).cast_signed();
    now.saturating_add_signed(distance.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tag_of_the_key_in_rfc_4034_is_the_one_it_says() {
        // Section 5.4: dskey.example.com, DS 60485 5 1.
        let key = "AQOeiiR0GOMYkDshWoSKz9XzfwJr1AYtsmx3TGkJaNXVbfi/2pHm822aJ5iI9BMzNXxeYCmZDRD99WYw\
                   YqUSdjMmmAphXdvxegXd/M5+X7OrzKBaMbCVdFLUUh6DhweJBjEVv5f2wwjM9XzcnOf+EPbtG9DMBmAD\
                   jFDc2w/rljwvFw==";
        let mut data = vec![1, 0, 3, 5];
        data.extend(base64(key));
        assert_eq!(key_tag(&data), Some(KeyTag { tag: 60485, algorithm: 5 }));
        let record = [60485_u16.to_be_bytes().as_slice(), &[5, 1, 0x2b]].concat();
        assert_eq!(ds(&record), key_tag(&data));
    }

    fn base64(text: &str) -> Vec<u8> {
        let value = |c: u8| match c {
            b'A'..=b'Z' => u32::from(c - b'A'),
            b'a'..=b'z' => u32::from(c - b'a') + 26,
            b'0'..=b'9' => u32::from(c - b'0') + 52,
            b'+' => 62,
            _ => 63,
        };
        let (mut bits, mut held, mut out) = (0_u32, 0, Vec::new());
        for c in text.bytes().filter(|c| *c != b'=') {
            bits = bits << 6 | value(c);
            held += 6;
            if held >= 8 {
                held -= 8;
                out.push((bits >> held & 0xff) as u8);
            }
        }
        out
    }

    #[test]
    fn the_moments_of_a_signature_are_those_nearest_to_now() {
        let now = 0x1_0000_0000 + 1000;
        assert_eq!(moment(2000, now), now + 1000);
        assert_eq!(moment(u32::MAX, now), now - 1001);
    }

    #[test]
    fn cut_off_records_are_none() {
        for length in 0..18 {
            assert_eq!(signature(&vec![0; length], 0), None);
        }
        assert_eq!((key_tag(&[1, 0, 3]), ds(&[1, 2])), (None, None));
    }
}
