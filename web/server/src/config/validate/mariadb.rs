//! `[[services.checks]]` of kind `mariadb`: who asks, whom it trusts, and what it may write.
use health::{Heartbeat, MariadbCheck, Password};

use super::{check, or};
use crate::config::file::CheckFile;
use crate::config::problem::At;
use crate::config::read::Reader;
use crate::config::secret::Surroundings;

pub fn mariadb(
    file: &CheckFile,
    at: &At,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<MariadbCheck> {
    let port = check::port(file, at, Some(3306), reader);
    let why = "write the database user that asks; GRANT SLAVE MONITOR ON *.* is all it needs";
    let user = reader.need(at, "user", file.user.as_ref(), why);
    let why = "write \"file:/path\" or \"env:NAME\"";
    let password = reader.need(at, "password", file.password.as_ref(), why);
    let password = password.and_then(|field| around.secret(field, reader));
    let verify = or(file.verify.as_ref(), true);
    let ca = authorities(file, at, verify, around, reader);
    let heartbeat = heartbeat(file, reader);
    let mut check = MariadbCheck::new(&user?.value, Password::from(password?), ca?);
    check.port = port?;
    check.host = file.host.as_ref().map(|host| host.value.clone());
    check.verify = verify;
    check.writable = or(file.writable.as_ref(), true);
    check.replication = or(file.replication.as_ref(), check.replication);
    check.heartbeat = heartbeat;
    Some(check)
}

fn authorities(
    file: &CheckFile,
    at: &At,
    verify: bool,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Vec<u8>> {
    if !verify && file.ca.is_none() {
        return Some(Vec::new());
    }
    let why = "write the path of the PEM file with the authority that signs your databases' \
               certificates";
    let field = reader.need(at, "ca", file.ca.as_ref(), why)?;
    let text = around.text(field, reader)?;
    if !text.contains("-----BEGIN CERTIFICATE-----") {
        let message = "there is no certificate in this file; it begins with -----BEGIN CERTIFICATE";
        reader.error(&field.at, message);
        return None;
    }
    Some(text.into_bytes())
}

fn heartbeat(file: &CheckFile, reader: &mut Reader<'_>) -> Option<Heartbeat> {
    let Some(field) = &file.heartbeat else {
        if let Some(write) = &file.heartbeat_write {
            reader.error(
                &write.at,
                "there is no table to write into; write heartbeat = \"schema.table\"",
            );
        }
        return None;
    };
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '$';
    let word = |part: &str| !part.is_empty() && part.len() <= 64 && part.chars().all(sound);
    if field.value.split('.').filter(|part| word(part)).count() != 2
        || field.value.matches('.').count() != 1
    {
        let message = format!("\"{}\" is not a table; write \"schema.table\"", field.value);
        reader.error(&field.at, message);
    }
    Some(Heartbeat { table: field.value.clone(), write: or(file.heartbeat_write.as_ref(), false) })
}
