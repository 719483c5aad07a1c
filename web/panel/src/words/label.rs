//! Labels: headings, buttons, states.
use super::text::{Word, words};
use crate::model::route::Page;

words! {
    NAME;
    LANGUAGE;
    OVERVIEW;
    ACTIVITY;
    LOCATIONS;
    SIMULATOR;
    NOTIFICATIONS;
    CONFIGURATION;
    PAGES;
    SKIP;
    LOG_OUT;
    THEME_AUTO;
    THEME_LIGHT;
    THEME_DARK;
    KEYS;
    CLOSE;
    CANCEL;
    FETCHING_PAGE;
    PAGE_MISSING;
    TRY_AGAIN;
    WAITING;
    ROLE_VIEW;
    NO_SUCH_SERVICE;
    ALL_SERVICES;
    LANGUAGE_NOW;
    LANGUAGE_AUTO;
    ENGLISH;
    GERMAN;
    LOG_IN;
    LOGGING_IN;
    USER;
    PASSWORD;
    TAGLINE;
    OTHER_VERSION;
    UNREACHABLE;
    UP;
    DOWN;
    UNKNOWN;
    ATTENTION;
    MAINTENANCE;
    ACTIVE;
    STANDBY;
    PICTURE;
    NEXT;
    LATEST;
    ALL_ACTIVITY;
    DETAILS;
    PROBES;
    DNS;
    API;
    ASKED;
    WHEN;
    RECORDS;
    POINTS_TO;
    STALE_REPORT;
    ISOLATED;
    NOWHERE;
    JUST_NOW;
    NOW;
    NOTHING_READ;
    NO_PROBE_YET;
    PROBE_OK;
    PROBE_FAILED;
    NO_EVENTS;
    NO_EVENTS_MATCH;
    SERVERS_SILENT;
    SOME_SERVERS_SILENT;
    SERVERS_NOT_ASKED;
    PROVIDER_BEHIND;
    PROVIDER_DRIFTED;
    PROVIDER_CHANGING;
    STAGE_WAITING;
    STAGE_PUBLISHING;
    STAGE_ACCEPTED;
    STAGE_VERIFIED;
    STEP_WAITING;
    STEP_READING_BACK;
    CACHES;
    FORCE;
    SWITCH_OVER;
    MAINTENANCE_ON;
    MAINTENANCE_OFF;
    REARM;
    ARM;
    ACKNOWLEDGE;
    REPAIR;
    ABANDON;
    ARMED;
    DISARMED;
    AUTOMATION;
    NOT_WHILE_MOVING;
    NOT_WITHOUT_ACTIVE;
    FILTER;
    FILTER_HINT;
    FILTER_SEARCHED;
    EVERYTHING;
    WARNINGS;
    CRITICAL;
    URGENCY;
    SERVICE;
    COPY_MARKDOWN;
    COPIED;
    EVIDENCE;
    NO_EVIDENCE;
    BREAK;
    BREAK_HINT;
    MEND_ALL;
    KEY_FILTER;
    KEY_BREAK;
    KEY_HELP_TEXT;
    KEY_CLOSE;
}

/// The stages of a move at one provider.
pub const STAGES: [Word; 4] = [STAGE_WAITING, STAGE_PUBLISHING, STAGE_ACCEPTED, STAGE_VERIFIED];

/// What the keys do, besides the digits that open a page.
pub const KEY_HELP: [(&str, Word); 4] =
    [("/", KEY_FILTER), ("b", KEY_BREAK), ("?", KEY_HELP_TEXT), ("Esc", KEY_CLOSE)];

/// The name of a page.
pub fn page(page: Page) -> Word {
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
