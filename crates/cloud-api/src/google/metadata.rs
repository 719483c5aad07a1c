//! Labels, boot scripts and keys of a server, changed by fingerprint; and its console.
use std::collections::BTreeMap;

use async_trait::async_trait;
use cloud_http::{Call, Error, Kind, Request};
use http::Method;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};

use super::GoogleCompute;
use super::settle::{Goal, Work};
use super::spec::ssh_keys;
use super::wire::{Instance, Operation, SerialOutput};
use crate::key::SshKey;
use crate::labels;
use crate::provider::{BootData, Console, Output};
use crate::ticket::Ticket;
use crate::validate::check_script;

/// How often a change is made anew on a fresh fingerprint.
const ROUNDS: u32 = 10;

impl GoogleCompute {
    pub(super) async fn set_labels(
        &self,
        id: &str,
        own: &BTreeMap<String, String>,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let doing = format!("relabel server {id}");
        labels::check(own, &[]).map_err(|failure| self.error(&doing, failure))?;
        self.rewrite(&doing, id, "/setLabels", call, |instance| {
            let wanted = labels::relabelled(&instance.labels, own);
            let body = json!({"labels": wanted, "labelFingerprint": instance.label_fingerprint});
            (wanted != instance.labels).then_some(body)
        })
        .await
    }

    /// Replaces one item of the metadata; the others are sent back as they were, since
    /// `setMetadata` replaces them all.
    async fn set_item(
        &self,
        id: &str,
        key: &str,
        value: &str,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let doing = format!("set {key} of server {id}");
        self.rewrite(&doing, id, "/setMetadata", call, |instance| {
            let metadata = &instance.metadata;
            if metadata.items.iter().any(|item| item.key == key && item.value == value) {
                return None;
            }
            let others = metadata.items.iter().filter(|item| item.key != key);
            let mut items: Vec<Value> =
                others.map(|item| json!({"key": item.key, "value": item.value})).collect();
            items.push(json!({"key": key, "value": value}));
            Some(json!({"fingerprint": metadata.fingerprint, "items": items}))
        })
        .await
    }

    /// Reads, changes and writes with the fingerprint just read, again and again while somebody
    /// else is faster.
    async fn rewrite(
        &self,
        doing: &str,
        id: &str,
        verb: &str,
        call: Call,
        body: impl Fn(&Instance) -> Option<Value> + Send + Sync,
    ) -> Result<Option<Ticket>, Error> {
        let mut round = 0;
        loop {
            round += 1;
            let instance =
                self.instance(id, call).await?.ok_or_else(|| self.no_server(doing, id))?;
            let Some(body) = body(&instance) else { return Ok(None) };
            let path = self.instance_path(id, verb)?;
            let request = self.change(doing, Method::POST, &path)?.json(body);
            let operation: Result<Operation, Error> = self.start(&request, call).await;
            match operation {
                Ok(operation) => {
                    let work = Work::new(&operation).server(id, Goal::Done);
                    return Ok(Some(self.ticket(&work)));
                }
                Err(error) if error.failure.kind == Kind::Changed && round < ROUNDS => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[async_trait]
impl BootData for GoogleCompute {
    async fn set_boot_script(
        &self,
        id: &str,
        script: &SecretString,
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        check_script(script, &self.rules)
            .map_err(|failure| self.error(format!("set startup-script of server {id}"), failure))?;
        self.set_item(id, "startup-script", script.expose_secret(), call).await
    }

    async fn set_ssh_keys(
        &self,
        id: &str,
        keys: &[SshKey],
        call: Call,
    ) -> Result<Option<Ticket>, Error> {
        let checked = keys.iter().try_for_each(SshKey::check);
        checked.map_err(|failure| self.error(format!("set ssh-keys of server {id}"), failure))?;
        self.set_item(id, "ssh-keys", &ssh_keys(keys), call).await
    }
}

#[async_trait]
impl Console for GoogleCompute {
    async fn output(&self, id: &str, start: u64, call: Call) -> Result<Output, Error> {
        let path = self.instance_path(id, "/serialPort")?;
        let request = Request::read(format!("read the console of server {id}"), self.path(&path))
            .query("port", "1")
            .query("start", &start.to_string());
        let wire: Value = self.client.json(&request, call).await?;
        let wire = SerialOutput::deserialize(wire).unwrap_or_default();
        let number = |text: &Option<String>| text.as_ref().and_then(|text| text.parse().ok());
        let from: u64 = number(&wire.start).unwrap_or(start);
        let next = number(&wire.next).unwrap_or(from + wire.contents.len() as u64);
        Ok(Output::new(from, next, wire.contents))
    }
}
