//! The accounts of the configuration, and proof of being one.
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use super::throttle::{Peer, Throttle};
use crate::config::Account;
use crate::http::problem::Refusal;

/// Compared with when the user does not exist, so that the answer takes as long as ever.
const NOBODY: &str = "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmU$\
                      Y29tcGFyZWQgd2l0aCBub3RoaW5nIGluIHBhcnRpYzE";

/// The accounts of the configuration.
#[derive(Debug)]
pub struct Accounts {
    users: Vec<Account>,
    tokens: Arc<Vec<Account>>,
    /// Hashes of tokens that were proved, with their place: argon2 once per token, not per call.
    proved: Mutex<HashMap<[u8; 32], usize>>,
}

impl Accounts {
    /// People and programs.
    pub fn new(users: Vec<Account>, tokens: Vec<Account>) -> Self {
        Self { users, tokens: Arc::new(tokens), proved: Mutex::default() }
    }

    /// Whether anybody at all can come in.
    pub fn is_empty(&self) -> bool {
        self.users.is_empty() && self.tokens.is_empty()
    }

    /// The account of somebody who knows its password. Takes as long for an unknown user.
    pub async fn person(
        &self,
        user: &str,
        password: String,
        peer: Peer,
        throttle: &Throttle,
    ) -> Result<Account, Refusal> {
        let account = self.users.iter().find(|account| account.name == user).cloned();
        let hash = account.as_ref().map_or_else(|| NOBODY.to_owned(), |known| known.hash.clone());
        let matches = move || is_match(&password, &hash);
        let good = throttle.attempt(peer, matches, |good| *good).await?;
        account.filter(|_| good).ok_or_else(|| {
            let detail = "user or password is wrong";
            let status = axum::http::StatusCode::UNAUTHORIZED;
            Refusal::new(status, "wrong_credentials", "Not logged in", detail)
        })
    }

    /// The account whose token this is.
    pub async fn program(
        &self,
        token: &str,
        peer: Peer,
        throttle: &Throttle,
    ) -> Result<Account, Refusal> {
        let digest: [u8; 32] = Sha256::digest(token).into();
        let known =
            self.proved.lock().unwrap_or_else(PoisonError::into_inner).get(&digest).copied();
        if let Some(account) = known.and_then(|place| self.tokens.get(place)) {
            return Ok(account.clone());
        }
        let (tokens, token) = (self.tokens.clone(), token.to_owned());
        let search = move || tokens.iter().position(|account| is_match(&token, &account.hash));
        let place = throttle.attempt(peer, search, Option::is_some).await?;
        let found = place.and_then(|place| Some((place, self.tokens.get(place)?)));
        let Some((place, account)) = found else {
            let detail = "this token is not one of [[server.tokens]]";
            let status = axum::http::StatusCode::UNAUTHORIZED;
            return Err(Refusal::new(status, "wrong_token", "Not logged in", detail));
        };
        self.proved.lock().unwrap_or_else(PoisonError::into_inner).insert(digest, place);
        Ok(account.clone())
    }
}

/// The argon2id hash of a password or token, in PHC format.
pub fn hash(secret: &str) -> Result<String, String> {
    let hashed = Argon2::default().hash_password(secret.as_bytes());
    hashed.map(|hash| hash.to_string()).map_err(|error| format!("cannot hash: {error}"))
}

/// 256 random bits as a text that can be typed.
pub fn random_token() -> Result<String, String> {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).map_err(|error| format!("no randomness: {error}"))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

fn is_match(secret: &str, hash: &str) -> bool {
    let parsed = PasswordHash::new(hash);
    parsed.is_ok_and(|hash| Argon2::default().verify_password(secret.as_bytes(), &hash).is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_matches_its_secret_only() {
        let hash = hash("open sesame").expect("it hashes");
        assert!(is_match("open sesame", &hash));
        assert!(!is_match("open sesam", &hash));
    }

    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let (nobody, somebody) = (PasswordHash::new(NOBODY), hash("x").expect("it hashes"));
        let nobody = nobody.expect("a hash");
        let somebody = PasswordHash::new(&somebody).expect("a hash");
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.params.to_string(), somebody.params.to_string());
    }
}
