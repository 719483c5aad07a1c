//! A database dies, and comes back.
use serde_json::{Value, json};

use crate::is_there;
use crate::pair::Pair;
use crate::process::until;
use crate::sessions::{account, known_at_both};
use crate::site::Site;
use crate::visitor::{Answer, PASSWORD, Visitor};

/// What the location says of its health.
async fn health(site: &Site) -> (u16, Value) {
    let Answer { status, body, .. } = Visitor::new().get(site, "health.php").await;
    assert_eq!(status == 200, body.contains("dbworking"), "both or neither: {body}");
    (status, serde_json::from_str(&body).expect("JSON"))
}

async fn is_well(site: &Site) -> bool {
    health(site).await.0 == 200
}

/// Waits until the location can work, as a load balancer does: a database that is younger than some
/// seconds, or a machine whose disk is busy, makes it say no for a moment.
async fn well(site: &Site) -> Value {
    let mut last = None;
    until("it is well", async || {
        let (status, facts) = health(site).await;
        last = (status == 200).then_some(facts);
        last.is_some()
    })
    .await;
    last.expect("until has waited for it")
}

#[tokio::test]
async fn the_other_location_goes_on_with_the_same_session_and_nothing_is_lost() {
    if !is_there() {
        return;
    }
    let pair = Pair::start().await;
    account(&pair, "survivor").await;
    let mut visitor = Visitor::logged_in(&pair.one, "survivor").await;
    known_at_both(&pair, &mut visitor).await;
    let mut acknowledged = Vec::new();
    for number in 0..20 {
        acknowledged.push(visitor.write(&pair.one, &format!("before {number}")).await);
    }
    pair.one.database.kill();
    dead(&pair, &mut visitor).await;

    // Elsewhere everything goes on, with what had arrived.
    well(&pair.two).await;
    let page = visitor.insist(&pair.two, "", None).await;
    assert!(page.body.contains("<span>survivor</span>"), "{page:?}");
    for number in 0..20 {
        acknowledged.push(visitor.write(&pair.two, &format!("meanwhile {number}")).await);
    }
    let facts = well(&pair.two).await;
    let source = json!({
        "receiving": false, "applying": true, "lag_seconds": null, "lag_known": false
    });
    assert_eq!(facts["replication"], json!([source]));

    pair.one.database.start();
    pair.one.database.ready().await;
    well(&pair.one).await;
    pair.even().await;
    for site in pair.sites() {
        assert!(visitor.is_known(site).await, "the session outlived it");
        for entry in &acknowledged {
            let page = visitor.get(site, &format!("entry.php?id={entry}")).await;
            assert_eq!(page.status, 200, "{entry} at {}", site.name);
        }
        until("both threads run", async || site.database.is_replicating()).await;
    }
}

/// What a location without its database answers.
async fn dead(pair: &Pair, visitor: &mut Visitor) {
    let (status, facts) = health(&pair.one).await;
    assert_eq!((status, &facts["reachable"]), (503, &json!(false)), "{facts}");
    let cookie = visitor.cookie.clone();
    for path in ["", "login.php", "entry.php?id=0123456789abcdef0123456789abcdef"] {
        let page = visitor.get(&pair.one, path).await;
        assert_eq!((page.status, page.header("retry-after")), (503, "2"), "{path}: {page:?}");
        for secret in ["mysqli", "127.", "SQL", ".php:", "Stack", "Connection refused"] {
            assert!(!page.body.contains(secret), "{secret} in {page:?}");
        }
    }
    let refused = Visitor::new().log_in(&pair.one, "survivor", PASSWORD).await;
    assert_eq!(refused.status, 503, "{refused:?}");
    let token = [("token", "x"), ("body", "x")];
    assert_eq!(visitor.post(&pair.one, "entry.php", &token).await.status, 503);
    assert_eq!(visitor.cookie, cookie, "the session is not taken away");
    assert!(pair.one.log().contains("mysqli_sql_exception"), "whoever looks into the log knows");
    assert!(!pair.one.log().contains(&pair.one.database_password()), "but not too much");
}

#[tokio::test]
async fn health_tells_whether_the_application_can_work_and_how_far_replication_is() {
    if !is_there() {
        return;
    }
    let pair = Pair::start().await;
    for site in pair.sites() {
        well(site).await;
    }
    until("each has heard of the other", async || {
        let [(_, one), (_, two)] = [health(&pair.one).await, health(&pair.two).await];
        one["heard_seconds"].is_f64() && two["heard_seconds"].is_f64()
    })
    .await;
    let facts = well(&pair.one).await;
    let running = json!({
        "receiving": true, "applying": true, "lag_seconds": 0, "lag_known": true
    });
    assert_eq!(facts["replication"], json!([running]), "{facts}");
    assert_eq!((&facts["location"], &facts["writable"]), (&json!("one"), &json!(true)));
    let shown = facts.to_string();
    assert!(!shown.contains("127.") && !shown.contains("schwenk"), "{shown}");

    pair.one.database.sql("SET GLOBAL read_only = 1");
    let (status, facts) = health(&pair.one).await;
    assert_eq!((status, &facts["reachable"]), (503, &json!(true)), "{facts}");
    assert_eq!(facts["writable"], json!(false), "{facts}");
    pair.one.database.sql("SET GLOBAL read_only = 0");
    well(&pair.one).await;

    // A database that says nothing at all holds nobody up for ever.
    pair.one.database.silence();
    let (status, facts) = health(&pair.one).await;
    assert_eq!((status, &facts["status"]), (503, &json!("down")), "{facts}");
    pair.one.database.resume();
    well(&pair.one).await;

    // Threads that stand still are told, but are no reason to stop serving.
    pair.one.database.sql("STOP SLAVE SQL_THREAD");
    let facts = well(&pair.one).await;
    let source = &facts["replication"][0];
    assert_eq!(source["applying"], json!(false), "{facts}");
    assert_eq!(source["lag_known"], json!(false), "{facts}");
}

#[tokio::test]
async fn a_database_that_has_just_come_back_does_not_serve_what_is_out_of_date() {
    if !is_there() {
        return;
    }
    let pair = Pair::start().await;
    account(&pair, "patient").await;
    let mut visitor = Visitor::logged_in(&pair.two, "patient").await;
    known_at_both(&pair, &mut visitor).await;
    // Its replica would apply everything an hour late: a lag that does not go away by itself.
    pair.one.database.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 3600; START SLAVE");
    visitor.write(&pair.two, "the news").await;
    until("it says that it is behind", async || {
        let (status, facts) = health(&pair.one).await;
        status == 503 && facts["status"] == "catching up"
    })
    .await;
    let (_, facts) = health(&pair.one).await;
    assert!(facts["replication"][0]["lag_seconds"].as_i64() > Some(2), "{facts}");
    pair.one.database.sql("STOP SLAVE; CHANGE MASTER TO MASTER_DELAY = 0; START SLAVE");
    well(&pair.one).await;
    until("it has the news", async || {
        visitor.get(&pair.one, "").await.body.contains("<div>the news</div>")
    })
    .await;
}
