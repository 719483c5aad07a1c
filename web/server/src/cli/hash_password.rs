//! `schwenk hash-password`: the secret comes from the terminal or standard input, never from the
//! command line, where every user of the machine could see it.
use clap::Args;
use serde_json::json;

use super::ask;
use super::exit::{Exit, Failed};
use super::out::Out;
use crate::http::auth::{hash, random_token};

const LENGTH_MIN: usize = 8;

#[derive(Debug, Args)]
pub struct HashPasswordArgs {
    /// Make a random token of 256 bits and print it with its hash, instead of asking.
    #[arg(long)]
    generate: bool,
}

pub fn hash_password(args: HashPasswordArgs, out: Out) -> Result<Exit, Failed> {
    if args.generate {
        let token = random_token().map_err(Failed::other)?;
        let hash = hash(&token).map_err(Failed::other)?;
        out.print(&json!({ "token": token, "hash": hash }), || {
            format!("token: {token}\nhash:  {hash}")
        })?;
        return Ok(Exit::Done);
    }
    let secret = ask::secret("Password: ")?;
    if secret.chars().count() < LENGTH_MIN {
        let message = format!("too short: use at least {LENGTH_MIN} characters");
        return Err(Failed::input(message));
    }
    if ask::somebody() && ask::secret("The same again: ")? != secret {
        return Err(Failed::input("the two differ; nothing was hashed"));
    }
    let hash = hash(&secret).map_err(Failed::other)?;
    out.print(&json!({ "hash": hash }), || hash.clone())?;
    Ok(Exit::Done)
}
