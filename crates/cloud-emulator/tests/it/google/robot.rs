//! A service account that signs what it is told to.

use std::time::{SystemTime, UNIX_EPOCH};

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::RSA_PKCS1_SHA256;
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use cloud_emulator::Emulator;
use serde_json::{Value, json};

const SCOPE: &str = "https://www.googleapis.com/auth/ndev.clouddns.readwrite";

/// The service account of an emulator, as its key file describes it.
pub(super) struct Robot {
    file: Value,
    pair: KeyPair,
}

impl Robot {
    pub(super) fn of(emulator: &Emulator) -> Self {
        let text = std::fs::read(&emulator.info().key_file).expect("the key file");
        let file: Value = serde_json::from_slice(&text).expect("JSON");
        let pem = file["private_key"].as_str().expect("a key");
        let body: String = pem.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(body).expect("base64");
        Self { file, pair: KeyPair::from_pkcs8(&der).expect("PKCS #8") }
    }

    pub(super) fn email(&self) -> &str {
        self.file["client_email"].as_str().expect("an address")
    }

    pub(super) fn token_uri(&self) -> &str {
        self.file["token_uri"].as_str().expect("a URI")
    }

    /// The claims Google's libraries send.
    pub(super) fn claims(&self) -> Value {
        let now = now();
        json!({
            "iss": self.email(), "scope": SCOPE, "aud": "https://oauth2.googleapis.com/token",
            "iat": now, "exp": now + 3600,
        })
    }

    pub(super) fn header(&self) -> Value {
        json!({ "alg": "RS256", "typ": "JWT", "kid": self.file["private_key_id"] })
    }

    pub(super) fn sign(&self, header: &Value, claims: &Value) -> String {
        self.encode(header, claims, |bytes| URL_SAFE_NO_PAD.encode(bytes))
    }

    /// Like [`Robot::sign`], with another way to write base64.
    pub(super) fn encode(
        &self,
        header: &Value,
        claims: &Value,
        encode: fn(&[u8]) -> String,
    ) -> String {
        let part = |value: &Value| encode(value.to_string().as_bytes());
        let signed = format!("{}.{}", part(header), part(claims));
        let mut signature = vec![0; self.pair.public_modulus_len()];
        self.pair
            .sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), signed.as_bytes(), &mut signature)
            .expect("a signature");
        format!("{signed}.{}", encode(&signature))
    }
}

pub(super) fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970");
    i64::try_from(since.as_secs()).expect("before the end of time")
}
