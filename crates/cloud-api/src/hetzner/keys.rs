//! Keys kept for new servers.
use async_trait::async_trait;
use cloud_http::{Call, Effect, Error, Kind, Request};
use http::Method;
use serde_json::json;

use super::HetznerCloud;
use super::kept::{KeyAnswer, WireKey};
use crate::key::{SshKey, StoredKey, material};
use crate::labels::{Labels, mark};
use crate::name::Owner;
use crate::provider::Keys;

impl HetznerCloud {
    async fn list_keys(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<StoredKey>, Error> {
        let request = Self::of_owner(Request::read("list ssh keys", "/ssh_keys"), owner);
        let keys: Vec<WireKey> = self.list(request, "ssh_keys", call).await?;
        Ok(keys.into_iter().map(WireKey::key).collect())
    }

    async fn find_key(&self, key: &SshKey, call: Call) -> Result<Option<StoredKey>, Error> {
        let kept = self.list_keys(None, call).await?;
        Ok(kept.into_iter().find(|kept| material(&kept.public_key) == key.material()))
    }

    /// Keeps a key, or finds it under whatever name: Hetzner takes the same key once only.
    pub(super) async fn keep_key(
        &self,
        key: &SshKey,
        owner: &Owner,
        call: Call,
    ) -> Result<StoredKey, Error> {
        let doing = format!("keep ssh key {}", key.name);
        key.check().map_err(|failure| self.error(&doing, failure))?;
        if let Some(kept) = self.find_key(key, call).await? {
            return Ok(kept);
        }
        let body = json!({
            "name": key.name,
            "public_key": key.public_key,
            "labels": mark(owner, &[], &Labels::new()),
        });
        let request = Request::write(doing, Method::POST, "/ssh_keys").json(body);
        let sent: Result<KeyAnswer, Error> = self.client.json(&request, call).await;
        match sent {
            Ok(answer) => Ok(answer.ssh_key.key()),
            Err(mut error) => {
                let taken = error.failure.kind == Kind::AlreadyExists;
                let maybe = taken || error.failure.effect == Effect::MaybeApplied;
                if maybe && let Some(kept) = self.find_key(key, call).await? {
                    return Ok(kept);
                }
                if taken {
                    let text = format!("; another key is kept under the name {}", key.name);
                    error.failure.message.push_str(&text);
                }
                Err(error)
            }
        }
    }
}

#[async_trait]
impl Keys for HetznerCloud {
    async fn keys(&self, owner: Option<&Owner>, call: Call) -> Result<Vec<StoredKey>, Error> {
        self.list_keys(owner, call).await
    }

    async fn keep(&self, key: &SshKey, owner: &Owner, call: Call) -> Result<StoredKey, Error> {
        self.keep_key(key, owner, call).await
    }

    async fn forget(&self, id: &str, call: Call) -> Result<bool, Error> {
        let number = self.number("ssh key", id)?;
        self.erase(format!("forget ssh key {id}"), format!("/ssh_keys/{number}"), call).await
    }
}

impl HetznerCloud {
    /// Removes something at once. False: there is none.
    pub(super) async fn erase(
        &self,
        doing: String,
        path: String,
        call: Call,
    ) -> Result<bool, Error> {
        let request = Request::write(doing, Method::DELETE, path).repeatable();
        match self.client.send(&request, call).await {
            Ok(_) => Ok(true),
            Err(error) if error.failure.kind == Kind::NotFound => Ok(false),
            Err(error) => Err(error),
        }
    }
}
