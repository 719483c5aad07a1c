//! Requests that are refused, what every page forbids, and that nothing is told that should not be.
use reqwest::Method;

use crate::is_there;
use crate::pair::Pair;
use crate::sessions::{account, known_at_both};
use crate::site::folder;
use crate::visitor::{Answer, Visitor};

const FORM: (&str, &str) = ("content-type", "application/x-www-form-urlencoded");

async fn visitor(pair: &Pair, name: &str) -> (Visitor, Answer) {
    account(pair, name).await;
    let mut visitor = Visitor::logged_in(&pair.one, name).await;
    known_at_both(pair, &mut visitor).await;
    let page = visitor.get(&pair.one, "").await;
    (visitor, page)
}

#[tokio::test]
async fn a_form_without_the_token_of_its_session_is_refused() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let (mut mine, page) = visitor(&pair, "tokens").await;
    let (_, other) = visitor(&pair, "tokens-other").await;
    let (entry, foreign) = (page.hidden("entry"), other.hidden("token"));
    for token in [None, Some(""), Some("0"), Some(foreign.as_str())] {
        let mut form = vec![("entry", entry.as_str()), ("revision", "0"), ("body", "forged")];
        form.extend(token.map(|token| ("token", token)));
        assert_eq!(mine.post(&pair.one, "entry.php", &form).await.status, 403, "{token:?}");
        form.push(("delete", "1"));
        assert_eq!(mine.post(&pair.one, "entry.php", &form).await.status, 403, "{token:?}");
    }
    assert!(!mine.get(&pair.one, "").await.body.contains("forged"));
}

#[tokio::test]
async fn a_request_that_another_site_caused_is_refused() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let (mut mine, page) = visitor(&pair, "lured").await;
    let (token, entry) = (page.hidden("token"), page.hidden("entry"));
    let body = format!("token={token}&entry={entry}&revision=0&body=forged");
    for header in [("sec-fetch-site", "cross-site"), ("origin", "https://evil.example")] {
        for path in ["entry.php", "login.php", "logout.php"] {
            let answer = mine.ask(Method::POST, &pair.one, path, &[FORM, header], &body).await;
            assert_eq!(answer.status, 403, "{header:?} {path}");
        }
    }
    let own = pair.one.url();
    let own = [FORM, ("origin", own.trim_end_matches('/')), ("sec-fetch-site", "same-origin")];
    assert_eq!(mine.ask(Method::POST, &pair.one, "entry.php", &own, &body).await.status, 303);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_with_the_status_that_says_why() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let (mut mine, page) = visitor(&pair, "clumsy").await;
    let (token, entry) = (page.hidden("token"), page.hidden("entry"));
    let long = "x".repeat(64 * 1024 + 1);
    let huge = "x".repeat(300 * 1024);
    let start = format!("token={token}&entry={entry}&revision=0&");
    for (body, status) in [
        (format!("{start}body={long}"), 413),
        (format!("{start}body={huge}"), 413),
        (format!("{start}body="), 400),
        (format!("{start}body=+%0A+"), 400),
        (format!("{start}body=%FF%FE"), 400),
        (format!("{start}body[]=x"), 400),
        (format!("token[]={token}&entry={entry}&body=x"), 400),
        (format!("token={token}&entry=../x&revision=0&body=x"), 404),
        (format!("token={token}&entry={entry}&revision=7&body=x"), 404),
    ] {
        let answer = mine.ask(Method::POST, &pair.one, "entry.php", &[FORM], &body).await;
        assert_eq!(answer.status, status, "{}", &body[80..body.len().min(200)]);
    }
    for (method, path, allowed) in [
        (Method::PUT, "entry.php", "GET, POST"),
        (Method::DELETE, "entry.php", "GET, POST"),
        (Method::POST, "", "GET"),
        (Method::GET, "logout.php", "POST"),
        (Method::PATCH, "login.php", "GET, POST"),
    ] {
        let answer = mine.ask(method.clone(), &pair.one, path, &[], "").await;
        assert_eq!((answer.status, answer.header("allow")), (405, allowed), "{method} {path}");
    }
}

#[tokio::test]
async fn every_page_forbids_scripts_that_are_not_its_own() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let (mut mine, page) = visitor(&pair, "strict").await;
    let entry = mine.write(&pair.one, "text").await;
    let mut pages = vec![page, Visitor::new().get(&pair.one, "login.php").await];
    for path in [format!("entry.php?id={entry}"), "entry.php?id=0".into(), "health.php".into()] {
        pages.push(mine.get(&pair.one, &path).await);
    }
    for page in pages {
        let policy = page.header("content-security-policy");
        assert!(policy.starts_with("default-src 'none'; script-src 'self';"), "{page:?}");
        assert!(
            policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"),
            "{policy}"
        );
        assert_eq!(page.header("x-content-type-options"), "nosniff");
        assert_eq!(page.header("cache-control"), "no-store");
        assert!(page.headers.get("x-powered-by").is_none());
        for inline in ["<style", " style=", " onclick", " onload", "javascript:"] {
            assert!(!page.body.contains(inline), "{inline}: {page:?}");
        }
        let scripts = page.body.matches("<script").count();
        assert_eq!(scripts, page.body.matches("<script src=\"page.js\"").count(), "{page:?}");
    }
}

#[tokio::test]
async fn only_the_folder_public_is_served() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    for path in ["lib/start.php", "schema.sql", "account.php", "diary.json", "%2e%2e/account.php"] {
        let answer = Visitor::new().get(&pair.one, path).await;
        assert_eq!(answer.status, 404, "{path}: {answer:?}");
    }
    let served = std::fs::read_dir(folder().join("public")).expect("a folder");
    for file in served.filter_map(Result::ok) {
        let name = file.file_name().into_string().expect("text");
        let answer = Visitor::new().get(&pair.one, &name).await;
        let without = [200, 303, 405].contains(&answer.status) && !answer.body.contains("<?php");
        assert!(without, "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn the_command_for_accounts_says_what_would_be_right() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    for (args, input, why) in [
        (&["set", "Anna Bolika"][..], "long enough", "1 to 32 of a-z"),
        (&["set", "anna"], "short", "8 to 72 bytes"),
        (&["set", "anna"], &"x".repeat(73), "8 to 72 bytes"),
        (&["close", "nobody"], "", "no account nobody"),
        (&[], "", "php account.php set NAME"),
    ] {
        let said = pair.one.account(args, input).expect_err("refused");
        assert!(said.contains(why), "{args:?}: {said}");
    }
    // Any text as password, also one that means something to a shell or to SQL.
    pair.one.account(&["set", "odd"], "pa'ss\\ \"w$rd; ").expect("made");
    let mut visitor = Visitor::new();
    assert_eq!(visitor.log_in(&pair.one, "odd", "pa'ss\\ \"w$rd; ").await.status, 303);
    assert_eq!(visitor.log_in(&pair.one, "ODD ", "pa'ss\\ \"w$rd; ").await.status, 303);
}
