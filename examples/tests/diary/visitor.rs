//! A visitor with a cookie jar of one cookie, who reads what the pages say.
use std::time::Duration;

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use reqwest::header::{COOKIE, HeaderMap, SET_COOKIE};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};

use crate::site::Site;

pub const PASSWORD: &str = "correct horse battery";

/// A page as it came.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().expect("text"))
    }

    /// The value of the first hidden field of this name.
    pub fn hidden(&self, name: &str) -> String {
        let begin = format!("name=\"{name}\" value=\"");
        let (_, rest) =
            self.body.split_once(&begin).unwrap_or_else(|| panic!("no {name}: {self:?}"));
        rest.split('"').next().unwrap_or_default().to_owned()
    }
}

/// Somebody at a browser that follows no redirect.
#[derive(Clone)]
pub struct Visitor {
    client: Client,
    pub cookie: Option<String>,
}

impl Visitor {
    pub fn new() -> Self {
        let client = Client::builder().no_proxy().redirect(Policy::none());
        Self { client: client.build().expect("a client"), cookie: None }
    }

    /// Somebody who comes with this cookie.
    pub fn with(cookie: Option<String>) -> Self {
        Self { cookie, ..Self::new() }
    }

    /// Somebody who has logged in.
    pub async fn logged_in(site: &Site, name: &str) -> Self {
        let mut visitor = Self::new();
        let form = [("name", name), ("password", PASSWORD)];
        let answer = visitor.insist(site, "login.php", Some(&form)).await;
        assert_eq!(answer.status, 303, "{answer:?}");
        visitor
    }

    pub async fn log_in(&mut self, site: &Site, name: &str, password: &str) -> Answer {
        self.post(site, "login.php", &[("name", name), ("password", password)]).await
    }

    pub async fn get(&mut self, site: &Site, path: &str) -> Answer {
        self.ask(Method::GET, site, path, &[], "").await
    }

    pub async fn post(&mut self, site: &Site, path: &str, form: &[(&str, &str)]) -> Answer {
        let pair = |(name, value): &(&str, &str)| format!("{name}={}", encoded(value));
        let body = form.iter().map(pair).collect::<Vec<_>>().join("&");
        let kind = [("content-type", "application/x-www-form-urlencoded")];
        self.ask(Method::POST, site, path, &kind, &body).await
    }

    pub async fn ask(
        &mut self,
        method: Method,
        site: &Site,
        path: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Answer {
        let mut request = self.client.request(method, format!("{}{path}", site.url()));
        if let Some(cookie) = &self.cookie {
            request = request.header(COOKIE, cookie);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request.body(body.to_owned()).send().await.expect("an answer");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        if let Some(cookie) = headers.get(SET_COOKIE) {
            let cookie = cookie.to_str().expect("text").split(';').next().unwrap_or_default();
            self.cookie = Some(cookie.to_owned());
        }
        Answer { status, headers, body: response.text().await.expect("a page") }
    }

    /// Whether the site knows the session.
    pub async fn is_known(&mut self, site: &Site) -> bool {
        // A refusal may take the cookie away; asking must not.
        self.clone().get(site, "").await.status == 200
    }

    /// Writes a new entry; its id.
    pub async fn write(&mut self, site: &Site, text: &str) -> String {
        let page = self.insist(site, "", None).await;
        let (token, entry) = (page.hidden("token"), page.hidden("entry"));
        let form =
            [("token", token.as_str()), ("entry", &entry), ("revision", "0"), ("body", text)];
        let saved = self.insist(site, "entry.php", Some(&form)).await;
        assert_eq!(saved.status, 303, "{saved:?}");
        entry
    }

    /// Gets a page or sends a form again, as the page's script does, while the answer is "please
    /// wait": a busy machine's disk can hold a database up for longer than a visitor is let wait.
    pub async fn insist(
        &mut self,
        site: &Site,
        path: &str,
        form: Option<&[(&str, &str)]>,
    ) -> Answer {
        for _ in 0..10 {
            let answer = match form {
                Some(form) => self.post(site, path, form).await,
                None => self.get(site, path).await,
            };
            if answer.status != 503 {
                return answer;
            }
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        panic!("{path} of {} has been answered with 503 ten times", site.url());
    }

    /// Saves a text upon the version that the site shows, or that is given.
    pub async fn change(
        &mut self,
        site: &Site,
        entry: &str,
        revision: Option<&str>,
        text: &str,
    ) -> Answer {
        let page = self.get(site, &format!("entry.php?id={entry}")).await;
        let (token, shown) = (page.hidden("token"), page.hidden("revision"));
        let revision = revision.unwrap_or(&shown);
        let form =
            [("token", token.as_str()), ("entry", entry), ("revision", revision), ("body", text)];
        self.post(site, "entry.php", &form).await
    }
}

fn encoded(text: &str) -> String {
    utf8_percent_encode(text, NON_ALPHANUMERIC).to_string()
}
