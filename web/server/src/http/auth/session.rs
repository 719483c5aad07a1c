//! Sessions live in memory: a restart means logging in again, a logout really revokes.
use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest, Sha256};

use crate::config::Account;

/// Sessions at the same time; the one that ends first makes room for the next.
const SESSIONS_MAX: usize = 1024;

/// Who is logged in. Holds only hashes of the ids that browsers hold.
#[derive(Debug)]
pub struct Sessions {
    lifetime: Duration,
    open: Mutex<HashMap<[u8; 32], Session>>,
}

#[derive(Clone, Debug)]
struct Session {
    account: Account,
    ends: Instant,
}

/// The hash of a session's id: enough to find it, not enough to become it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SessionId([u8; 32]);

impl SessionId {
    /// The hash of the id that stands in a cookie; `None` if it cannot be one.
    pub fn parse(text: &str) -> Option<Self> {
        let id = URL_SAFE_NO_PAD.decode(text).ok().filter(|id| id.len() == 32)?;
        Some(Self(Sha256::digest(id).into()))
    }
}

impl Sessions {
    /// No session yet; each will last for `lifetime`.
    pub fn new(lifetime: Duration) -> Self {
        Self { lifetime, open: Mutex::default() }
    }

    /// How long a session lasts.
    pub fn lifetime(&self) -> Duration {
        self.lifetime
    }

    /// Starts a session and returns its id: 256 random bits.
    pub fn start(&self, account: Account) -> Result<String, getrandom::Error> {
        let mut id = [0; 32];
        getrandom::fill(&mut id)?;
        let now = Instant::now();
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, session| session.ends > now);
        if open.len() >= SESSIONS_MAX {
            let first = open.iter().min_by_key(|(_, session)| session.ends).map(|(key, _)| *key);
            first.map(|key| open.remove(&key));
        }
        let session = Session { account, ends: now + self.lifetime };
        open.insert(Sha256::digest(id).into(), session);
        Ok(URL_SAFE_NO_PAD.encode(id))
    }

    /// Whose session it is, while it lasts.
    pub fn account(&self, id: &SessionId) -> Option<Account> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let session = open.get(&id.0).filter(|session| session.ends > Instant::now())?;
        Some(session.account.clone())
    }

    /// Ends it at once, on every connection.
    pub fn end(&self, id: &SessionId) {
        self.open.lock().unwrap_or_else(PoisonError::into_inner).remove(&id.0);
    }
}

#[cfg(test)]
mod tests {
    use web_api::Role;

    use super::*;

    fn account(name: &str) -> Account {
        Account { name: name.to_owned(), hash: String::new(), role: Role::View }
    }

    #[test]
    fn an_expired_session_is_none() {
        let sessions = Sessions::new(Duration::ZERO);
        let id = sessions.start(account("anna")).expect("randomness");
        let id = SessionId::parse(&id).expect("an id");
        assert_eq!(sessions.account(&id), None);
    }

    #[test]
    fn the_oldest_session_makes_room() {
        let sessions = Sessions::new(Duration::from_secs(60));
        let first = sessions.start(account("first")).expect("randomness");
        for _ in 0..SESSIONS_MAX {
            sessions.start(account("next")).expect("randomness");
        }
        assert_eq!(sessions.account(&SessionId::parse(&first).expect("an id")), None);
    }

    #[test]
    fn what_is_no_id_is_refused() {
        for text in ["", "abc", "not/base64!", &"A".repeat(44)] {
            assert_eq!(SessionId::parse(text), None, "{text}");
        }
    }
}
