//! DNSSEC signatures made on the fly (RFC 4034, ECDSA P-256): with a key of each cloud's own.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};

use super::message::{Record, Reply};
use super::name::Name;

const NS: u16 = 2;
const RRSIG: u16 = 46;
pub(super) const DNSKEY: u16 = 48;
const ECDSA_P256: u8 = 13;
/// Signatures live so long before and after now.
const LIFE: Duration = Duration::from_secs(7 * 86_400);

/// One cloud's key: it signs keys and data alike (a CSK).
#[derive(Clone)]
pub(crate) struct Key {
    pair: Arc<EcdsaKeyPair>,
    /// The DNSKEY's record data.
    data: Vec<u8>,
}

/// How one cloud signs its zones.
#[derive(Clone)]
pub(crate) struct Signer {
    pub(crate) key: Key,
    /// Keys of others that it publishes beside its own (RFC 8901).
    pub(crate) others: Vec<Key>,
    /// Its signatures have ended already.
    pub(crate) expired: bool,
}

impl Key {
    pub(crate) fn generate() -> Option<Self> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).ok()?;
        let mut data = vec![1, 1, 3, ECDSA_P256];
        // Without the byte that says that both coordinates follow.
        data.extend_from_slice(pair.public_key().as_ref().get(1..)?);
        Some(Self { pair: Arc::new(pair), data })
    }

    /// The DS of this key for a zone, in presentation format.
    pub(crate) fn ds(&self, zone: &Name) -> String {
        let mut hashed = Vec::new();
        zone.lower().write(&mut hashed);
        hashed.extend_from_slice(&self.data);
        let hash = digest(&SHA256, &hashed);
        let hex: String = hash.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        format!("{} {ECDSA_P256} 2 {hex}", self.tag())
    }

    /// RFC 4034, appendix B.
    fn tag(&self) -> u16 {
        let words = self.data.chunks(2).map(|pair| {
            let [high, low] = [pair[0], pair.get(1).copied().unwrap_or(0)];
            u32::from(high) << 8 | u32::from(low)
        });
        let sum: u32 = words.sum();
        ((sum + (sum >> 16)) & 0xffff) as u16
    }

    fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature = self.pair.sign(&SystemRandom::new(), message);
        signature.map(|signature| signature.as_ref().to_vec()).unwrap_or_default()
    }
}

impl Signer {
    /// The keys at the apex.
    pub(super) fn keys(&self, apex: &Name) -> Vec<Record> {
        let all = std::iter::once(&self.key).chain(&self.others);
        let record = |key: &Key| Record {
            owner: apex.clone(),
            rtype: DNSKEY,
            ttl: 3600,
            data: key.data.clone(),
        };
        all.map(record).collect()
    }

    /// Adds the signature of every RRset that this zone is the owner of. Answers that something is
    /// not there carry none for its absence.
    pub(super) fn sign(&self, apex: &Name, reply: &mut Reply) {
        if !reply.authoritative {
            return;
        }
        for section in [&mut reply.answers, &mut reply.authority] {
            let mut sets: Vec<Vec<Record>> = Vec::new();
            for record in section.iter() {
                let same = |set: &&mut Vec<Record>| {
                    set[0].rtype == record.rtype && set[0].owner == record.owner
                };
                match sets.iter_mut().find(same) {
                    Some(set) => set.push(record.clone()),
                    None => sets.push(vec![record.clone()]),
                }
            }
            // The names of a delegation belong to the child.
            sets.retain(|set| set[0].rtype != NS || set[0].owner == *apex);
            section.extend(sets.iter().map(|set| self.signature(apex, set)));
        }
    }

    fn signature(&self, apex: &Name, set: &[Record]) -> Record {
        let first = &set[0];
        let labels = first.owner.labels().len() - usize::from(first.owner.is_wildcard());
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let from = now.saturating_sub(LIFE);
        let until = if self.expired { now.saturating_sub(LIFE / 2) } else { now + LIFE };
        let mut data = first.rtype.to_be_bytes().to_vec();
        data.extend_from_slice(&[ECDSA_P256, labels as u8]);
        data.extend_from_slice(&first.ttl.to_be_bytes());
        // Serial arithmetic: the low 32 bits are meant to be cut off.
        data.extend_from_slice(&(until.as_secs() as u32).to_be_bytes());
        data.extend_from_slice(&(from.as_secs() as u32).to_be_bytes());
        data.extend_from_slice(&self.key.tag().to_be_bytes());
        apex.lower().write(&mut data);
        let mut signed = data.clone();
        let mut sorted: Vec<&Record> = set.iter().collect();
        sorted.sort_by(|a, b| a.data.cmp(&b.data));
        for record in sorted {
            record.owner.lower().write(&mut signed);
            signed.extend_from_slice(&record.rtype.to_be_bytes());
            signed.extend_from_slice(&1_u16.to_be_bytes());
            signed.extend_from_slice(&record.ttl.to_be_bytes());
            let length = u16::try_from(record.data.len()).unwrap_or(u16::MAX);
            signed.extend_from_slice(&length.to_be_bytes());
            signed.extend_from_slice(&record.data);
        }
        data.extend(self.key.sign(&signed));
        Record { owner: first.owner.clone(), rtype: RRSIG, ttl: first.ttl, data }
    }
}
