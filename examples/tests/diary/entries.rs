//! Entries: written, read, changed and deleted, by whom they belong to, at either location.
use crate::is_there;
use crate::pair::Pair;
use crate::process::until;
use crate::sessions::{account, known_at_both};
use crate::site::Site;
use crate::visitor::{Answer, Visitor};

async fn writer(pair: &Pair, name: &str) -> Visitor {
    account(pair, name).await;
    let mut visitor = Visitor::logged_in(&pair.one, name).await;
    known_at_both(pair, &mut visitor).await;
    visitor
}

async fn reads(visitor: &mut Visitor, site: &Site, text: &str) {
    let shown = format!("<div>{text}</div>");
    until(text, async || visitor.get(site, "").await.body.contains(&shown)).await;
}

#[tokio::test]
async fn what_is_written_here_is_read_changed_and_deleted_there() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let mut visitor = writer(&pair, "traveller").await;
    let entry = visitor.write(&pair.one, "Rain in London").await;
    reads(&mut visitor, &pair.two, "Rain in London").await;
    let saved = visitor.change(&pair.two, &entry, None, "Sun in Falkenstein").await;
    assert_eq!((saved.status, saved.header("location")), (303, format!("./#e{entry}").as_str()));
    reads(&mut visitor, &pair.one, "Sun in Falkenstein").await;
    let page = visitor.get(&pair.one, &format!("entry.php?id={entry}")).await;
    assert!(page.body.contains("<div>Rain in London</div>"), "the earlier version: {page:?}");
    let token = page.hidden("token");
    let form = [("token", token.as_str()), ("entry", &entry), ("delete", "1")];
    assert_eq!(visitor.post(&pair.one, "entry.php", &form).await.status, 303);
    until("it is gone at the other location", async || {
        visitor.get(&pair.two, &format!("entry.php?id={entry}")).await.status == 404
    })
    .await;
    assert!(!visitor.get(&pair.two, "").await.body.contains("Sun in Falkenstein"));
    assert_eq!(visitor.post(&pair.one, "entry.php", &form).await.status, 404, "deleted twice");
}

#[tokio::test]
async fn markup_in_an_entry_is_shown_and_not_obeyed() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let mut visitor = writer(&pair, "tagger").await;
    let nasty = "</textarea><script>alert('x')</script><img src=\"x\" onerror=\"y\">&amp;";
    let entry = visitor.write(&pair.one, nasty).await;
    for path in [String::new(), format!("entry.php?id={entry}")] {
        let page = visitor.get(&pair.one, &path).await;
        assert!(
            page.body.contains("&lt;script&gt;alert(&#039;x&#039;)&lt;/script&gt;"),
            "{page:?}"
        );
        assert!(page.body.contains("&amp;amp;") && !page.body.contains("<script>"), "{page:?}");
        assert!(!page.body.contains("<img"), "{page:?}");
    }
}

#[tokio::test]
async fn sql_in_a_field_is_text() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let mut visitor = writer(&pair, "bobby").await;
    let tables = "'); DROP TABLE entry; -- \\' OR '1'='1";
    let entry = visitor.write(&pair.one, tables).await;
    let page = visitor.get(&pair.one, &format!("entry.php?id={entry}")).await;
    assert!(page.body.contains("&#039;); DROP TABLE entry; -- \\&#039; OR"), "{page:?}");
    for name in ["bobby' -- ", "' OR '1'='1", "bobby\" OR 1=1 #", "bobby' UNION SELECT 'x', 1, 'y"]
    {
        let refused = Visitor::new().log_in(&pair.one, name, "' OR '1'='1").await;
        assert_eq!(refused.status, 403, "{name}");
    }
    let ask = "entry.php?id=0%27%20OR%20%271%27%3D%271";
    assert_eq!(visitor.get(&pair.one, ask).await.status, 404);
    let ask = "?from=0%27%20OR%201";
    assert_eq!(visitor.get(&pair.one, ask).await.status, 200);
    let mut stolen = Visitor::with(Some("diary=' OR data LIKE '%bobby".into()));
    assert_eq!(stolen.get(&pair.one, "").await.status, 303);
    assert!(visitor.get(&pair.one, "").await.body.contains("DROP TABLE entry"));
}

#[tokio::test]
async fn an_entry_of_somebody_else_does_not_exist() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let mut owner = writer(&pair, "owner").await;
    let mut other = writer(&pair, "nosy").await;
    let entry = owner.write(&pair.one, "a secret").await;
    reads(&mut owner, &pair.two, "a secret").await;
    for site in pair.sites() {
        assert_eq!(other.get(site, &format!("entry.php?id={entry}")).await.status, 404);
        let token = other.get(site, "").await.hidden("token");
        let mut form = vec![("token", token.as_str()), ("entry", &entry), ("revision", "1")];
        form.push(("body", "overwritten"));
        assert_eq!(other.post(site, "entry.php", &form).await.status, 404, "a change");
        form.push(("delete", "1"));
        assert_eq!(other.post(site, "entry.php", &form).await.status, 404, "a deletion");
        assert!(!other.get(site, "").await.body.contains("a secret"));
    }
    reads(&mut owner, &pair.one, "a secret").await;
}

#[tokio::test]
async fn a_change_made_upon_an_old_version_is_refused_and_shown_beside_the_new_one() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let mut visitor = writer(&pair, "twice").await;
    let entry = visitor.write(&pair.one, "first").await;
    assert_eq!(visitor.change(&pair.one, &entry, Some("1"), "second").await.status, 303);
    let conflict = visitor.change(&pair.one, &entry, Some("1"), "another second").await;
    assert_eq!(conflict.status, 409);
    assert!(conflict.body.contains("another second</textarea>"), "{conflict:?}");
    assert!(conflict.body.contains("<div>second</div>"), "{conflict:?}");
    let revision = conflict.hidden("revision");
    let saved = visitor.change(&pair.one, &entry, Some(&revision), "another second").await;
    assert_eq!(saved.status, 303);
    reads(&mut visitor, &pair.one, "another second").await;
}

#[tokio::test]
async fn a_form_that_is_sent_twice_is_saved_once() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let mut visitor = writer(&pair, "impatient").await;
    let page = visitor.get(&pair.one, "").await;
    let (token, entry) = (page.hidden("token"), page.hidden("entry"));
    let form =
        [("token", token.as_str()), ("entry", &entry), ("revision", "0"), ("body", "once\r\nonly")];
    for site in [&pair.one, &pair.one, &pair.two] {
        // The other location may not have heard of it yet: both then have the same.
        assert_eq!(visitor.post(site, "entry.php", &form).await.status, 303);
    }
    pair.even().await;
    for site in pair.sites() {
        let Answer { body, .. } = visitor.get(site, "").await;
        assert_eq!(body.matches("<article").count(), 1, "{body}");
        assert!(body.contains("<div>once\nonly</div>"), "{body}");
    }
}

#[tokio::test]
async fn more_than_a_page_of_entries_goes_on_on_the_next_page() {
    if !is_there() {
        return;
    }
    let pair = Pair::shared().await;
    let mut visitor = writer(&pair, "novelist").await;
    for number in 0..53 {
        visitor.write(&pair.one, &format!("day {number}")).await;
    }
    let first = visitor.get(&pair.one, "").await.body;
    let second = visitor.get(&pair.one, "?from=50").await.body;
    assert_eq!((first.matches("<article").count(), second.matches("<article").count()), (50, 3));
    assert!(first.contains("./?from=50") && !second.contains("from="), "{second}");
    assert!(first.contains(">day 52<") && second.contains(">day 0<"), "the newest comes first");
}
