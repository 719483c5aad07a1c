//! TCP connections, and what the operating system's errors mean to an operator.
use std::io;
use std::net::{IpAddr, SocketAddr};

use tokio::net::TcpStream;

use crate::outcome::Problem;
use crate::stage::{Stage, Step};

pub(crate) async fn tcp(address: IpAddr, port: u16, stage: &Stage) -> Result<TcpStream, Problem> {
    stage.enter(Step::Connecting);
    let stream =
        TcpStream::connect(SocketAddr::new(address, port)).await.map_err(|e| problem(&e))?;
    // A probe writes one small request; waiting for more to send would only add latency.
    stream.set_nodelay(true).map_err(|e| problem(&e))?;
    Ok(stream)
}

/// Translates an IO error. Errors that come from this machine and say nothing about the site become
/// [`Problem::NotRun`].
pub(crate) fn problem(error: &io::Error) -> Problem {
    use io::ErrorKind as K;
    let message = || words(error);
    match error.kind() {
        K::ConnectionRefused => Problem::Refused,
        K::HostUnreachable | K::NetworkUnreachable | K::NetworkDown => {
            Problem::Unreachable { message: message() }
        }
        K::PermissionDenied | K::AddrNotAvailable | K::AddrInUse | K::OutOfMemory => {
            Problem::NotRun { message: message() }
        }
        // EMFILE and ENFILE have no stable kind.
        _ if matches!(error.raw_os_error(), Some(23 | 24)) => Problem::NotRun {
            message: "too many open files on this machine; raise the limit (ulimit -n)".to_owned(),
        },
        _ => Problem::Broken { message: message() },
    }
}

/// The error's words without "(os error 104)", which tells an operator nothing.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let bare = text.split(" (os error").next().unwrap_or(&text);
    let mut letters = bare.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_file_table_is_not_the_sites_fault() {
        let emfile = io::Error::from_raw_os_error(24);
        assert!(matches!(problem(&emfile), Problem::NotRun { .. }));
    }

    #[test]
    fn a_reset_connection_is_described_without_its_number() {
        let reset = io::Error::from_raw_os_error(104);
        assert_eq!(problem(&reset).to_string(), "connection broke: connection reset by peer");
    }
}
