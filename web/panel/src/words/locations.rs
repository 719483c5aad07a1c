//! Locations: servers, power, blueprint.
use super::text::{Word, words};
use web_api::PowerAct;

words! {
    LOC_REFRESH;
    LOC_LOOKING;
    LOC_CLOUD_SILENT;
    LOC_CLOUD_SILENT_DETAIL;
    LOC_NO_SERVERS;
    LOC_ELSEWHERE;
    LOC_OTHER_ROLE;
    LOC_FOREIGN;
    LOC_NAMED;
    LOC_NETWORKS;
    LOC_NO_PRICE;
    loc_a_month(sum: &str);
    LOC_WITHOUT_TAX;
    LOC_ADDRESS_UNUSED;
    LOC_BUSY;
    LOC_RESIZE;
    loc_serves_now(service: &str);
    loc_stands_by(service: &str);
    LOC_ROLE_APP;
    LOC_ROLE_DB;
    LOC_ROLE_DNS;
    LOC_ROLE_WATCHER;
    loc_wanted(there: usize, wanted: u32);
    loc_unpriced(list: &str);
    loc_servers_at(n: usize);
    loc_kept_things(n: usize);
    LOC_BUTTON_START;
    LOC_BUTTON_OFF;
    LOC_BUTTON_RESTART;
    loc_title_start(name: &str);
    loc_title_off(name: &str);
    loc_title_restart(name: &str);
    LOC_VERB_START;
    LOC_VERB_SHUTDOWN;
    LOC_VERB_POWER_OFF;
    LOC_VERB_REBOOT;
    LOC_VERB_RESET;
    LOC_WAY_START;
    LOC_WAY_SHUTDOWN;
    LOC_WAY_POWER_OFF;
    LOC_WAY_REBOOT;
    LOC_WAY_RESET;
    LOC_HOW;
    LOC_STILL_BILLED;
    loc_serves_warning(services: &str);
    loc_foreign_of(owner: &str);
    LOC_FOREIGN_OF_NOBODY;
    LOC_FOREIGN_CONSENT;
    loc_resize_title(name: &str);
    loc_resize_text(machine: &str);
    LOC_NEW_TYPE;
    LOC_CHOOSE_TYPE;
    LOC_RESIZE_VERB;
    loc_machine_facts(name: &str, cores: u32, memory: &str);
    LOC_BLUEPRINT;
    LOC_BLUEPRINT_TEXT;
    LOC_NO_BLUEPRINT;
    LOC_MAKE_PLAN;
    LOC_PLANNING;
    LOC_PLAN_EMPTY;
    LOC_PLAN_BLOCKED;
    LOC_PLAN_NOTICES;
    LOC_PLAN_COST;
    LOC_COST_BEFORE;
    LOC_COST_AFTER;
    LOC_NOT_KNOWN;
    LOC_APPLY;
    LOC_APPLY_TITLE;
    LOC_APPLY_VERB;
    LOC_APPLY_TEXT;
    LOC_DESTROY;
    LOC_DESTROY_TITLE;
    LOC_DESTROY_VERB;
    loc_destroy_text(owner: &str, n: usize);
    loc_plan_steps(n: usize);
    loc_plan_removals(n: usize, removals: usize);
    loc_deletions_warning(n: usize);
    LOC_DO_MAKE;
    LOC_DO_FINISH;
    LOC_DO_RELABEL;
    LOC_DO_RESIZE;
    LOC_DO_SCRIPT;
    LOC_DO_KEYS;
    LOC_DO_REMOVE;
    LOC_DO_START;
    LOC_DO_SHUTDOWN;
    LOC_DO_POWER_OFF;
    LOC_DO_REBOOT;
    LOC_DO_RESET;
    LOC_DO_CHANGE;
    LOC_A_NETWORK;
    LOC_A_SUBNET;
    LOC_AN_OPENING;
    LOC_AN_ADDRESS;
    LOC_A_KEY;
    LOC_A_SERVER;
    LOC_STOP_JOB;
    LOC_WHAT_NOW;
    loc_job_power(name: &str);
    loc_job_resize(name: &str);
    LOC_JOB_APPLY;
    LOC_JOB_DESTROY;
    LOC_JOB_OTHER;
    LOC_IS_RUNNING;
    LOC_IS_STOPPING;
    LOC_IS_DONE;
    LOC_IS_FAILED;
    LOC_IS_STOPPED;
    LOC_IS_INTERRUPTED;
    LOC_IS_SKIPPED;
    LOC_IS_WAITING;
    loc_job_progress(done: usize, all: usize);
    loc_job_by(who: &str, clock: &str);
    LOC_STATE_RUNNING;
    LOC_STATE_OFF;
    LOC_STATE_STARTING;
    LOC_STATE_STOPPING;
    LOC_STATE_CHANGING;
    LOC_STATE_DELETING;
}

/// What stands in one layer of a location.
pub fn role(role: &str) -> String {
    match role {
        "haproxy" => "HAProxy".to_owned(),
        "app" => LOC_ROLE_APP.into(),
        "db" => LOC_ROLE_DB.into(),
        "dns" => LOC_ROLE_DNS.into(),
        "watcher" => LOC_ROLE_WATCHER.into(),
        other => other.to_owned(),
    }
}

/// How a server stands; a vendor's own word stays.
pub fn state(state: &str) -> String {
    match state {
        "running" => LOC_STATE_RUNNING.into(),
        "off" => LOC_STATE_OFF.into(),
        "starting" => LOC_STATE_STARTING.into(),
        "stopping" => LOC_STATE_STOPPING.into(),
        "changing" => LOC_STATE_CHANGING.into(),
        "deleting" => LOC_STATE_DELETING.into(),
        other => other.to_owned(),
    }
}

pub fn act_button(act: PowerAct) -> Word {
    match act {
        PowerAct::Start => LOC_BUTTON_START,
        PowerAct::Shutdown | PowerAct::PowerOff => LOC_BUTTON_OFF,
        PowerAct::Reboot | PowerAct::Reset => LOC_BUTTON_RESTART,
    }
}

pub fn act_title(act: PowerAct, name: &str) -> String {
    match act {
        PowerAct::Start => loc_title_start(name),
        PowerAct::Shutdown | PowerAct::PowerOff => loc_title_off(name),
        PowerAct::Reboot | PowerAct::Reset => loc_title_restart(name),
    }
}

pub fn act_verb(act: PowerAct) -> Word {
    match act {
        PowerAct::Start => LOC_VERB_START,
        PowerAct::Shutdown => LOC_VERB_SHUTDOWN,
        PowerAct::PowerOff => LOC_VERB_POWER_OFF,
        PowerAct::Reboot => LOC_VERB_REBOOT,
        PowerAct::Reset => LOC_VERB_RESET,
    }
}

/// How an act goes about it.
pub fn act_way(act: PowerAct) -> Word {
    match act {
        PowerAct::Start => LOC_WAY_START,
        PowerAct::Shutdown => LOC_WAY_SHUTDOWN,
        PowerAct::PowerOff => LOC_WAY_POWER_OFF,
        PowerAct::Reboot => LOC_WAY_REBOOT,
        PowerAct::Reset => LOC_WAY_RESET,
    }
}

pub fn foreign_warning(owner: Option<&str>) -> String {
    owner.map_or_else(|| LOC_FOREIGN_OF_NOBODY.into(), loc_foreign_of)
}

/// "cx33 · 4 cores · 8 GB · EUR 5.49".
pub fn machine(name: &str, cores: u32, memory_mib: u32, price: Option<&str>) -> String {
    let memory = match (memory_mib / 1024, memory_mib % 1024) {
        (gb, 0) => gb.to_string(),
        (gb, rest) => format!("{gb}.{}", rest * 10 / 1024),
    };
    let facts = loc_machine_facts(name, cores, &memory);
    price.map_or_else(|| facts.clone(), |price| format!("{facts} · {price}"))
}

pub fn plan_summary(steps: usize, deletions: usize) -> String {
    if deletions == 0 { loc_plan_steps(steps) } else { loc_plan_removals(steps, deletions) }
}

/// What is done to a thing.
pub fn action(action: &str) -> Word {
    match action {
        "create" => LOC_DO_MAKE,
        "adopt" => LOC_DO_FINISH,
        "relabel" => LOC_DO_RELABEL,
        "resize" => LOC_DO_RESIZE,
        "replace_script" => LOC_DO_SCRIPT,
        "replace_keys" => LOC_DO_KEYS,
        "delete" => LOC_DO_REMOVE,
        "start" => LOC_DO_START,
        "shutdown" => LOC_DO_SHUTDOWN,
        "power_off" => LOC_DO_POWER_OFF,
        "reboot" => LOC_DO_REBOOT,
        "reset" => LOC_DO_RESET,
        _ => LOC_DO_CHANGE,
    }
}

/// A kind of thing.
pub fn thing(thing: &str) -> Word {
    match thing {
        "network" => LOC_A_NETWORK,
        "subnet" => LOC_A_SUBNET,
        "opening" => LOC_AN_OPENING,
        "address" => LOC_AN_ADDRESS,
        "key" => LOC_A_KEY,
        _ => LOC_A_SERVER,
    }
}

/// The heading of work.
pub fn job_title(kind: &str, name: &str) -> String {
    match kind {
        "power" => loc_job_power(name),
        "resize" => loc_job_resize(name),
        "apply" => LOC_JOB_APPLY.into(),
        "destroy" => LOC_JOB_DESTROY.into(),
        _ => LOC_JOB_OTHER.into(),
    }
}

/// How work or a step of it stands.
pub fn job_state(state: &str) -> Word {
    match state {
        "running" => LOC_IS_RUNNING,
        "stopping" => LOC_IS_STOPPING,
        "done" => LOC_IS_DONE,
        "failed" => LOC_IS_FAILED,
        "stopped" => LOC_IS_STOPPED,
        "interrupted" => LOC_IS_INTERRUPTED,
        "skipped" => LOC_IS_SKIPPED,
        _ => LOC_IS_WAITING,
    }
}
