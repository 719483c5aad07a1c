//! Matrix: a message in a room, through the client-server API.
use std::sync::Arc;
use std::time::Instant;

use async_trait::async_trait;
use cloud_http::{Failure, Transport, encode};
use http::Method;
use secrecy::SecretString;
use serde_json::json;

use crate::post::Post;
use crate::{Channel, Kind, Message};

/// Sends to one room, as the user that the access token belongs to, who must be a member of it.
///
/// The message's id is the transaction id, so a message that is sent again is shown once:
/// <https://spec.matrix.org/latest/client-server-api/#put_matrixclientv3roomsroomidsendeventtypetxnid>.
#[derive(Clone, Debug)]
pub struct Matrix {
    base: String,
    room: String,
    token: SecretString,
    post: Post,
}

impl Matrix {
    /// Sends to `room` (its id, `!…`) at `homeserver`, such as `https://matrix.example.com`.
    pub fn new(
        homeserver: &str,
        room: &str,
        token: SecretString,
        transport: Arc<dyn Transport>,
    ) -> Self {
        let base = homeserver.trim_end_matches('/').to_owned();
        let post = Post::new(transport, vec![token.clone()]);
        Self { base, room: room.to_owned(), token, post }
    }
}

#[async_trait]
impl Channel for Matrix {
    fn kind(&self) -> &'static str {
        "matrix"
    }

    fn is_idempotent(&self) -> bool {
        true
    }

    async fn deliver(&self, message: &Message, deadline: Instant) -> Result<(), Failure> {
        // A notice does not ring (m.notice, "automated clients").
        let quiet = message.quiet || message.kind == Kind::Test;
        let (head, details) = (message.headline(), message.details());
        let html = format!("<strong>{}</strong><br/>{}", escaped(&head), escaped(&details));
        let body = json!({
            "msgtype": if quiet { "m.notice" } else { "m.text" },
            "body": message.plain().trim_end(),
            "format": "org.matrix.custom.html",
            "formatted_body": html,
        });
        let url = format!(
            "{}/_matrix/client/v3/rooms/{}/send/m.room.message/{}",
            self.base,
            encode(&self.room),
            encode(&message.id)
        );
        self.post.json(Method::PUT, &url, Some(&self.token), &body, deadline).await.map(drop)
    }
}

fn escaped(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    text.replace('\n', "<br/>")
}
