//! E-mail, handed to a mail server by SMTP.
use std::net::IpAddr;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::{Failure, Kind as What, Retry, excerpt, scrub};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox, MessageBuilder};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Certificate, Tls as Wire, TlsParameters};
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use crate::post::cut;
use crate::{Channel, Kind, Message, Refused};

/// Some programs cut longer subjects in odd ways.
const SUBJECT_MAX: usize = 200;

/// How the way to a mail server is protected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tls {
    /// From the first byte (RFC 8314): usually port 465.
    Implicit,
    /// Begun in the open and then required (RFC 3207): usually port 587.
    StartTls,
    /// Not at all: for a mail server on this machine only.
    None,
}

/// Which mail server, and from whom to whom.
#[derive(Clone, Debug)]
pub struct EmailOptions {
    /// The server's name or address.
    pub host: String,
    /// Its port; `None`: the usual one.
    pub port: Option<u16>,
    /// How the way there is protected.
    pub tls: Tls,
    /// Who logs in, and the password.
    pub login: Option<(String, SecretString)>,
    /// Certificates (PEM) trusted beside the system's.
    pub ca: Option<String>,
    /// The sender: `Schwenk <schwenk@example.com>`.
    pub from: String,
    /// The receivers.
    pub to: Vec<String>,
}

/// Sends one mail to all receivers at once. Not idempotent, but a mail that is sent again carries
/// the same `Message-ID`, by which many servers drop the second.
#[derive(Clone, Debug)]
pub struct Email {
    mailer: AsyncSmtpTransport<Tokio1Executor>,
    password: Option<SecretString>,
    from: Mailbox,
    to: Vec<Mailbox>,
}

impl Email {
    /// A channel through the server that `options` name. Refuses what cannot be an address, and to
    /// send anything unprotected to another machine.
    pub fn new(options: EmailOptions) -> Result<Self, Refused> {
        let mailbox = |text: &str| {
            text.parse::<Mailbox>().map_err(|_| {
                let remedy = "write \"ops@example.com\" or \"Ops <ops@example.com>\"";
                Refused(format!("\"{text}\" is not an address; {remedy}"))
            })
        };
        let from = mailbox(&options.from)?;
        let to: Vec<Mailbox> = options.to.iter().map(|to| mailbox(to)).collect::<Result<_, _>>()?;
        if to.is_empty() {
            return Err(Refused("nobody would get it; name at least one receiver".to_owned()));
        }
        let (wire, port) = wire(&options)?;
        let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(&options.host)
            .port(options.port.unwrap_or(port))
            .tls(wire);
        let password = options.login.as_ref().map(|(_, password)| password.clone());
        if let Some((user, password)) = options.login {
            let password = password.expose_secret().to_owned();
            builder = builder.credentials(Credentials::new(user, password));
        }
        Ok(Self { mailer: builder.build(), password, from, to })
    }

    fn mail(&self, message: &Message) -> Result<lettre::Message, Failure> {
        let domain = self.from.email.domain();
        // All mails of one condition hang together, and no robot answers them (RFC 3834).
        let since = message.since.unwrap_or(message.at);
        let since = since.duration_since(std::time::UNIX_EPOCH).unwrap_or_default().as_millis();
        let key = message.key.replace(|c: char| !c.is_ascii_alphanumeric(), "-");
        let thread = format!("<{key}.{since}@{domain}>");
        let subject = format!("[Schwenk] {}", message.headline().replace(['\r', '\n'], " "));
        let mut builder: MessageBuilder = lettre::Message::builder()
            .from(self.from.clone())
            .date(message.at)
            .message_id(Some(format!("<{}@{domain}>", message.id)))
            .references(thread)
            .subject(cut(&subject, SUBJECT_MAX))
            .raw_header(raw("Auto-Submitted", "auto-generated"));
        if message.severity == crate::Severity::Critical && !quiet(message) {
            builder = builder.raw_header(raw("X-Priority", "1"));
        }
        for to in &self.to {
            builder = builder.to(to.clone());
        }
        builder.header(ContentType::TEXT_PLAIN).body(message.plain()).map_err(|error| {
            Failure::new(What::Invalid, format!("no mail can be made of it: {error}"))
        })
    }

    fn explain(&self, error: &lettre::transport::smtp::Error) -> Failure {
        let mut text = excerpt(error.to_string().as_bytes(), 240);
        if let Some(password) = &self.password {
            text = scrub(&text, password);
        }
        let code = error.status().map(|code| code.to_string());
        let refused = |kind| Failure::new(kind, text.clone());
        match code.as_deref() {
            // A server that wants a login says 530; a wrong one is 535.
            Some("530" | "534" | "535" | "538") => refused(What::Auth),
            Some(_) if error.is_permanent() => refused(What::Invalid),
            Some(_) => refused(What::Unavailable).retry(Retry::Later),
            // "STARTTLS is not supported", "no compatible authentication mechanism".
            None if error.is_client() => refused(What::Unsupported),
            None => refused(What::Unavailable).retry(Retry::Later).maybe_applied(),
        }
    }
}

#[async_trait]
impl Channel for Email {
    fn kind(&self) -> &'static str {
        "email"
    }

    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure> {
        let mail = self.mail(message)?;
        match tokio::time::timeout_at(deadline.into(), self.mailer.send(mail)).await {
            Ok(Ok(_)) => Ok(()),
            Ok(Err(error)) => Err(self.explain(&error)),
            Err(_) => {
                let text = "the mail server has not taken it in time";
                Err(Failure::new(What::Timeout, text).retry(Retry::Later).maybe_applied())
            }
        }
    }
}

fn wire(options: &EmailOptions) -> Result<(Wire, u16), Refused> {
    let host = &options.host;
    let local =
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
    if options.tls == Tls::None {
        if !local {
            let text = format!(
                "mail would travel unprotected to {host}; use tls = \"starttls\" or \"implicit\" \
                 (\"none\" is for a server on this machine)"
            );
            return Err(Refused(text));
        }
        return Ok((Wire::None, 25));
    }
    let wrong = |error| Refused(format!("TLS to {host} cannot be set up: {error}"));
    let mut parameters = TlsParameters::builder(host.clone());
    if let Some(pem) = &options.ca {
        let ca = Certificate::from_pem(pem.as_bytes()).map_err(|error| {
            Refused(format!("the certificate authority is not a PEM certificate: {error}"))
        })?;
        parameters = parameters.add_root_certificate(ca);
    }
    let parameters = parameters.build().map_err(wrong)?;
    Ok(match options.tls {
        Tls::Implicit => (Wire::Wrapper(parameters), 465),
        _ => (Wire::Required(parameters), 587),
    })
}

fn quiet(message: &Message) -> bool {
    message.quiet || matches!(message.kind, Kind::Test | Kind::Over)
}

fn raw(name: &'static str, value: &str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}
