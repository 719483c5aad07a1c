//! What stands at the clouds, put in the order in which a visitor's request passes through it.
use super::tone::Tone;
use web_api::{
    BlueprintPlan, BlueprintStep, CloudState, JobStep, LocationFacts, Locations, PlacesJob,
    PowerAct, ServerState,
};

/// The roles of a location, in the order of a visitor's request.
const ROLES: [&str; 5] = ["haproxy", "app", "db", "dns", "watcher"];

/// A part of a cloud's column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// The blueprint's location; none: what is in none of it.
    pub location: Option<LocationFacts>,
    /// Its servers, layer by layer.
    pub layers: Vec<Layer>,
}

/// The servers of one role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// The role; none: no role of the blueprint.
    pub role: Option<String>,
    /// How many are wanted.
    pub wanted: Option<u32>,
    /// Those that there are.
    pub servers: Vec<ServerState>,
}

/// A cloud's column: its locations with their layers, then what is in none.
pub fn groups(seen: &Locations, cloud: &CloudState) -> Vec<Group> {
    let here = |location: &&LocationFacts| location.provider == cloud.provider;
    let known: Vec<&LocationFacts> = seen.locations.iter().filter(here).collect();
    let own = |server: &ServerState, location: &LocationFacts| {
        server.whose == "own" && server.location.as_ref() == Some(&location.name)
    };
    let mut groups: Vec<Group> = Vec::new();
    for location in &known {
        let servers = || cloud.servers.iter().filter(|server| own(server, location));
        let mut layers = Vec::new();
        for role in ROLES {
            let wanted = location.roles.iter().find(|facts| facts.role == role);
            let is = |server: &&ServerState| server.role.as_deref() == Some(role);
            let servers: Vec<ServerState> = servers().filter(is).cloned().collect();
            let wanted = wanted.map(|facts| facts.count);
            if !servers.is_empty() || wanted.unwrap_or(0) > 0 {
                layers.push(Layer { role: Some(role.to_owned()), wanted, servers });
            }
        }
        groups.push(Group { location: Some((*location).clone()), layers });
    }
    let other = |server: &&ServerState| !known.iter().any(|location| own(server, location));
    let others: Vec<ServerState> = cloud.servers.iter().filter(other).cloned().collect();
    if !others.is_empty() {
        let layer = Layer { role: None, wanted: None, servers: others };
        groups.push(Group { location: None, layers: vec![layer] });
    }
    groups
}

/// How a server stands.
pub fn tone(server: &ServerState) -> Tone {
    match server.state.as_str() {
        "running" => Tone::Up,
        "off" => Tone::Maint,
        "starting" | "stopping" | "changing" | "deleting" => Tone::Warn,
        _ => Tone::Unknown,
    }
}

/// What can be done to a server's power now, the gentle way before the hard one.
pub fn acts(server: &ServerState) -> &'static [[PowerAct; 2]] {
    match server.state.as_str() {
        _ if server.busy => &[],
        "off" => &[[PowerAct::Start, PowerAct::Start]],
        "running" => {
            &[[PowerAct::Shutdown, PowerAct::PowerOff], [PowerAct::Reboot, PowerAct::Reset]]
        }
        _ => &[],
    }
}

/// The services whose visitors are sent to this server's site now.
pub fn active_for(server: &ServerState) -> Vec<String> {
    let active = server.serves.iter().filter(|serving| serving.active);
    active.map(|serving| serving.service.clone()).collect()
}

/// Whether a server's name has to be typed before it is changed: what serves people now, what is
/// not ours, and what loses what it has not written.
pub fn wants_name(server: &ServerState, act: Option<PowerAct>) -> bool {
    let stops = act != Some(PowerAct::Start);
    let hard = matches!(act, Some(PowerAct::PowerOff | PowerAct::Reset));
    stops && (!active_for(server).is_empty() || hard) || is_foreign(server)
}

/// Whether nobody has said that it is ours.
pub fn is_foreign(server: &ServerState) -> bool {
    server.whose == "foreign"
}

/// A server's price with its currency.
pub fn price(cloud: &CloudState, server: &ServerState) -> Option<String> {
    let (currency, monthly) = (cloud.currency.as_ref()?, server.monthly.as_ref()?);
    Some(format!("{currency} {monthly}"))
}

/// What a whole cloud costs, as far as it is known.
pub fn total(cloud: &CloudState) -> Option<String> {
    let (currency, monthly) = (cloud.currency.as_ref()?, cloud.monthly.as_ref()?);
    Some(format!("{currency} {monthly}"))
}

/// The server with this id, as it is now.
pub fn find<'s>(
    seen: &'s Locations,
    provider: &str,
    id: &str,
) -> Option<(&'s CloudState, &'s ServerState)> {
    let cloud = seen.clouds.iter().find(|cloud| cloud.provider == provider)?;
    let server = cloud.servers.iter().find(|server| server.id == id)?;
    Some((cloud, server))
}

/// The steps of a plan under their headings: location, or provider where there is none.
pub fn by_place(plan: &BlueprintPlan) -> Vec<(String, Vec<BlueprintStep>)> {
    let mut places: Vec<(String, Vec<BlueprintStep>)> = Vec::new();
    for step in &plan.steps {
        let name = match &step.location {
            Some(location) => format!("{location} · {}", step.provider),
            None => step.provider.clone(),
        };
        match places.iter_mut().find(|(known, _)| *known == name) {
            Some((_, steps)) => steps.push(step.clone()),
            None => places.push((name, vec![step.clone()])),
        }
    }
    places
}

/// The class of a step's line: what comes, what goes, what changes.
pub fn sign(step: &BlueprintStep) -> &'static str {
    match step.action.as_str() {
        "create" | "adopt" => "new",
        "delete" => "gone",
        _ => "changed",
    }
}

/// Whether a job still goes on.
pub fn runs(job: &PlacesJob) -> bool {
    job.ended.is_none()
}

/// Steps that have ended, of all.
pub fn progress(job: &PlacesJob) -> (usize, usize) {
    let over = |step: &&JobStep| !matches!(step.state.as_str(), "waiting" | "running");
    (job.steps.iter().filter(over).count(), job.steps.len())
}

/// How a step or a whole job stands.
pub fn state_tone(state: &str) -> Tone {
    match state {
        "done" => Tone::Up,
        "failed" => Tone::Down,
        "running" | "stopping" | "stopped" | "interrupted" => Tone::Warn,
        "skipped" => Tone::Maint,
        _ => Tone::Unknown,
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use failover_core::Timestamp;
    use web_api::{
        AddressState, BlueprintRemark, CostOfLocation, CostSum, NetworkState, RoleFacts, Serving,
    };

    fn server(name: &str, role: Option<&str>, whose: &str) -> ServerState {
        ServerState {
            id: format!("id-{name}"),
            name: name.to_owned(),
            state: "running".to_owned(),
            busy: false,
            place: "fsn1".to_owned(),
            machine: "cx23".to_owned(),
            whose: whose.to_owned(),
            owner: None,
            location: (whose == "own").then(|| "north".to_owned()),
            role: role.map(str::to_owned),
            labels: vec!["role=app".to_owned()],
            public: vec!["192.0.2.1".to_owned()],
            private: vec!["10.0.1.65".to_owned()],
            monthly: Some("3.49".to_owned()),
            notes: vec!["slow".to_owned()],
            serves: Vec::new(),
        }
    }

    pub fn seen() -> Locations {
        let roles = [("app", 2), ("haproxy", 1)].map(|(role, count)| RoleFacts {
            role: role.to_owned(),
            machine: "cx23".to_owned(),
            count,
        });
        let location = LocationFacts {
            name: "north".to_owned(),
            provider: "hetzner".to_owned(),
            places: vec!["fsn1".to_owned()],
            range: "10.0.1.0/24".to_owned(),
            roles: roles.to_vec(),
        };
        let mut front = server("acme-north-haproxy-1", Some("haproxy"), "own");
        let (service, site) = ("shop".to_owned(), "north".to_owned());
        front.serves = vec![Serving { service, site, active: true }];
        let cloud = CloudState {
            provider: "hetzner".to_owned(),
            kind: "hetzner".to_owned(),
            problem: None,
            servers: vec![
                server("acme-north-app-1", Some("app"), "own"),
                front,
                server("old-shop", None, "foreign"),
            ],
            networks: vec![NetworkState {
                name: "acme-north".to_owned(),
                range: Some("10.0.1.0/24".to_owned()),
                subnets: vec!["10.0.1.0/24, eu".to_owned()],
                own: true,
            }],
            addresses: vec![AddressState {
                name: "a".to_owned(),
                address: None,
                region: "fsn1".to_owned(),
                used: false,
                own: true,
                monthly: None,
            }],
            currency: Some("EUR".to_owned()),
            monthly: Some("10.47".to_owned()),
            unpriced: vec!["1 × address".to_owned()],
            notes: Vec::new(),
        };
        Locations {
            at: Timestamp::from_millis(7),
            owner: Some("acme".to_owned()),
            locations: vec![location],
            clouds: vec![cloud],
            job: None,
        }
    }

    fn step(action: &str, name: &str, location: Option<&str>) -> BlueprintStep {
        BlueprintStep {
            action: action.to_owned(),
            thing: "server".to_owned(),
            provider: "hetzner".to_owned(),
            location: location.map(str::to_owned),
            name: name.to_owned(),
            detail: "cx23 at fsn1".to_owned(),
            reason: "not there yet".to_owned(),
        }
    }

    pub fn plan() -> BlueprintPlan {
        let sum = CostSum {
            locations: vec![CostOfLocation {
                location: "north".to_owned(),
                monthly: Some("EUR 6.98".to_owned()),
                unpriced: Vec::new(),
            }],
            totals: vec!["EUR 6.98".to_owned()],
            complete: true,
        };
        BlueprintPlan {
            fingerprint: "abc".to_owned(),
            owner: "acme".to_owned(),
            steps: vec![
                step("create", "acme-north-app-2", Some("north")),
                step("resize", "acme-north-app-1", Some("north")),
                step("delete", "acme-key", None),
            ],
            blocked: vec![BlueprintRemark {
                provider: "hetzner".to_owned(),
                location: None,
                about: "x".to_owned(),
                message: "y".to_owned(),
            }],
            notices: Vec::new(),
            kept: vec!["server acme-north-haproxy-1".to_owned()],
            before: sum.clone(),
            after: sum,
            deletions: 1,
        }
    }

    pub fn job() -> PlacesJob {
        let one = |state: &str| JobStep {
            step: step("create", "acme-north-app-2", Some("north")),
            state: state.to_owned(),
            note: None,
            note_said: None,
            advice: None,
            advice_said: None,
            began: Some(Timestamp::from_millis(1)),
            ended: None,
        };
        PlacesJob {
            id: 1,
            kind: "apply".to_owned(),
            title: "apply".to_owned(),
            who: "anna".to_owned(),
            began: Timestamp::from_millis(1),
            ended: None,
            state: "running".to_owned(),
            can_stop: true,
            steps: vec![one("done"), one("failed"), one("running"), one("waiting")],
            summary: None,
            summary_said: Some(web_api::Said::of("job.steps").with("count", 1)),
            advice: Some("wait".to_owned()),
            advice_said: None,
        }
    }

    #[test]
    fn layers_stand_in_the_order_of_a_request_and_strangers_apart() {
        let seen = seen();
        let groups = groups(&seen, &seen.clouds[0]);
        let names = |group: &Group| -> Vec<String> {
            let servers = group.layers.iter().flat_map(|layer| &layer.servers);
            servers.map(|server| server.name.clone()).collect()
        };
        assert_eq!(groups.len(), 2);
        assert_eq!(names(&groups[0]), ["acme-north-haproxy-1", "acme-north-app-1"]);
        assert_eq!(groups[0].layers[1].wanted, Some(2), "one is missing");
        assert_eq!(
            (groups[1].location.is_none(), names(&groups[1])),
            (true, vec!["old-shop".to_owned()])
        );
    }

    #[test]
    fn the_name_is_typed_where_a_mistake_would_hurt() {
        let seen = seen();
        let [app, front, foreign] = [0, 1, 2].map(|place| &seen.clouds[0].servers[place]);
        assert!(!wants_name(app, Some(PowerAct::Shutdown)));
        assert!(wants_name(app, Some(PowerAct::PowerOff)), "it loses what it has not written");
        assert!(wants_name(front, Some(PowerAct::Reboot)), "people are served from here");
        assert!(wants_name(front, None), "a resize stops it");
        assert!(wants_name(foreign, Some(PowerAct::Start)));
        assert_eq!(active_for(front), ["shop"]);
    }

    #[test]
    fn what_is_off_can_only_be_started_and_what_is_busy_is_left_alone() {
        let mut one = server("a", None, "own");
        assert_eq!(acts(&one).len(), 2);
        one.state = "off".to_owned();
        assert_eq!(acts(&one), [[PowerAct::Start, PowerAct::Start]]);
        one.busy = true;
        assert!(acts(&one).is_empty());
    }

    #[test]
    fn a_plan_is_told_place_by_place_and_a_job_step_by_step() {
        let places = by_place(&plan());
        let counts: Vec<(&str, usize)> =
            places.iter().map(|(name, steps)| (name.as_str(), steps.len())).collect();
        assert_eq!(counts, [("north · hetzner", 2), ("hetzner", 1)]);
        let signs: Vec<&str> = plan().steps.iter().map(sign).collect();
        assert_eq!(signs, ["new", "changed", "gone"]);
        assert_eq!(progress(&job()), (2, 4));
        assert!(runs(&job()));
    }

    #[test]
    fn money_is_only_shown_where_it_is_known() {
        let mut seen = seen();
        assert_eq!(total(&seen.clouds[0]).as_deref(), Some("EUR 10.47"));
        seen.clouds[0].currency = None;
        let cloud = &seen.clouds[0];
        assert_eq!((total(cloud), price(cloud, &cloud.servers[0])), (None, None));
    }
}
