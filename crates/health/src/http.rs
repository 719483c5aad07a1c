//! One HTTP/1.1 request over a fresh connection.
use std::net::IpAddr;

use bytes::Bytes;
use http::uri::{Authority, PathAndQuery};
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Empty};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

use crate::check::{CheckError, HttpCheck};
use crate::connect;
use crate::outcome::{Problem, Warning};
use crate::stage::{Stage, Step};
use crate::tls::{self, Terms, Trust, handshake};

pub(crate) async fn request(
    check: &HttpCheck,
    address: IpAddr,
    trust: &Trust,
    stage: &Stage,
) -> Result<Vec<Warning>, Problem> {
    let request = build(check, address)?;
    let stream = connect::tcp(address, check.port, stage).await?;
    let warnings = if check.https {
        let terms = Terms { host: check.host.as_deref(), address, verify: check.verify };
        let (stream, seen) = handshake(stream, &terms, trust, stage).await?;
        let warnings = seen.judge(check.expiry_warning)?;
        exchange(stream, request, check, stage).await?;
        warnings
    } else {
        exchange(stream, request, check, stage).await?;
        Vec::new()
    };
    Ok(warnings)
}

/// Whether method, path and host can stand in a request.
pub(crate) fn validate(check: &HttpCheck) -> Result<(), CheckError> {
    Method::from_bytes(check.method.as_bytes())
        .map_err(|_| CheckError::new("method", format!("\"{}\" is no method", check.method)))?;
    let path: Result<PathAndQuery, _> = check.path.parse();
    if path.is_err() || !check.path.starts_with('/') || check.path.contains('#') {
        let rule = "a path begins with / and is percent-encoded";
        let shown = check.path.escape_debug();
        return Err(CheckError::new("path", format!("\"{shown}\" is not a path: {rule}")));
    }
    let Some(host) = check.host.as_deref() else { return Ok(()) };
    let authority: Option<Authority> = host.parse().ok();
    let bare = authority.filter(|a| a.port().is_none() && a.host() == host && !host.contains('@'));
    if bare.is_none() {
        let rule = "a host is a name, with A-labels (xn--…) if it has other letters, without port";
        let shown = host.escape_debug();
        return Err(CheckError::new("host", format!("\"{shown}\" is not a host: {rule}")));
    }
    if check.https { tls::validate(Some(host)) } else { Ok(()) }
}

fn build(check: &HttpCheck, address: IpAddr) -> Result<Request<Empty<Bytes>>, Problem> {
    let not_run = |what: &str, why: &dyn std::fmt::Display| Problem::NotRun {
        message: format!("the check's {what} cannot be sent: {why}"),
    };
    let method = Method::from_bytes(check.method.as_bytes()).map_err(|e| not_run("method", &e))?;
    let name = check.host.clone().unwrap_or_else(|| match address {
        IpAddr::V4(v4) => v4.to_string(),
        IpAddr::V6(v6) => format!("[{v6}]"),
    });
    let usual = if check.https { 443 } else { 80 };
    let host = if check.port == usual { name } else { format!("{name}:{}", check.port) };
    Request::builder()
        .method(method)
        .uri(check.path.as_str())
        .header(header::HOST, host)
        .header(header::USER_AGENT, concat!("schwenk-health/", env!("CARGO_PKG_VERSION")))
        .header(header::ACCEPT, "*/*")
        .header(header::CONNECTION, "close")
        .body(Empty::new())
        .map_err(|e| not_run("path or host", &e))
}

async fn exchange<S>(
    stream: S,
    request: Request<Empty<Bytes>>,
    check: &HttpCheck,
    stage: &Stage,
) -> Result<(), Problem>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    stage.enter(Step::AwaitingResponse);
    let (mut sender, connection) =
        http1::handshake(TokioIo::new(stream)).await.map_err(|e| broken(&e))?;
    let mut connection = std::pin::pin!(connection);
    let talk = async {
        let mut response = sender.send_request(request).await.map_err(|e| broken(&e))?;
        judge_status(check, response.status())?;
        if check.contains.is_empty() && check.lacks.is_empty() {
            return Ok(());
        }
        stage.enter(Step::ReadingBody);
        let mut body = Vec::new();
        while let Some(frame) = response.body_mut().frame().await {
            let frame = frame.map_err(|e| broken(&e))?;
            let data = frame.data_ref().map_or(&[][..], |data| data.as_ref());
            let room = check.body_max - body.len();
            body.extend_from_slice(&data[..data.len().min(room)]);
            if body.len() >= check.body_max {
                break;
            }
        }
        judge_body(check, &body)
    };
    let mut talk = std::pin::pin!(talk);
    // The connection's future moves the bytes; when it ends first, the response is either complete
    // in memory or will never come, and `talk` says which.
    tokio::select! {
        biased;
        result = &mut talk => result,
        _ = &mut connection => talk.await,
    }
}

fn judge_status(check: &HttpCheck, status: StatusCode) -> Result<(), Problem> {
    let code = status.as_u16();
    if check.status.iter().any(|good| good.contains(&code)) {
        Ok(())
    } else {
        Err(Problem::Status { code })
    }
}

fn judge_body(check: &HttpCheck, body: &[u8]) -> Result<(), Problem> {
    let has = |text: &String| {
        text.is_empty() || body.windows(text.len()).any(|part| part == text.as_bytes())
    };
    if let Some(text) = check.contains.iter().find(|text| !has(text)) {
        return Err(Problem::BodyLacks { text: text.clone() });
    }
    if let Some(text) = check.lacks.iter().find(|text| has(text)) {
        return Err(Problem::BodyContains { text: text.clone() });
    }
    Ok(())
}

fn broken(error: &hyper::Error) -> Problem {
    let mut cause: Option<&dyn std::error::Error> = std::error::Error::source(error);
    while let Some(inner) = cause {
        if let Some(io) = inner.downcast_ref::<std::io::Error>() {
            return connect::problem(io);
        }
        cause = inner.source();
    }
    if error.is_parse() {
        return Problem::Protocol { message: "the answer is not HTTP".to_owned() };
    }
    if error.is_incomplete_message() || error.is_canceled() {
        let message = "the server closed the connection before it answered".to_owned();
        return Problem::Broken { message };
    }
    Problem::Broken { message: error.to_string() }
}
