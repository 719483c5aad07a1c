//! TLS handshakes whose certificate is judged afterwards.
//!
//! A verifier that fails inside the handshake leaves nothing to look at. Here the handshake goes
//! through, the verdict of the real verifier is remembered, and an expired or foreign certificate
//! can be described.
use std::net::IpAddr;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, aws_lc_rs, verify_tls12_signature, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{CertificateError, ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::check::CheckError;
use crate::connect::problem;
use crate::outcome::{Problem, Warning};
use crate::stage::{Stage, Step};

/// The root certificates, read once when first needed.
#[derive(Debug, Default)]
pub(crate) struct Trust {
    extra: Vec<CertificateDer<'static>>,
    verifier: OnceLock<Result<Arc<Verifier>, String>>,
}

impl Trust {
    pub(crate) fn with_roots(roots: impl IntoIterator<Item = Vec<u8>>) -> Self {
        let extra = roots.into_iter().map(CertificateDer::from).collect();
        Self { extra, verifier: OnceLock::new() }
    }

    fn verifier(&self) -> Result<Arc<Verifier>, Problem> {
        let made = self.verifier.get_or_init(|| {
            Verifier::new_with_extra_roots(self.extra.clone(), provider())
                .map(Arc::new)
                .map_err(|e| format!("no usable root certificates on this machine: {e}"))
        });
        made.clone().map_err(|message| Problem::NotRun { message })
    }
}

/// What the handshake shall prove.
pub(crate) struct Terms<'a> {
    pub(crate) host: Option<&'a str>,
    pub(crate) address: IpAddr,
    pub(crate) verify: bool,
}

/// What the server showed, and what the verifier thought of it.
#[derive(Debug, Default)]
pub(crate) struct Seen {
    certificate: Option<CertificateDer<'static>>,
    objection: Option<Error>,
}

impl Seen {
    /// Fails if the verifier objected, warns if the certificate ends within `warn_within`.
    pub(crate) fn judge(&self, warn_within: Duration) -> Result<Vec<Warning>, Problem> {
        if let Some(error) = &self.objection {
            return Err(Problem::Tls { message: describe(error) });
        }
        let Some(der) = &self.certificate else { return Ok(Vec::new()) };
        let Ok((_, certificate)) = x509_parser::parse_x509_certificate(der) else {
            return Err(Problem::Tls { message: "the certificate cannot be read".to_owned() });
        };
        let ends = u64::try_from(certificate.validity().not_after.timestamp()).unwrap_or(0);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        let left = ends.saturating_sub(now);
        let soon = left <= warn_within.as_secs();
        Ok(soon.then_some(Warning::CertificateExpires { in_secs: left }).into_iter().collect())
    }
}

/// Whether a handshake can ask for this name.
pub(crate) fn validate(host: Option<&str>) -> Result<(), CheckError> {
    match host.map(ServerName::try_from) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(_)) => {
            let shown = host.unwrap_or_default().escape_debug();
            Err(CheckError::new("host", format!("\"{shown}\" is not a TLS server name")))
        }
    }
}

pub(crate) async fn handshake(
    stream: TcpStream,
    terms: &Terms<'_>,
    trust: &Trust,
    stage: &Stage,
) -> Result<(TlsStream<TcpStream>, Seen), Problem> {
    stage.enter(Step::Handshaking);
    let inner = if terms.verify { Some(trust.verifier()?) } else { None };
    let recorder = Arc::new(Recorder { inner, provider: provider(), seen: Mutex::default() });
    let config = ClientConfig::builder_with_provider(provider())
        .with_safe_default_protocol_versions()
        .map_err(|e| Problem::NotRun { message: e.to_string() })?
        .dangerous()
        .with_custom_certificate_verifier(recorder.clone())
        .with_no_client_auth();
    let name = match terms.host {
        Some(host) => ServerName::try_from(host.to_owned()).map_err(|_| Problem::NotRun {
            message: format!("\"{host}\" is not a TLS server name"),
        })?,
        None => ServerName::from(terms.address),
    };
    let connected = TlsConnector::from(Arc::new(config)).connect(name, stream).await;
    let stream = connected.map_err(|error| {
        match error.get_ref().and_then(|inner| inner.downcast_ref::<Error>()) {
            Some(tls) => Problem::Tls { message: describe(tls) },
            None if error.kind() == std::io::ErrorKind::UnexpectedEof => Problem::Tls {
                message: "the server closed the connection during the handshake".to_owned(),
            },
            None => problem(&error),
        }
    })?;
    let seen = std::mem::take(&mut *recorder.seen.lock().unwrap_or_else(PoisonError::into_inner));
    Ok((stream, seen))
}

/// Certificate errors in words an operator uses; the rest as rustls says it.
pub(crate) fn describe(error: &Error) -> String {
    let Error::InvalidCertificate(why) = error else { return error.to_string() };
    match why {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => {
            "the certificate has expired".to_owned()
        }
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => {
            "the certificate is not valid yet".to_owned()
        }
        CertificateError::UnknownIssuer => {
            "the certificate was not issued by a trusted authority".to_owned()
        }
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => {
            "the certificate is for another name".to_owned()
        }
        CertificateError::BadSignature => "the certificate's signature does not fit".to_owned(),
        CertificateError::Revoked => "the certificate was revoked".to_owned(),
        other => format!("the certificate is not acceptable: {other:?}"),
    }
}

fn provider() -> Arc<CryptoProvider> {
    // Explicit, so that no process-wide default is needed or touched.
    static PROVIDER: OnceLock<Arc<CryptoProvider>> = OnceLock::new();
    PROVIDER.get_or_init(|| Arc::new(aws_lc_rs::default_provider())).clone()
}

/// Sees to it that the process has a default provider, for a library that takes no other. One that
/// is there stays; rustls would choose this one by itself, unless features of two are on, and then
/// it would panic.
pub(crate) fn have_a_default_provider() {
    if CryptoProvider::get_default().is_none() {
        // Somebody else may just have been faster, and that is as good.
        let _ = aws_lc_rs::default_provider().install_default();
    }
}

#[derive(Debug)]
struct Recorder {
    inner: Option<Arc<Verifier>>,
    provider: Arc<CryptoProvider>,
    seen: Mutex<Seen>,
}

impl ServerCertVerifier for Recorder {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        name: &ServerName<'_>,
        ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let objection = self
            .inner
            .as_ref()
            .and_then(|v| v.verify_server_cert(end_entity, intermediates, name, ocsp, now).err());
        let certificate = Some(end_entity.clone().into_owned());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Seen { certificate, objection };
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls12_signature(message, cert, dss, algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let algorithms = &self.provider.signature_verification_algorithms;
        verify_tls13_signature(message, cert, dss, algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
