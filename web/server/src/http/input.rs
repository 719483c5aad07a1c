//! What callers send: JSON bodies, queries and names, refused with a reason when they are malformed.
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, FromRequestParts, Path, Query, Request};
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;

use super::problem::Refusal;

/// The largest body the API reads; its largest request is far smaller.
pub const BODY_MAX: usize = 64 * 1024;

/// A JSON body.
#[derive(Debug)]
pub struct Body<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for Body<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let media = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.and_then(|value| value.split(';').next()).unwrap_or("").trim();
        if !media.eq_ignore_ascii_case("application/json") {
            let title = "Wrong content type";
            let detail = "send JSON with \"Content-Type: application/json\"";
            let status = StatusCode::UNSUPPORTED_MEDIA_TYPE;
            return Err(Refusal::new(status, "wrong_content_type", title, detail));
        }
        let bytes = Bytes::from_request(request, state).await.map_err(unreadable)?;
        let value = serde_json::from_slice(&bytes);
        value.map(Self).map_err(|error| Refusal::bad_request(format!("the body: {error}")))
    }
}

fn unreadable(rejection: BytesRejection) -> Refusal {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        let detail = format!("the body may have at most {BODY_MAX} bytes");
        Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "Body too large", detail)
    } else {
        Refusal::bad_request("the body broke off")
    }
}

/// A query string.
#[derive(Debug)]
pub struct Ask<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequestParts<S> for Ask<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        match Query::<T>::try_from_uri(&parts.uri) {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(Refusal::bad_request(rejection.body_text())),
        }
    }
}

/// A name in the path.
#[derive(Debug)]
pub struct Named(pub String);

impl<S: Send + Sync> FromRequestParts<S> for Named {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Refusal> {
        match Path::<String>::from_request_parts(parts, state).await {
            Ok(Path(name)) => Ok(Self(name)),
            Err(rejection) => Err(Refusal::bad_request(rejection.body_text())),
        }
    }
}
