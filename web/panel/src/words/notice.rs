//! What wants a decision.

pub const NOTICE_JOURNAL: &str = "The journal cannot be written, so nothing is changed.";
pub const NOTICE_ALL_DOWN: &str = "No site is up.";
pub const NOTICE_ALL_DOWN_DETAIL: &str =
    "Moving the name would not help anybody. Schwenk keeps watching and changes nothing blindly.";
pub const NOTICE_ALARM: &str = "An alarm waits for somebody.";
pub const NOTICE_ALARM_DETAIL: &str = "Reminders go on until somebody has seen it.";
pub const NOTICE_DISARMED: &str = "Automation is off.";
pub const NOTICE_BLIND_DETAIL: &str = "Its votes count as unknown.";

pub fn notice_journal_detail(problem: &str) -> String {
    format!("{problem}. Schwenk keeps watching.")
}

pub fn notice_drift(providers: &str) -> String {
    format!("Somebody else changed the answer at {providers}.")
}

pub fn notice_drift_detail(span: &str) -> String {
    format!("Seen {span} ago. It differs from what Schwenk published.")
}

pub fn notice_latched(site: &str) -> String {
    format!("Latched: stays at {site} until a human re-arms it.")
}

pub fn notice_latched_detail(since: &str, until: Option<&str>) -> String {
    let lift = until.map(|wait| format!(" It lifts by itself in {wait}.")).unwrap_or_default();
    format!(
        "After the automatic failover {since} ago there is no other one, so that nothing \
         flaps.{lift}"
    )
}

pub fn notice_way_back(site: &str) -> String {
    format!("{site} is up again.")
}

pub fn notice_way_back_detail(better: &str, active: &str) -> String {
    format!("{better} is preferred, but the name points to {active}.")
}

pub fn notice_disarmed_detail(who: &str, until: Option<&str>) -> String {
    match until {
        Some(until) => format!(
            "Switched off by {who} until {until} UTC. Schwenk watches and says what it would do."
        ),
        None => {
            "Too many moves: it switched itself off. Find out why before you arm it.".to_owned()
        }
    }
}

pub fn notice_blind(vantages: &str) -> String {
    format!("{vantages} cannot be relied on just now.")
}
