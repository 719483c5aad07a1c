//! Sessions, which are one and the same at both locations.
use reqwest::Method;

use crate::is_there;
use crate::pair::Pair;
use crate::process::until;
use crate::visitor::{PASSWORD, Visitor};

/// Makes an account and waits until both locations know it.
pub async fn account(pair: &Pair, name: &str) {
    pair.one.add_account(name);
    until("the account is known at the other location", async || {
        pair.two.account(&["list"], "").is_ok_and(|all| all.lines().any(|line| line == name))
    })
    .await;
}

/// Waits until the other location knows the session.
pub async fn known_at_both(pair: &Pair, visitor: &mut Visitor) {
    for site in pair.sites() {
        until("the session is known", async || visitor.is_known(site).await).await;
    }
}

#[tokio::test]
async fn a_session_begun_at_one_location_is_good_at_the_other() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "both").await;
    let mut visitor = Visitor::logged_in(&pair.one, "both").await;
    known_at_both(&pair, &mut visitor).await;
    let page = visitor.get(&pair.two, "").await;
    assert!(page.body.contains("<span>both</span>"), "{page:?}");
    assert!(page.body.contains("<b id=\"site\">two</b>"), "{page:?}");
}

#[tokio::test]
async fn a_session_ends_half_an_hour_after_its_last_use() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "idle").await;
    let mut visitor = Visitor::logged_in(&pair.one, "idle").await;
    known_at_both(&pair, &mut visitor).await;
    let earlier = |minutes: u32| {
        let update = format!(
            "UPDATE diary.session SET used = used - INTERVAL {minutes} MINUTE \
             WHERE data LIKE '%\"idle\"%'"
        );
        pair.one.database.sql(&update);
    };
    earlier(29);
    // That was a use, so the time begins anew.
    assert!(visitor.is_known(&pair.one).await);
    earlier(29);
    assert!(visitor.is_known(&pair.one).await);
    earlier(31);
    assert!(!visitor.is_known(&pair.one).await);
    until("it ends at the other location, too", async || !visitor.is_known(&pair.two).await).await;
    assert_eq!(visitor.clone().get(&pair.one, "").await.header("location"), "login.php");
    assert_eq!(visitor.post(&pair.one, "entry.php", &[]).await.status, 401);
}

#[tokio::test]
async fn logging_out_ends_the_session_at_both_locations() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "leaver").await;
    let mut visitor = Visitor::logged_in(&pair.one, "leaver").await;
    known_at_both(&pair, &mut visitor).await;
    let mut late = visitor.clone();
    let token = visitor.get(&pair.two, "").await.hidden("token");
    assert_eq!(visitor.clone().post(&pair.two, "logout.php", &[]).await.status, 403, "no token");
    let left = visitor.post(&pair.two, "logout.php", &[("token", &token)]).await;
    assert_eq!((left.status, left.header("location")), (303, "login.php"));
    assert_eq!(visitor.cookie.as_deref(), Some("diary=deleted"));
    until("it ends at the first location, too", async || !late.is_known(&pair.one).await).await;
    assert!(!late.is_known(&pair.two).await);
}

#[tokio::test]
async fn a_session_id_that_somebody_else_chose_is_not_used() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "careful").await;
    let mut visitor = Visitor::new();
    let planted = "diary=abcdefghijklmnopqrstuvwxyz".to_owned();
    visitor.cookie = Some(planted.clone());
    assert_eq!(visitor.get(&pair.one, "").await.status, 303);
    assert_eq!(visitor.log_in(&pair.one, "careful", PASSWORD).await.status, 303);
    assert_ne!(visitor.cookie, Some(planted));
    let before = visitor.cookie.clone();
    assert_eq!(visitor.log_in(&pair.one, "careful", PASSWORD).await.status, 303);
    assert_ne!(visitor.cookie, before, "each login begins a session of its own");
    let mut old = Visitor::with(before);
    assert!(!old.is_known(&pair.one).await);
    assert!(visitor.is_known(&pair.one).await);
}

#[tokio::test]
async fn a_changed_password_and_a_closed_account_end_sessions() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "changer").await;
    let mut visitor = Visitor::logged_in(&pair.one, "changer").await;
    known_at_both(&pair, &mut visitor).await;
    pair.two.account(&["set", "changer"], "another password").expect("changed");
    assert!(!visitor.is_known(&pair.two).await);
    until("the other location has heard of it", async || !visitor.is_known(&pair.one).await).await;
    assert_eq!(visitor.log_in(&pair.one, "changer", PASSWORD).await.status, 403);
    assert_eq!(visitor.log_in(&pair.one, "changer", "another password").await.status, 303);
    pair.one.account(&["close", "changer"], "").expect("closed");
    assert!(!visitor.is_known(&pair.one).await);
    assert_eq!(visitor.log_in(&pair.one, "changer", "another password").await.status, 403);
}

#[tokio::test]
async fn wrong_passwords_are_counted_at_both_locations_together() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "guessed").await;
    let mut guesser = Visitor::new();
    for round in 0..5 {
        let site = pair.sites()[round % 2];
        assert_eq!(guesser.log_in(site, "guessed", "wrong").await.status, 403);
    }
    for site in pair.sites() {
        until("it has had enough", async || {
            guesser.clone().log_in(site, "guessed", PASSWORD).await.status == 429
        })
        .await;
    }
    let refused = guesser.log_in(&pair.one, "guessed", PASSWORD).await;
    assert_eq!(refused.header("retry-after"), "900");
    pair.one.database.sql("DELETE FROM diary.attempt");
}

#[tokio::test]
async fn the_cookie_is_for_https_only_unless_told_otherwise() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "cookie").await;
    let form = format!("name=cookie&password={}", PASSWORD.replace(' ', "+"));
    let kind = [("content-type", "application/x-www-form-urlencoded")];
    let plain = Visitor::new().ask(Method::POST, &pair.one, "login.php", &kind, &form).await;
    let cookie = plain.header("set-cookie");
    assert!(cookie.starts_with("diary=") && cookie.contains("HttpOnly"), "{cookie}");
    assert!(cookie.contains("SameSite=Lax") && !cookie.contains("secure"), "{cookie}");

    let as_shipped = pair.one.as_shipped();
    as_shipped.serve(&as_shipped).await;
    let answer = Visitor::new().ask(Method::POST, &as_shipped, "login.php", &kind, &form).await;
    let cookie = answer.header("set-cookie");
    assert!(cookie.starts_with("__Host-diary="), "{cookie}");
    assert!(cookie.to_lowercase().contains("; secure"), "{cookie}");
    assert!(cookie.contains("path=/") && !cookie.to_lowercase().contains("domain"), "{cookie}");
}
