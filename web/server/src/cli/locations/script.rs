//! `schwenk locations script`: one server's boot script, for a vendor that runs it once only.
use cloud_api::blueprint::Unobserved;
use cloud_api::{Failure, Kind};
use secrecy::ExposeSecret;
use serde::Serialize;

use super::show::answered;
use super::{Work, exit};
use crate::cli::exit::{Exit, Failed};

/// A script on its way to its server.
#[derive(Serialize)]
struct Script<'a> {
    server: &'a str,
    script: &'a str,
}

pub async fn script(work: &Work, name: &str, ran: bool) -> Result<Exit, Failed> {
    let (seen, _) = work.look().await?;
    answered(&seen)?;
    let job = work.job(&Unobserved);
    if ran {
        let marked = job.script_has_run(&seen, name).await;
        marked.map_err(|error| failed(&error.failure))?;
        let done = serde_json::json!({ "server": name, "ran": true });
        work.out.print(&done, || format!("{name} has its present boot script."))?;
        return Ok(Exit::Done);
    }
    let script = job.script(&seen, name).map_err(|failure| failed(&failure))?;
    let script = script.expose_secret();
    work.out.print(&Script { server: name, script }, || script.to_owned())?;
    Ok(Exit::Done)
}

fn failed(failure: &Failure) -> Failed {
    let code = match failure.kind {
        Kind::NotFound | Kind::Invalid | Kind::Unsupported => Exit::Input,
        _ => exit(std::iter::once(failure)),
    };
    Failed::new(code, failure.to_string())
}
