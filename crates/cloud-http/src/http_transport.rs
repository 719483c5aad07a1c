//! The transport over real HTTP: the only place that knows reqwest.
use std::error::Error as StdError;
use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use http::{Response, Uri};
use secrecy::{ExposeSecret, SecretString};

use crate::connect_limit::{CONNECT_BY, ConnectLimit, ConnectTimeout};
use crate::{Transport, TransportError, TransportErrorKind as Kind, excerpt};

/// Never asked through a proxy; see [`is_local`].
const UNPROXIED: &str = "localhost,127.0.0.0/8,::1,metadata.google.internal,169.254.169.254";

/// How an [`HttpTransport`] behaves. Start from the default and change what you need.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct HttpOptions {
    /// The longest a connection may take, name resolution and TLS handshake included. Default: 3 s.
    pub connect_timeout: Duration,
    /// Sent when a request has no `User-Agent` of its own.
    pub user_agent: String,
    /// The largest response body, in bytes. Default: 8 MiB.
    pub response_max: usize,
    /// Whether plain `http` may leave this machine. Loopback addresses and Google's metadata
    /// server, which the machine itself provides, are always allowed.
    pub allow_plain: bool,
    /// The proxy for all requests, such as `http://proxy.example.com:3128`; it may hold a user
    /// and a password. Loopback addresses and the metadata server are asked without it.
    /// Environment variables are never read.
    pub proxy: Option<SecretString>,
    /// Certificates (PEM) trusted beside the system's, for a proxy that opens TLS.
    pub extra_roots: Option<String>,
    /// Trust `extra_roots` only, not the system's certificates.
    pub extra_roots_only: bool,
}

impl Default for HttpOptions {
    fn default() -> Self {
        Self {
            connect_timeout: Duration::from_secs(3),
            user_agent: crate::USER_AGENT.to_owned(),
            response_max: 8 << 20,
            allow_plain: false,
            proxy: None,
            extra_roots: None,
            extra_roots_only: false,
        }
    }
}

/// Why an [`HttpTransport`] could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct HttpOptionsError {
    message: String,
    #[source]
    source: Option<Box<dyn StdError + Send + Sync>>,
}

/// Sends requests over HTTP/1.1 or HTTP/2, keeping connections open between them. Cheap to clone.
///
/// Needs a tokio runtime. Redirects are not followed, cookies not kept, nothing is retried except
/// a request that a reused connection never took.
#[derive(Clone, Debug)]
pub struct HttpTransport {
    client: reqwest::Client,
    options: Arc<HttpOptions>,
}

impl HttpTransport {
    /// A transport that behaves as `options` say. Fails on an unusable proxy URL or certificate,
    /// and where there is not one trusted certificate on the machine.
    pub fn new(options: HttpOptions) -> Result<Self, HttpOptionsError> {
        let mut builder = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .user_agent(&options.user_agent)
            .connect_timeout(options.connect_timeout)
            .connector_layer(ConnectLimit)
            // A connection through a cloud that died is best forgotten soon.
            .pool_idle_timeout(Duration::from_secs(30))
            .tcp_keepalive(Duration::from_secs(15))
            .referer(false)
            .no_proxy();
        if let Some(proxy) = &options.proxy {
            let proxy = reqwest::Proxy::all(proxy.expose_secret())
                .map_err(|_| refused("the proxy is not a URL such as http://host:3128", None))?;
            builder = builder.proxy(proxy.no_proxy(reqwest::NoProxy::from_string(UNPROXIED)));
        }
        let mut roots = Vec::new();
        if let Some(pem) = &options.extra_roots {
            roots = reqwest::Certificate::from_pem_bundle(pem.as_bytes())
                .map_err(|e| refused("the extra root certificates are not PEM", Some(e)))?;
            if roots.is_empty() {
                let text = "the extra root certificates hold no \"BEGIN CERTIFICATE\"";
                return Err(refused(text, None));
            }
        }
        builder = if options.extra_roots_only {
            builder.tls_certs_only(roots)
        } else {
            builder.tls_certs_merge(roots)
        };
        let client = builder.build().map_err(|e| {
            let text = "TLS cannot be set up (are there root certificates on this machine? On \
                        Debian they come with the package ca-certificates)";
            refused(text, Some(e))
        })?;
        Ok(Self { client, options: Arc::new(options) })
    }

    /// Refuses what must not be sent and says whom the request goes to.
    fn peer(&self, uri: &Uri) -> Result<String, TransportError> {
        let wrong = |text: String| TransportError::new(Kind::Request, text);
        let host = uri.host().ok_or_else(|| wrong("the URL has no host".to_owned()))?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(wrong(format!("the URL of {host} holds a user name; URLs get logged")));
        }
        match uri.scheme_str() {
            Some("https") => {}
            Some("http") if self.options.allow_plain || is_local(host) => {}
            Some("http") => {
                return Err(wrong(format!(
                    "plain http to {host} would show the token to everyone on the way: use https \
                     (plain http is for loopback addresses only, unless it is allowed explicitly)"
                )));
            }
            other => {
                let scheme = other.unwrap_or("no scheme");
                return Err(wrong(format!("the URL of {host} has {scheme}; https is needed")));
            }
        }
        Ok(uri.port_u16().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}")))
    }

    async fn exchange(
        &self,
        request: http::Request<Bytes>,
        peer: &str,
    ) -> Result<Response<Bytes>, TransportError> {
        let request = reqwest::Request::try_from(request).map_err(|e| explain(e, peer))?;
        let mut answer = self.client.execute(request).await.map_err(|e| explain(e, peer))?;
        let mut body = BytesMut::new();
        let announced = answer.content_length().unwrap_or(0);
        while let Some(chunk) = answer.chunk().await.map_err(|e| explain(e, peer))? {
            let max = self.options.response_max;
            if body.len() + chunk.len() > max || announced > max as u64 {
                let text = format!("the answer of {peer} is larger than {max} bytes");
                return Err(TransportError::new(Kind::Response, text));
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.version_mut() = answer.version();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

#[async_trait]
impl Transport for HttpTransport {
    async fn send(
        &self,
        request: http::Request<Bytes>,
        deadline: Instant,
    ) -> Result<Response<Bytes>, TransportError> {
        let peer = self.peer(request.uri())?;
        let started = Instant::now();
        let left = deadline.saturating_duration_since(started);
        if left.is_zero() {
            let text = format!("the deadline passed before a request to {peer}");
            return Err(TransportError::new(Kind::Connect, text));
        }
        // A little before the deadline, so that "no connection" and "no answer" stay apart: only
        // after the latter may the server have acted.
        let connect_by = deadline - (left / 20).min(Duration::from_millis(100));
        let exchange = CONNECT_BY.scope(connect_by, self.exchange(request, &peer));
        match tokio::time::timeout_at(deadline.into(), exchange).await {
            Ok(result) => result,
            Err(_) => {
                let text = format!("no answer from {peer} within {}", seconds(left));
                Err(TransportError::new(Kind::Timeout, text))
            }
        }
    }
}

/// Whether a host is this machine or the metadata server its hypervisor provides.
fn is_local(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    matches!(host, "localhost" | "metadata.google.internal" | "169.254.169.254")
        || bare.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

fn seconds(duration: Duration) -> String {
    format!("{:.1} s", duration.as_secs_f64())
}

fn refused(message: &str, source: Option<reqwest::Error>) -> HttpOptionsError {
    let message = match &source {
        None => message.to_owned(),
        Some(error) => format!("{message}: {}", root_cause(error)),
    };
    HttpOptionsError { message, source: source.map(|e| Box::new(e.without_url()) as _) }
}

/// What a reqwest error means for the caller, without the URL.
fn explain(error: reqwest::Error, peer: &str) -> TransportError {
    let error = error.without_url();
    let (kind, message) = if error.is_builder() {
        (Kind::Request, format!("the request to {peer} cannot be made: {}", root_cause(&error)))
    } else if error.is_connect() {
        (Kind::Connect, no_connection(&error, peer))
    } else if find::<hyper::Error>(&error).is_some_and(hyper::Error::is_parse) {
        (Kind::Response, format!("{peer} does not speak HTTP: {}", root_cause(&error)))
    } else {
        (Kind::Interrupted, format!("the connection to {peer} broke: {}", root_cause(&error)))
    };
    TransportError { kind, message, source: Some(Box::new(error)) }
}

fn no_connection(error: &reqwest::Error, peer: &str) -> String {
    let cause = root_cause(error);
    let io = |kind| io_errors(error).any(|error| error.kind() == kind);
    if error.is_dns() {
        format!("the name of {peer} does not resolve: {cause}")
    } else if find::<ConnectTimeout>(error).is_some() || error.is_timeout() {
        format!("no connection to {peer} in time")
    } else if io(io::ErrorKind::ConnectionRefused) {
        format!("{peer} refused the connection")
    } else if io(io::ErrorKind::InvalidData) {
        format!("no TLS with {peer}: {cause}")
    } else {
        format!("no connection to {peer}: {cause}")
    }
}

fn chain(error: &reqwest::Error) -> impl Iterator<Item = &(dyn StdError + 'static)> {
    let first: &(dyn StdError + 'static) = error;
    std::iter::successors(Some(first), |&error| error.source())
}

/// All IO errors below, those too that `source` steps over because another one wraps them.
fn io_errors(error: &reqwest::Error) -> impl Iterator<Item = &io::Error> {
    let outer = chain(error).filter_map(|error| error.downcast_ref::<io::Error>());
    outer.flat_map(|error| {
        std::iter::successors(Some(error), |error| error.get_ref()?.downcast_ref::<io::Error>())
    })
}

fn find<T: StdError + 'static>(error: &reqwest::Error) -> Option<&T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

fn root_cause(error: &reqwest::Error) -> String {
    let text = chain(error).last().map(ToString::to_string).unwrap_or_default();
    excerpt(text.as_bytes(), 200)
}
