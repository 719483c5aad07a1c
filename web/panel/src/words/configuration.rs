//! The configuration in effect.
use super::text::words;

words! {
    CFG_TEXT;
    CFG_SEARCH;
    CFG_SEARCH_HINT;
    CFG_COPY;
    CFG_NONE;
    CFG_LOADING;
    CFG_SECRET;
    CFG_DEFAULT;
    CFG_CONSEQUENCES;
    CFG_REACHED;
    CFG_REACHING;
    CFG_NO_ZONES;
    CFG_SETTING;
    CFG_VALUE;
    CFG_ORIGIN;
    CFG_DOUBTFUL;
    cfg_file(file: &str, version: &str);
    cfg_line(n: usize);
    cfg_found(n: usize);
    cfg_answered(ms: u64);
}

pub fn zones(zones: &[String]) -> String {
    if zones.is_empty() { CFG_NO_ZONES.into() } else { zones.join(", ") }
}
