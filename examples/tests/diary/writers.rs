//! Both locations write at once, and while they do not hear of each other.
use crate::is_there;
use crate::pair::Pair;
use crate::process::until;
use crate::sessions::{account, known_at_both};
use crate::site::Site;
use crate::visitor::{Answer, Visitor};

const EACH: usize = 40;

async fn write_many(site: &Site, mut visitor: Visitor) {
    for number in 0..EACH {
        visitor.write(site, &format!("{} {number}", site.name)).await;
    }
}

/// What the newest version of an entry says at each location.
async fn said(pair: &Pair, visitor: &mut Visitor, entry: &str) -> [String; 2] {
    let path = format!("entry.php?id={entry}");
    let mut text = async |site| {
        let Answer { status, body, .. } = visitor.get(site, &path).await;
        if status == 404 {
            return "deleted".to_owned();
        }
        let (_, rest) = body.split_once("required>\n").expect("a form");
        rest.split("</textarea>").next().unwrap_or_default().to_owned()
    };
    [text(&pair.one).await, text(&pair.two).await]
}

fn unbroken(pair: &Pair) {
    for site in pair.sites() {
        assert_eq!(site.database.replication("Last_SQL_Errno"), "0", "{}", site.name);
        assert!(site.database.is_replicating(), "{}", site.name);
    }
}

fn tables(site: &Site) -> String {
    site.database.sql(
        "SELECT * FROM diary.account ORDER BY id; SELECT * FROM diary.entry ORDER BY id; \
         SELECT * FROM diary.session ORDER BY id, home; SELECT * FROM diary.attempt ORDER BY id",
    )
}

#[tokio::test]
async fn writing_at_both_locations_at_once_collides_nowhere() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    account(&pair, "busy").await;
    let mut visitor = Visitor::logged_in(&pair.one, "busy").await;
    known_at_both(&pair, &mut visitor).await;
    let writers = pair.sites().map(|site| write_many(site, visitor.clone()));
    let [one, two] = writers;
    tokio::join!(one, two);
    pair.even().await;
    unbroken(&pair);
    for site in pair.sites() {
        let all = site.database.sql("SELECT COUNT(*) FROM diary.entry WHERE owner = 'busy'");
        assert_eq!(all, (2 * EACH).to_string(), "{}", site.name);
        let mine = format!(
            "SELECT COUNT(DISTINCT id MOD 2) FROM diary.entry WHERE owner = 'busy' \
            AND body LIKE '{}%'",
            site.name
        );
        assert_eq!(site.database.sql(&mine), "1", "each has ids of its own");
    }
}

#[tokio::test]
async fn locations_that_do_not_hear_of_each_other_come_to_the_same_end() {
    if !is_there() {
        return;
    }
    let pair = Pair::start().await;
    account(&pair, "split").await;
    let mut visitor = Visitor::logged_in(&pair.one, "split").await;
    let edited = visitor.write(&pair.one, "before").await;
    let deleted = visitor.write(&pair.one, "before").await;
    let later = visitor.write(&pair.one, "before").await;
    known_at_both(&pair, &mut visitor).await;
    // Long enough ago that the next use is written down.
    pair.one.database.sql("UPDATE diary.session SET used = used - INTERVAL 5 MINUTE");
    pair.even().await;
    for site in pair.sites() {
        site.database.sql("STOP SLAVE");
    }

    for site in pair.sites() {
        let saved = visitor.change(site, &edited, None, &format!("from {}", site.name)).await;
        assert_eq!(saved.status, 303);
    }
    // A deletion here, a change there: the text stays.
    let token = visitor.get(&pair.one, "").await.hidden("token");
    let form = [("token", token.as_str()), ("entry", &deleted), ("delete", "1")];
    assert_eq!(visitor.post(&pair.one, "entry.php", &form).await.status, 303);
    assert_eq!(visitor.change(&pair.two, &deleted, None, "still wanted").await.status, 303);
    // Who has changed it more often has the last word, whatever clocks and ids say.
    for text in ["a", "b", "c"] {
        assert_eq!(visitor.change(&pair.two, &later, None, text).await.status, 303);
    }
    for _ in 0..5 {
        visitor.write(&pair.one, "so that ids are higher here").await;
    }
    assert_eq!(visitor.change(&pair.one, &later, None, "z").await.status, 303);
    // The same account, made at both; a logout here, a use there.
    for site in pair.sites() {
        site.add_account("twin");
    }
    let mut still_here = visitor.clone();
    visitor.post(&pair.one, "logout.php", &[("token", &token)]).await;
    assert!(still_here.is_known(&pair.two).await, "nobody has told it");

    for site in pair.sites() {
        site.database.sql("START SLAVE");
    }
    pair.even().await;
    unbroken(&pair);
    until("the logout has arrived", async || !still_here.is_known(&pair.two).await).await;
    let mut visitor = Visitor::logged_in(&pair.two, "split").await;
    known_at_both(&pair, &mut visitor).await;
    let [one, two] = said(&pair, &mut visitor, &edited).await;
    assert_eq!(one, two);
    let page = visitor.get(&pair.one, &format!("entry.php?id={edited}")).await.body;
    assert!(page.contains("from one") && page.contains("from two"), "neither is lost: {page}");
    assert_eq!(said(&pair, &mut visitor, &deleted).await, ["still wanted", "still wanted"]);
    assert_eq!(said(&pair, &mut visitor, &later).await, ["c", "c"]);
    Visitor::logged_in(&pair.one, "twin").await;
}

#[tokio::test]
async fn tidying_at_both_locations_at_once_breaks_nothing() {
    if !is_there() {
        return;
    }
    let pair = Pair::start().await;
    account(&pair, "old").await;
    let mut visitor = Visitor::logged_in(&pair.one, "old").await;
    known_at_both(&pair, &mut visitor).await;
    let mut entries = Vec::new();
    for site in pair.sites() {
        Visitor::new().log_in(site, "old", "wrong").await;
        entries.push(visitor.write(site, "first").await);
    }
    pair.even().await;
    let [kept, deleted] = [&entries[0], &entries[1]];
    for (site, text) in [(&pair.two, "second"), (&pair.one, "third")] {
        assert_eq!(visitor.change(site, kept, None, text).await.status, 303);
        pair.even().await;
    }
    let token = visitor.get(&pair.one, "").await.hidden("token");
    let form = [("token", token.as_str()), ("entry", deleted.as_str()), ("delete", "1")];
    assert_eq!(visitor.post(&pair.one, "entry.php", &form).await.status, 303);
    pair.even().await;
    pair.one.database.sql(
        "UPDATE diary.entry SET written = written - INTERVAL 31 DAY; \
         UPDATE diary.attempt SET made = made - INTERVAL 2 HOUR; \
         UPDATE diary.session SET used = used - INTERVAL 2 HOUR",
    );
    pair.even().await;
    // As much at once as can be: neither hears what the other one deletes before both are done.
    for site in pair.sites() {
        site.database.sql("STOP SLAVE");
    }
    for site in pair.sites() {
        site.account(&["tidy"], "").expect("tidied");
    }
    for site in pair.sites() {
        site.database.sql("START SLAVE");
    }
    pair.even().await;
    unbroken(&pair);
    let [one, two] = pair.sites().map(tables);
    assert_eq!(one, two);
    let left = pair.one.database.sql("SELECT body FROM diary.entry ORDER BY body");
    assert_eq!(left, "\nthird", "the newest version, and that one was deleted");
    let gone = "SELECT (SELECT COUNT(*) FROM diary.attempt) + (SELECT COUNT(*) FROM diary.session)";
    assert_eq!(pair.two.database.sql(gone), "0");
}
