//! The own certificate authority and what it issues.
use std::net::Ipv4Addr;
use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, SanType,
};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::error::BootError;
use super::hidden::Hidden;

/// What the authority is called; MariaDB compares it (`REQUIRE ISSUER`).
pub(super) const AUTHORITY: &str = "schwenk-ca";

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Ten years: it is trusted by these servers only, and every one of them would have to learn a new
/// one at the same moment.
const AUTHORITY_DAYS: u32 = 3650;
/// As long as in the thesis this project started from. Nobody has to remember it: what has less
/// than a third of it left is made anew with the next change.
const HOST_DAYS: u32 = 730;
/// Clocks of new servers are wrong at times.
const BEFORE: Duration = Duration::from_secs(3600);

/// A certificate with its key.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Issued {
    /// Whom it names: host names and addresses.
    pub names: Vec<String>,
    /// When it ends, in seconds since 1970.
    pub ends: u64,
    /// The certificate in PEM.
    pub certificate: String,
    /// The key in PEM (PKCS #8).
    pub key: Hidden,
}

impl Issued {
    /// Whether it names exactly these, and has more than a third of its time left at `now`.
    pub fn serves(&self, names: &[String], now: SystemTime) -> bool {
        self.names == names && self.lasts(now, HOST_DAYS)
    }

    /// Whether the authority itself has more than a third of its time left at `now`.
    pub fn still_issues(&self, now: SystemTime) -> bool {
        self.lasts(now, AUTHORITY_DAYS)
    }

    fn lasts(&self, now: SystemTime, days: u32) -> bool {
        now + DAY * days / 3 < SystemTime::UNIX_EPOCH + Duration::from_secs(self.ends)
    }
}

/// A new key (P-256) in PEM.
pub(super) fn key() -> Result<Hidden, BootError> {
    Ok(Hidden::new(KeyPair::generate().map_err(problem)?.serialize_pem()))
}

/// The thumbprint of a key (RFC 7638).
pub(super) fn thumbprint(key: &Hidden) -> Result<String, BootError> {
    let key = KeyPair::from_pem(key.show()).map_err(problem)?;
    // An uncompressed point: a byte that says so, then x and y.
    let point = key.public_key_raw();
    let (x, y) = point.get(1..).unwrap_or_default().split_at(point.len() / 2);
    let (x, y) = (URL_SAFE_NO_PAD.encode(x), URL_SAFE_NO_PAD.encode(y));
    let members = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
    Ok(URL_SAFE_NO_PAD.encode(Sha256::digest(members)))
}

/// The authority; with the `key` that it has already, certificates issued before stay good.
pub(super) fn authority(key: Option<&Hidden>, now: SystemTime) -> Result<Issued, BootError> {
    let key = match key {
        Some(key) => KeyPair::from_pem(key.show()),
        None => KeyPair::generate(),
    };
    let key = key.map_err(problem)?;
    let certificate = authority_params(now).self_signed(&key).map_err(problem)?;
    Ok(Issued {
        names: vec![AUTHORITY.to_owned()],
        ends: seconds(now + DAY * AUTHORITY_DAYS),
        certificate: certificate.pem(),
        key: Hidden::new(key.serialize_pem()),
    })
}

/// A certificate for these names and addresses, for serving and for asking; the first one is its
/// subject.
pub(super) fn issue(
    authority: &Issued,
    names: &[String],
    now: SystemTime,
) -> Result<Issued, BootError> {
    let signer = KeyPair::from_pem(authority.key.show()).map_err(problem)?;
    let issuer = Issuer::new(authority_params(now), signer);
    let key = KeyPair::generate().map_err(problem)?;
    let mut params = params(names.first().map_or("", String::as_str), now, HOST_DAYS);
    for name in names {
        params.subject_alt_names.push(match name.parse::<Ipv4Addr>() {
            Ok(address) => SanType::IpAddress(address.into()),
            Err(_) => SanType::DnsName(name.as_str().try_into().map_err(problem)?),
        });
    }
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages =
        vec![ExtendedKeyUsagePurpose::ServerAuth, ExtendedKeyUsagePurpose::ClientAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&key, &issuer).map_err(problem)?;
    Ok(Issued {
        names: names.to_vec(),
        ends: seconds(now + DAY * HOST_DAYS),
        certificate: certificate.pem(),
        key: Hidden::new(key.serialize_pem()),
    })
}

fn authority_params(now: SystemTime) -> CertificateParams {
    let mut params = params(AUTHORITY, now, AUTHORITY_DAYS);
    // It issues for servers and for no further authorities.
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    params
}

fn params(subject: &str, now: SystemTime, days: u32) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, subject);
    params.not_before = (now - BEFORE).into();
    params.not_after = (now + DAY * days).into();
    params
}

fn seconds(time: SystemTime) -> u64 {
    time.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |since| since.as_secs())
}

fn problem(error: rcgen::Error) -> BootError {
    BootError::Keys(error.to_string())
}
