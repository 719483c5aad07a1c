//! `[server]`: who may come in, and by which door.
use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use argon2::password_hash::phc::PasswordHash;
use secrecy::ExposeSecret;

use super::{name, or};
use crate::config::file::ServerFile;
use crate::config::model::{Account, Server};
use crate::config::problem::At;
use crate::config::read::{Field, Reader};
use crate::config::secret::Surroundings;

const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 8420);
const SESSION: Duration = Duration::from_secs(12 * 3600);
const SESSION_MAX: Duration = Duration::from_secs(30 * 86_400);

pub fn server(
    file: Option<&Field<ServerFile>>,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<Server> {
    let Some(Field { value: file, .. }) = file else {
        return Some(Server {
            listen: LISTEN,
            metrics_listen: None,
            public_origin: None,
            session: SESSION,
            users: Vec::new(),
            tokens: Vec::new(),
        });
    };
    let listen = or(file.listen.as_ref(), LISTEN);
    remote(file, listen, reader);
    let metrics_listen = metrics(file, listen, reader);
    let session = or(file.session.as_ref(), SESSION);
    if let Some(field) = &file.session
        && !(Duration::from_secs(60)..=SESSION_MAX).contains(&session)
    {
        reader.error(&field.at, "a login must last from 1 min to 30 d; write \"12 h\"");
    }
    let mut taken = BTreeMap::new();
    let mut users = Vec::new();
    for Field { value: user, at } in file.users.iter().flat_map(|list| &list.value) {
        let name = name(at, "name", user.name.as_ref(), &mut taken, reader);
        let hash = hash(at, "password_hash", user.password_hash.as_ref(), around, reader);
        let role = reader.need(at, "role", user.role.as_ref(), "write \"view\" or \"operate\"");
        if let (Some(name), Some(hash), Some(role)) = (name, hash, role) {
            users.push(Account { name, hash, role: role.value });
        }
    }
    let mut tokens = Vec::new();
    for Field { value: token, at } in file.tokens.iter().flat_map(|list| &list.value) {
        let name = name(at, "name", token.name.as_ref(), &mut taken, reader);
        let hash = hash(at, "token_hash", token.token_hash.as_ref(), around, reader);
        let role = reader.need(at, "role", token.role.as_ref(), "write \"view\" or \"operate\"");
        if let (Some(name), Some(hash), Some(role)) = (name, hash, role) {
            tokens.push(Account { name, hash, role: role.value });
        }
    }
    let public_origin = file.public_url.as_ref().map(|field| origin(field, reader));
    let public_origin = public_origin.flatten();
    Some(Server { listen, metrics_listen, public_origin, session, users, tokens })
}

/// Refuses to be reachable from other machines by accident.
fn remote(file: &ServerFile, listen: SocketAddr, reader: &mut Reader<'_>) {
    let allowed = or(file.allow_remote.as_ref(), false);
    if !listen.ip().is_loopback()
        && !allowed
        && let Some(field) = &file.listen
    {
        reader.error(
            &field.at,
            format!(
                "{listen} can be reached from other machines, where passwords and sessions would \
                 travel unencrypted; listen on 127.0.0.1 behind a proxy that speaks TLS, or write \
                 allow_remote = true"
            ),
        );
    }
}

/// Where the metrics are served without a login: they name services, sites and providers, so that
/// other machines may see them only if somebody wants it.
fn metrics(file: &ServerFile, listen: SocketAddr, reader: &mut Reader<'_>) -> Option<SocketAddr> {
    let field = file.metrics_listen.as_ref()?;
    let address = field.value;
    if !address.ip().is_loopback() && !or(file.allow_remote.as_ref(), false) {
        let message = format!(
            "{address} can be reached from other machines, which would see the metrics without a \
             login; write 127.0.0.1, or allow_remote = true, or let Prometheus ask the panel's \
             address with a token"
        );
        reader.error(&field.at, message);
    } else if address == listen && address.port() != 0 {
        let message = format!("{address} is the panel's own address; choose another port");
        reader.error(&field.at, message);
    }
    Some(address)
}

/// A hash as `schwenk hash-password` prints it, given here or where a secret may stand.
fn hash(
    section: &At,
    key: &str,
    field: Option<&Field<String>>,
    around: &Surroundings<'_>,
    reader: &mut Reader<'_>,
) -> Option<String> {
    let why = "run `schwenk hash-password` and put what it prints here";
    let field = reader.need(section, key, field, why)?;
    let elsewhere = field.value.starts_with("env:") || field.value.starts_with("file:");
    let text = if elsewhere {
        around.secret(field, reader)?.expose_secret().to_owned()
    } else {
        field.value.clone()
    };
    let sound = PasswordHash::new(&text)
        .is_ok_and(|hash| hash.algorithm.as_str() == "argon2id" && hash.hash.is_some());
    if !sound {
        let remedy = "run `schwenk hash-password` and write the line it prints";
        reader.error(&field.at, format!("this is not an argon2id hash; {remedy}"));
        return None;
    }
    Some(text)
}

/// The origin of the URL that browsers use.
fn origin(field: &Field<String>, reader: &mut Reader<'_>) -> Option<String> {
    let uri: Option<http::Uri> = field.value.parse().ok();
    let origin = uri.as_ref().and_then(|uri| {
        let scheme = uri.scheme_str().filter(|scheme| ["http", "https"].contains(scheme))?;
        let bare = uri.path() == "/" && uri.query().is_none();
        let authority =
            uri.authority().filter(|authority| bare && !authority.as_str().contains('@'))?;
        Some(format!("{scheme}://{}", authority.as_str().to_ascii_lowercase()))
    });
    if origin.is_none() {
        let remedy = "write \"https://schwenk.example.com\", without a path";
        reader.error(
            &field.at,
            format!("\"{}\" is not the address of a site; {remedy}", field.value),
        );
    }
    origin
}
