//! Commands given to a watcher that does not lead: passed on through the store, obeyed at most once.
use std::time::{Duration, Instant};

use failover_core::{Actor, Command, EventRecord};

use super::Group;
use super::lease::Term;
use super::record::{Mail, MailAnswer, decode, encode};
use super::store::{Change, Committed, Condition, LeaseId, StoreError, Write};
use crate::error::CommandError;

/// How long an answer is waited for.
const PATIENCE: Duration = Duration::from_secs(15);

/// Passes a command on to whoever leads, and waits for what becomes of it.
pub(crate) async fn ask(
    group: &Group,
    member: LeaseId,
    service: String,
    who: Actor,
    command: Command,
) -> Result<Vec<EventRecord>, CommandError> {
    let through = group.vantage.clone();
    let mail = Mail { through, service, who: who.0, command };
    let give_up = Instant::now() + PATIENCE;
    let asking = try_to_ask(group, member, &mail);
    match tokio::time::timeout_at(give_up.into(), asking).await {
        Ok(Ok(MailAnswer::Obeyed(events))) => Ok(events),
        Ok(Ok(MailAnswer::Refused(refusal, text))) => Err(CommandError::Refused(refusal, text)),
        Ok(Ok(MailAnswer::Failed(text))) => Err(CommandError::Elsewhere(text)),
        Ok(Err(error)) if !error.maybe => Err(CommandError::Elsewhere(format!(
            "nothing was changed: the watcher that leads is not reached: {error}"
        ))),
        Ok(Err(error)) => Err(unanswered(&error.message)),
        Err(_) => Err(unanswered(&format!("no answer in {}", failover_core::span(PATIENCE)))),
    }
}

fn unanswered(why: &str) -> CommandError {
    CommandError::Elsewhere(format!(
        "it was passed on to the watcher that leads, and whether it was obeyed is not known ({why}): \
         look before you repeat it"
    ))
}

async fn try_to_ask(group: &Group, member: LeaseId, mail: &Mail) -> Result<MailAnswer, StoreError> {
    let id = super::random_id();
    let (key, answer_key) = (group.keys.mail(&id), group.keys.answer(&id));
    let revision = group.store.read(&answer_key).await?.revision;
    let mut answers = group.store.watch(&answer_key, revision).await?;
    let write = Write::under(key.clone(), encode(mail)?, member);
    if group.store.commit(&[Condition::Absent(key)], &[write]).await? == Committed::Refused {
        return Err(StoreError::refused("the store refused the command"));
    }
    loop {
        let news = answers.next().await.map_err(|error| StoreError::unknown(error.message))?;
        for change in news {
            if let Change::Put(entry) = change
                && let Some(answer) = decode(&answer_key, &entry.value)
            {
                return Ok(answer);
            }
        }
    }
}

/// Takes a command out of the store; `false`: somebody else has, or this watcher does not lead.
pub(crate) async fn take(group: &Group, term: &Term, id: &str, created: u64) -> bool {
    let conditions = [
        Condition::Created(group.keys.holder(), term.created),
        Condition::Created(group.keys.mail(id), created),
    ];
    let writes = [Write::remove(group.keys.mail(id))];
    let taken = group.store.commit(&conditions, &writes);
    let taken = tokio::time::timeout_at(term.until().at.into(), taken).await;
    matches!(taken, Ok(Ok(Committed::Done(_))))
}

/// Says what has become of a command. Lost, whoever gave it is told that nobody knows.
pub(crate) async fn answer(group: &Group, member: LeaseId, id: &str, answer: &MailAnswer) {
    let Ok(value) = encode(answer) else { return };
    let write = Write::under(group.keys.answer(id), value, member);
    let _ = tokio::time::timeout(PATIENCE, group.store.commit(&[], &[write])).await;
}
