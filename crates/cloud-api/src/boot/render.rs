//! The templates and the engine that fills them in.
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{AutoEscape, Environment, UndefinedBehavior};
use serde_json::Value;

use super::error::BootError;
use super::view::View;

macro_rules! templates {
    ($($name:literal),* $(,)?) => {
        const TEMPLATES: &[(&str, &str)] = &[$(($name, include_str!(concat!("templates/", $name)))),*];
    };
}

templates! {
    "script.sh",
    "base.sh",
    "base/apt.conf",
    "base/fail2ban.local",
    "base/nftables.conf",
    "base/sshd.conf",
    "base/sysctl.conf",
    "haproxy.sh",
    "haproxy/haproxy.cfg",
    "haproxy/acme.sh",
    "haproxy/acme.service",
    "haproxy/acme.timer",
    "app.sh",
    "app/ports.conf",
    "app/site.conf",
    "app/tuning.conf",
    "app/php.ini",
    "app/health.php",
    "db.sh",
    "db/mariadb.cnf",
    "db/peer.cnf",
    "db/setup.sh",
    "db/first.sql",
    "db/accounts.sql",
    "db/replicate.sql",
    "dns.sh",
    "dns/knot.conf",
    "watcher.sh",
    "watcher/schwenk.service",
}

/// Fills in a template from a server's view and from what only this template needs. A name it does
/// not find is an error, never an empty text.
pub(super) fn render(name: &str, view: &View, more: Value) -> Result<String, BootError> {
    let problem = |why: String| BootError::Template { name: name.to_owned(), why };
    let mut all = serde_json::to_value(view).map_err(|error| problem(error.to_string()))?;
    if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
        all.extend(more);
    }
    // With the cause: the outer error says only which line.
    let rendered = environment().and_then(|it| it.get_template(name)?.render(Serde(all)));
    rendered.map_err(|error| problem(format!("{error:#}")))
}

fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    // None of this is HTML; what goes into a shell script passes the filter `sh`, and `check` has
    // refused whatever would mean something elsewhere.
    environment.set_auto_escape_callback(|_| AutoEscape::None);
    let mut syntax = SyntaxConfig::builder();
    syntax.keep_trailing_newline(true).trim_blocks(true).lstrip_blocks(true);
    environment.set_syntax(syntax.build()?);
    environment.add_filter("sh", sh);
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// One word for a POSIX shell, whatever is in it.
fn sh(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_for_the_shell_stays_one_word() {
        assert_eq!(sh("it's $(here)"), r"'it'\''s $(here)'");
        assert_eq!(sh(""), "''");
    }
}
