//! Boot scripts: what turns a bare Debian into a server of a layout.
//!
//! [`script`] gives one POSIX shell script per server. It runs as user data at Hetzner (at the first
//! boot) and as `startup-script` at Google (at every boot), on Debian 12 and 13, on x86 and ARM. It
//! installs itself as a systemd unit that is tried again until all is done, and changes only what
//! differs, so it can be run at any time: over ssh, too, which is how a running server at Hetzner
//! gets new settings or a renewed certificate.
//!
//! [`files`] gives the single files that the script puts in place, for looking at and for checking
//! them with the programs that will read them.
//!
//! ```
//! use std::time::SystemTime;
//!
//! use cloud_api::boot::{self, Secrets, Settings};
//! use cloud_api::{Host, Layout, Location, Name, Range, Role};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let host = |name: &str, role, public: &str, private: &str| -> Result<_, Box<dyn std::error::Error>> {
//!     Ok(Host::new(Name::parse(name)?, role, Some(public.parse()?), private.parse()?))
//! };
//! let london = Location::new(
//!     Name::parse("london")?,
//!     Range::parse("10.154.0.0/24")?,
//!     vec![
//!         host("haproxy-one", Role::Haproxy, "203.0.113.5", "10.154.0.5")?,
//!         host("app-one", Role::App, "203.0.113.6", "10.154.0.6")?,
//!         host("db-one", Role::Db, "203.0.113.7", "10.154.0.7")?,
//!     ],
//! );
//! let layout = Layout::new(vec![london]);
//! let settings = Settings::new("shop.example.com");
//!
//! // Kept by the caller, where nobody else can read them.
//! let secrets = Secrets::generate(&layout, &settings, SystemTime::now())?;
//! let script = boot::script(&layout, &settings, &secrets, "haproxy-one")?;
//! # use secrecy::ExposeSecret;
//! assert!(script.expose_secret().starts_with("#!/bin/sh\n"));
//!
//! let files = boot::files(&layout, &settings, &secrets, "haproxy-one")?;
//! assert!(files.iter().any(|file| file.path == "/etc/haproxy/haproxy.cfg"));
//! # Ok(())
//! # }
//! ```
mod certificate;
mod check;
mod error;
mod file;
mod hidden;
mod pack;
mod render;
mod roles;
mod secrets;
mod settings;
mod view;

use secrecy::SecretString;

pub use self::error::BootError;
pub use self::file::{File, Keep};
pub use self::secrets::Secrets;
pub use self::settings::{
    Acme, Admin, Application, Balance, Binary, Database, DnsPeer, DnsSettings, HealthPage,
    Settings, WatcherSettings,
};
use self::view::View;
use crate::layout::Layout;

/// The longest script in bytes: what Hetzner takes as user data
/// (<https://docs.hetzner.cloud/reference/cloud#tag/servers/create_server>); Google takes more.
pub const SCRIPT_BYTES_MAX: usize = 32 * 1024;

/// The boot script of the server `host`.
///
/// It holds secrets: it belongs into user data or metadata, and into no log, label or plan. Fails
/// when layout or settings do not fit together, when `secrets` lack something
/// ([`Secrets::complete`]), and when the script is longer than [`SCRIPT_BYTES_MAX`].
pub fn script(
    layout: &Layout,
    settings: &Settings,
    secrets: &Secrets,
    host: &str,
) -> Result<SecretString, BootError> {
    let view = View::of(layout, settings, secrets, host)?;
    let files = roles::files(&view, settings, secrets)?;
    pack::script(&view, settings, &files)
}

/// The files that the boot script of the server `host` puts in place, in the order of their paths.
///
/// Fails like [`script`], but for the length.
pub fn files(
    layout: &Layout,
    settings: &Settings,
    secrets: &Secrets,
    host: &str,
) -> Result<Vec<File>, BootError> {
    let view = View::of(layout, settings, secrets, host)?;
    roles::files(&view, settings, secrets)
}
