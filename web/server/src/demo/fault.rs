//! What the demo's drawer offers, and which of the emulator's faults each thing is.
use cloud_emulator::{Cloud, Fault, Info};

/// One thing in the drawer.
#[derive(Clone, Debug)]
pub struct Item {
    /// Its id in the API.
    pub id: String,
    /// The heading it stands under.
    pub group: String,
    /// In words.
    pub text: String,
    /// What it does.
    pub deed: Deed,
}

/// What an item does.
#[derive(Clone, Debug)]
pub enum Deed {
    /// Sets a fault of the emulator.
    Fault(Fault),
    /// Changes the record at this provider behind the watcher's back.
    Drift(String),
    /// Lets the receiver of messages refuse to listen.
    Deaf,
}

/// Faults that count down would seem to mend themselves at random; these stay until mended.
const FOR_EVER: u32 = u32::MAX;

/// Everything in the drawer.
pub fn items(info: &Info) -> Vec<Item> {
    let mut items = Vec::new();
    for site in &info.sites {
        let group = site.name.clone();
        let faults = [
            ("kill", "kill it (connections are refused)", Fault::SiteKilled { site: name(site) }),
            (
                "black-hole",
                "black-hole it (nothing answers)",
                Fault::SiteBlackHole { site: name(site) },
            ),
            (
                "slow",
                "make it slow (2 s per answer)",
                Fault::SiteSlow { site: name(site), millis: 2000 },
            ),
            (
                "status",
                "answer with status 503",
                Fault::SiteStatus { site: name(site), status: 503 },
            ),
            (
                "body",
                "lose the database (200 OK with an error text)",
                Fault::SiteBody { site: name(site), body: "Error: no database\n".to_owned() },
            ),
        ];
        for (id, text, fault) in faults {
            items.push(item(&format!("{}-{id}", site.name), &group, text, Deed::Fault(fault)));
        }
    }
    for (cloud, provider, group) in
        [(Cloud::Google, "google", "Google Cloud"), (Cloud::Hetzner, "hetzner", "Hetzner Cloud")]
    {
        items.extend(of_cloud(cloud, provider, group));
    }
    let text = "let the receiver of messages refuse them (503)";
    items.push(item("inbox-deaf", "Messages", text, Deed::Deaf));
    items
}

fn of_cloud(cloud: Cloud, provider: &str, group: &str) -> Vec<Item> {
    let faults = [
        ("api-down", "take the API down (name servers live)", Fault::ApiDown { cloud }),
        ("dns-down", "take the name servers down (API lives)", Fault::DnsDown { cloud }),
        ("down", "take the whole cloud down, site and all", Fault::CloudDown { cloud }),
        (
            "errors",
            "answer every API request with 503",
            Fault::Answer {
                cloud,
                status: 503,
                count: FOR_EVER,
                writes_only: false,
                path: None,
                body: None,
            },
        ),
        ("fail", "let every operation fail", Fault::ActionError { cloud, count: FOR_EVER }),
        ("hang", "let operations never end", Fault::ActionHang { cloud }),
        ("slow", "make the API slow (2 s per request)", Fault::Slow { cloud, millis: 2000 }),
        ("late", "publish 5 s late", Fault::PublishDelay { cloud, millis: 5000 }),
        ("revoked", "revoke the credentials", Fault::TokenRevoked { cloud }),
    ];
    let mut items: Vec<Item> = faults
        .into_iter()
        .map(|(id, text, fault)| item(&format!("{provider}-{id}"), group, text, Deed::Fault(fault)))
        .collect();
    let drift = Deed::Drift(provider.to_owned());
    let text = "change the record by hand, behind Schwenk's back";
    items.push(item(&format!("{provider}-drift"), group, text, drift));
    items
}

fn item(id: &str, group: &str, text: &str, deed: Deed) -> Item {
    Item { id: id.to_owned(), group: group.to_owned(), text: text.to_owned(), deed }
}

fn name(site: &cloud_emulator::SiteInfo) -> String {
    site.name.clone()
}
