//! Labels: headings, buttons, states.
use crate::model::route::Page;

/// The product.
pub const NAME: &str = "Schwenk";

// Pages and frame.
pub const OVERVIEW: &str = "Overview";
pub const ACTIVITY: &str = "Activity";
pub const LOCATIONS: &str = "Locations";
pub const SIMULATOR: &str = "Simulator";
pub const NOTIFICATIONS: &str = "Notifications";
pub const CONFIGURATION: &str = "Configuration";
pub const PAGES: &str = "Pages";
pub const SKIP: &str = "Skip to the content";
pub const LOG_OUT: &str = "Log out";
pub const THEME_AUTO: &str = "Theme: as the system";
pub const THEME_LIGHT: &str = "Theme: light";
pub const THEME_DARK: &str = "Theme: dark";
pub const KEYS: &str = "Keyboard";
pub const CLOSE: &str = "Close";
pub const CANCEL: &str = "Cancel";
pub const WAITING: &str = "waiting for news";
pub const ROLE_VIEW: &str = "You may look, not command.";
pub const NO_SUCH_SERVICE: &str = "There is no service of this name.";
pub const ALL_SERVICES: &str = "All services";

// Login.
pub const LOG_IN: &str = "Log in";
pub const LOGGING_IN: &str = "Logging in …";
pub const USER: &str = "User";
pub const PASSWORD: &str = "Password";
pub const TAGLINE: &str = "Keeps a service reachable when a cloud fails.";
pub const OTHER_VERSION: &str =
    "It is not what this panel expects; reload the page if Schwenk was upgraded.";
pub const UNREACHABLE: &str = "Schwenk does not answer";

// States; one word each.
pub const UP: &str = "up";
pub const DOWN: &str = "down";
pub const UNKNOWN: &str = "unknown";
pub const ATTENTION: &str = "attention";
pub const MAINTENANCE: &str = "maintenance";
pub const ACTIVE: &str = "active";
pub const STANDBY: &str = "standby";

// Service.
pub const PICTURE: &str = "Where people are sent";
pub const NEXT: &str = "What happens next";
pub const LATEST: &str = "Latest";
pub const ALL_ACTIVITY: &str = "All activity";
pub const DETAILS: &str = "Details";
pub const PROBES: &str = "Probes";
pub const DNS: &str = "DNS, as stored and as answered";
pub const API: &str = "API";
pub const ASKED: &str = "Asked";
pub const WHEN: &str = "When";
pub const RECORDS: &str = "Records";
pub const POINTS_TO: &str = "Points to";
pub const STALE_REPORT: &str = "stale";
pub const ISOLATED: &str = "isolated";
pub const NOWHERE: &str = "nowhere";
pub const JUST_NOW: &str = "just now";
pub const NOW: &str = "now";
pub const NOTHING_READ: &str = "nothing";
pub const NO_PROBE_YET: &str = "no probe yet";
pub const PROBE_OK: &str = "ok";
pub const PROBE_FAILED: &str = "failed";
pub const NO_EVENTS: &str = "Nothing has happened yet.";
pub const NO_EVENTS_MATCH: &str = "No event matches.";

// Providers.
pub const SERVERS_SILENT: &str = "no name server answers";
pub const SOME_SERVERS_SILENT: &str = "not every name server answers";
pub const SERVERS_NOT_ASKED: &str = "name servers not asked yet";
pub const PROVIDER_BEHIND: &str = "does not accept the change";
pub const PROVIDER_DRIFTED: &str = "answers what was not published";
pub const PROVIDER_CHANGING: &str = "is changing";

/// The stages of a move at one provider.
pub const STAGES: [&str; 4] = ["waiting", "publishing", "accepted", "verified"];
pub const STEP_WAITING: &str = "waits for its turn";
pub const STEP_READING_BACK: &str = "the outcome is unknown, reading it back";
pub const CACHES: &str = "Caches";

// Commands.
pub const FORCE: &str = "Force …";
pub const SWITCH_OVER: &str = "Switch over …";
pub const MAINTENANCE_ON: &str = "Maintenance …";
pub const MAINTENANCE_OFF: &str = "End maintenance";
pub const REARM: &str = "Re-arm";
pub const ARM: &str = "Arm";
pub const ACKNOWLEDGE: &str = "I have seen it";
pub const REPAIR: &str = "Publish again";
pub const ABANDON: &str = "Give up this move";
pub const ARMED: &str = "Armed";
pub const DISARMED: &str = "Disarmed";
pub const AUTOMATION: &str = "Automation";
pub const NOT_WHILE_MOVING: &str = "A move is open; one at a time.";
pub const NOT_WITHOUT_ACTIVE: &str = "The name does not point to exactly one site.";

// Activity.
pub const FILTER: &str = "Filter";
pub const FILTER_HINT: &str = "words in the text";
pub const EVERYTHING: &str = "everything";
pub const WARNINGS: &str = "warnings and worse";
pub const CRITICAL: &str = "critical";
pub const URGENCY: &str = "Urgency";
pub const SERVICE: &str = "Service";
pub const COPY_MARKDOWN: &str = "Copy as Markdown";
pub const COPIED: &str = "Copied";
pub const EVIDENCE: &str = "Votes it rests on";
pub const NO_EVIDENCE: &str = "No votes belong to this event.";

// Demo.
pub const BREAK: &str = "Break something";
pub const BREAK_HINT: &str = "This is a demo on real protocols: the sites, both clouds and their \
    name servers are emulated on this machine. Break them and watch.";
pub const MEND_ALL: &str = "Mend everything";

/// What the keys do, besides the digits that open a page.
pub const KEY_HELP: [(&str, &str); 4] = [
    ("/", "Filter the activity"),
    ("b", "Break something (demo)"),
    ("?", "This help"),
    ("Esc", "Close what is open"),
];

/// The name of a page.
pub fn page(page: Page) -> &'static str {
    match page {
        Page::Overview => OVERVIEW,
        Page::Service => SERVICE,
        Page::Activity => ACTIVITY,
        Page::Locations => LOCATIONS,
        Page::Records => RECORDS,
        Page::Simulator => SIMULATOR,
        Page::Notifications => NOTIFICATIONS,
        Page::Configuration => CONFIGURATION,
    }
}
