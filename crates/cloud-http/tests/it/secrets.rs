//! No public type prints a secret, however it is formatted.
use std::fmt::Debug;
use std::sync::Arc;

use cloud_http::google::{
    AuthorizedUser, Credentials, MetadataServer, ServiceAccount, ServiceAccountKey,
    UserCredentials, Wiring,
};
use cloud_http::{Client, HttpOptions, Pacer, Request, StaticToken, TokenSource};
use serde_json::json;

use crate::server::Server;
use crate::service_account::{granted, key_file, pem};
use crate::support::{PlainVendor, TOKEN, call, client, later, static_token, transport};
use crate::user;

fn check(what: &str, value: &dyn Debug, secrets: &[&str]) {
    for text in [format!("{value:?}"), format!("{value:#?}")] {
        assert!(!text.is_empty());
        for secret in secrets {
            assert!(!text.contains(secret), "{what} prints a secret: {text}");
        }
    }
}

#[tokio::test]
async fn no_type_prints_a_key_or_a_token() {
    let server = Server::start(|_, _| granted("ya29.granted-secret", json!(3600))).await;
    let wiring = Wiring::new(transport());
    let file = key_file(&server.url).to_string();
    let user_file = user::file(&server.url).to_string();
    let pem = pem();
    let key_line = pem.lines().nth(3).unwrap();
    let secrets = [
        TOKEN,
        key_line,
        "BEGIN PRIVATE KEY",
        "ya29.granted-secret",
        "d-FL95Q19q7MQmFpd7hHD0Ty",
        "1//0g-refresh",
        "hunter2",
    ];
    let key = ServiceAccountKey::from_json(&file).unwrap();
    check("ServiceAccountKey", &key, &secrets);
    let account = ServiceAccount::new(key, &["s"], wiring.clone());
    account.token(later()).await.unwrap();
    check("ServiceAccount with a token", &account, &secrets);
    let login = UserCredentials::from_json(&user_file).unwrap();
    check("UserCredentials", &login, &secrets);
    let login = AuthorizedUser::new(login, wiring.clone());
    login.token(later()).await.unwrap();
    check("AuthorizedUser with a token", &login, &secrets);
    for text in [&file, &user_file] {
        check("Credentials", &Credentials::from_json(text, "f", &[], &wiring).unwrap(), &secrets);
    }
    check("MetadataServer", &MetadataServer::new(wiring.clone()), &secrets);
    check("StaticToken", &StaticToken::new(TOKEN.into()), &secrets);
    check("Client", &client(&server.url), &secrets);
    check("Wiring", &wiring, &secrets);
    let tokens: Arc<dyn TokenSource> = Arc::new(account);
    let client = Client::new("acme", &server.url, transport(), tokens, Arc::new(PlainVendor))
        .with_pacer(Arc::new(Pacer::unlimited()));
    client.send(&Request::read("read", "/"), call()).await.unwrap();
    check("Client with a token source", &client, &secrets);
    let mut options = HttpOptions::default();
    options.proxy = Some("http://me:hunter2@proxy.example.com".into());
    check("HttpOptions", &options, &secrets);
    check("TokenSource", &static_token(), &secrets);
}

#[tokio::test]
async fn a_request_in_flight_prints_no_token() {
    #[derive(Debug)]
    struct Printing;

    #[async_trait::async_trait]
    impl cloud_http::Transport for Printing {
        async fn send(
            &self,
            request: http::Request<bytes::Bytes>,
            _deadline: std::time::Instant,
        ) -> Result<http::Response<bytes::Bytes>, cloud_http::TransportError> {
            check("http::Request", &request, &[TOKEN]);
            Ok(http::Response::new(bytes::Bytes::new()))
        }
    }

    let client = Client::new(
        "acme",
        "https://api.example.com",
        Arc::new(Printing),
        static_token(),
        Arc::new(PlainVendor),
    );
    client.send(&Request::read("read", "/"), call()).await.unwrap();
}
