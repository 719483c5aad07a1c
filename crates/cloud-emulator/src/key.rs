//! The service-account key that stands for the emulator's one robot account.

use std::fs::OpenOptions;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::KeyPair as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

/// A key as the JSON file of a service account holds it.
#[derive(Clone)]
pub(crate) struct ServiceKey {
    project: String,
    private_key_id: String,
    client_email: String,
    client_id: String,
    /// PEM, PKCS #8.
    private_key: String,
    /// DER, RFC 8017.
    public_key: Vec<u8>,
}

/// Why there is no usable key.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeyError {
    #[error("the key file {path} cannot be {what}: {source}")]
    File { path: PathBuf, what: &'static str, source: io::Error },
    #[error(
        "the key file {path} is not a service-account key: {what}; remove it, and a new one will \
         be written there"
    )]
    Content { path: PathBuf, what: String },
    #[error("no RSA key could be generated")]
    Generate,
}

impl ServiceKey {
    /// A fresh RSA key of 2048 bits for a robot account of `project`.
    pub(crate) fn generate(project: &str) -> Result<Self, KeyError> {
        let pair = KeyPair::generate(KeySize::Rsa2048).map_err(|_| KeyError::Generate)?;
        let der = pair.as_der().map_err(|_| KeyError::Generate)?;
        let public_key = pair.public_key().as_ref().to_vec();
        let random = || super::google::random_number();
        Ok(Self {
            project: project.to_owned(),
            private_key_id: format!("{:016x}{:016x}{:08x}", random(), random(), random() >> 32),
            client_email: format!("schwenk@{project}.iam.gserviceaccount.com"),
            client_id: format!("1{:020}", random()),
            private_key: pem(der.as_ref()),
            public_key,
        })
    }

    /// Reads a key file, such as one written earlier; lacking `project_id` it is for `project`.
    pub(crate) fn load(path: &Path, project: &str) -> Result<Self, KeyError> {
        let text = std::fs::read(path).map_err(|source| KeyError::File {
            path: path.to_owned(),
            what: "read",
            source,
        })?;
        let wrong = |what: String| KeyError::Content { path: path.to_owned(), what };
        let file: Value = serde_json::from_slice(&text)
            .map_err(|error| wrong(format!("line {} is not JSON", error.line())))?;
        let text = |member: &str| match file[member].as_str() {
            Some(text) if !text.is_empty() => Ok(text.to_owned()),
            _ => Err(wrong(format!("\"{member}\" is missing"))),
        };
        match text("type")?.as_str() {
            "service_account" => {}
            other => return Err(wrong(format!("its type is \"{other}\""))),
        }
        let private_key = text("private_key")?;
        let pair = der(&private_key).and_then(|der| KeyPair::from_pkcs8(&der).ok());
        let pair = pair.ok_or_else(|| wrong("\"private_key\" is no RSA key in PKCS #8".into()))?;
        Ok(Self {
            project: text("project_id").unwrap_or_else(|_| project.to_owned()),
            private_key_id: text("private_key_id").unwrap_or_default(),
            client_email: text("client_email")?,
            client_id: text("client_id").unwrap_or_default(),
            private_key,
            public_key: pair.public_key().as_ref().to_vec(),
        })
    }

    /// Writes the key file, readable by its owner only. `token_uri` is where its user gets tokens.
    pub(crate) fn write(&self, path: &Path, token_uri: &str) -> Result<(), KeyError> {
        let certificates = "https://www.googleapis.com/robot/v1/metadata/x509";
        let file = json!({
            "type": "service_account",
            "project_id": self.project,
            "private_key_id": self.private_key_id,
            "private_key": self.private_key,
            "client_email": self.client_email,
            "client_id": self.client_id,
            "auth_uri": "https://accounts.google.com/o/oauth2/auth",
            "token_uri": token_uri,
            "auth_provider_x509_cert_url": "https://www.googleapis.com/oauth2/v1/certs",
            "client_x509_cert_url":
                format!("{certificates}/{}", self.client_email.replace('@', "%40")),
            "universe_domain": "googleapis.com",
        });
        private_file(path, &format!("{file:#}\n"))
    }

    /// Address of the account, `iss` of its tokens.
    pub(crate) fn client_email(&self) -> &str {
        &self.client_email
    }

    /// `kid` of its tokens.
    pub(crate) fn private_key_id(&self) -> &str {
        &self.private_key_id
    }

    /// The public half, DER as in RFC 8017.
    pub(crate) fn public_key(&self) -> &[u8] {
        &self.public_key
    }
}

/// Writes a file only its owner may read; an existing one is replaced.
pub(crate) fn private_file(path: &Path, text: &str) -> Result<(), KeyError> {
    let failed = |source| KeyError::File { path: path.to_owned(), what: "written", source };
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        file.set_permissions(mode).map_err(failed)?;
    }
    file.write_all(text.as_bytes()).map_err(failed)
}

fn pem(der: &[u8]) -> String {
    let text = STANDARD.encode(der);
    let mut pem = String::from("-----BEGIN PRIVATE KEY-----\n");
    let mut rest = text.as_str();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.len().min(64));
        pem.push_str(line);
        pem.push('\n');
        rest = after;
    }
    pem + "-----END PRIVATE KEY-----\n"
}

fn der(pem: &str) -> Option<Vec<u8>> {
    let (_, rest) = pem.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let text: String = body.split_whitespace().collect();
    STANDARD.decode(text).ok()
}
