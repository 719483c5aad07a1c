//! Bounds the making of a connection by the request's own deadline, so that a time-out says
//! whether the request can have been sent.
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Instant;

use tower::{Layer, Service};

tokio::task_local! {
    /// By when the connection for the present request must stand.
    pub(crate) static CONNECT_BY: Instant;
}

/// No connection in time: nothing was sent.
#[derive(Debug, thiserror::Error)]
#[error("no connection in time")]
pub(crate) struct ConnectTimeout;

type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Wraps a connector in the limit. reqwest knows only one connect time-out for all requests.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ConnectLimit;

impl<S> Layer<S> for ConnectLimit {
    type Service = Limited<S>;

    fn layer(&self, inner: S) -> Limited<S> {
        Limited(inner)
    }
}

#[derive(Clone, Debug)]
pub(crate) struct Limited<S>(S);

impl<S, R> Service<R> for Limited<S>
where
    S: Service<R, Error = BoxError>,
    S::Future: Send + 'static,
{
    type Response = S::Response;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<S::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, cx: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(cx)
    }

    fn call(&mut self, to: R) -> Self::Future {
        // The connector runs within the request's own future, so the limit is the request's.
        let by = CONNECT_BY.try_with(|by| *by).ok();
        let connect = self.0.call(to);
        Box::pin(async move {
            match by {
                None => connect.await,
                Some(by) => tokio::time::timeout_at(by.into(), connect)
                    .await
                    .unwrap_or_else(|_| Err(Box::new(ConnectTimeout))),
            }
        })
    }
}
