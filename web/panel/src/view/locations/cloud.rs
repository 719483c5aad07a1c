//! One cloud's column: its locations, their layers, and what else stands there.
use super::{Asking, Estate, Wish};
use crate::el::{El, div, dynamic, el, nothing, span};
use crate::kept::Kept;
use crate::model::locations::{Group, Layer, acts, groups, is_foreign, price, tone, total};
use crate::part::command::button;
use crate::part::state::{english, fixed_state, told as from_server};
use crate::words;
use crate::words::locations as told;
use crate::words::text::Word;
use web_api::{AddressState, CloudState, Locations, NetworkState, ServerState};

/// The column of a provider.
pub fn column(estate: Estate, id: String) -> El {
    let name = id.clone();
    let cloud = Kept::new(move || {
        estate.seen.with(|seen| {
            let seen = seen.as_ref()?;
            let cloud = seen.clouds.iter().find(|cloud| cloud.provider == id)?.clone();
            let groups = groups(seen, &cloud);
            Some((cloud, groups))
        })
    });
    el("section").class("card cloud").attr("aria-label", name).child(dynamic(move || {
        match cloud.get() {
            Some((cloud, groups)) => content(estate, cloud, groups).into(),
            None => nothing(),
        }
    }))
}

fn content(estate: Estate, cloud: CloudState, groups: Vec<Group>) -> El {
    let head = el("header").child(el("h2").text(cloud.provider.clone())).child(cost(&cloud));
    let frame = el("div").child(head);
    if let Some(problem) = &cloud.problem {
        let silent = div("trouble")
            .attr("role", "alert")
            .child(el("strong").text(told::LOC_CLOUD_SILENT))
            .child(english(el("span")).text(problem.clone()))
            .child(el("span").class("facts").text(told::LOC_CLOUD_SILENT_DETAIL));
        return frame.child(silent);
    }
    let notes = cloud
        .notes
        .iter()
        .map(|note| from_server(el("p").class("facts note"), words::spoken(note), note.clone()));
    let none = groups.iter().all(|group| group.layers.is_empty());
    frame
        .children(notes)
        .maybe(none.then(|| el("p").class("facts").text(told::LOC_NO_SERVERS)))
        .children(groups.into_iter().map(|one| group(estate, &cloud, one)))
        .child(ground(&cloud))
}

fn cost(cloud: &CloudState) -> El {
    if cloud.problem.is_some() {
        return el("span");
    }
    let unpriced =
        (!cloud.unpriced.is_empty()).then(|| told::loc_unpriced(&cloud.unpriced.join(", ")));
    let sum = match total(cloud) {
        Some(total) => el("strong").text(told::loc_a_month(&total)),
        None => el("strong").text(told::LOC_NO_PRICE),
    };
    div("cloud-cost")
        .child(sum)
        .child(el("small").text(told::loc_servers_at(cloud.servers.len())))
        .maybe(unpriced.map(|text| el("small").text(text)))
}

fn group(estate: Estate, cloud: &CloudState, group: Group) -> El {
    let head = match &group.location {
        Some(location) => el("h3")
            .text(location.name.clone())
            .child(el("small").class("mono").text(location.range.clone())),
        None => el("h3").text(told::LOC_ELSEWHERE),
    };
    let layers = group.layers.into_iter().map(|one| layer(estate, cloud, one));
    div("place").child(head).children(layers)
}

fn layer(estate: Estate, cloud: &CloudState, layer: Layer) -> El {
    let title = layer.role.as_deref().map_or_else(|| told::LOC_OTHER_ROLE.into(), told::role);
    let there = layer.servers.len();
    let short = layer.wanted.filter(|wanted| usize::try_from(*wanted) != Ok(there));
    let head = el("h4")
        .text(title)
        .maybe(short.map(|wanted| span("note").text(told::loc_wanted(there, wanted))));
    let servers = layer.servers.into_iter().map(|one| server(estate, cloud, one));
    div("layer").child(head).children(servers)
}

fn server(estate: Estate, cloud: &CloudState, server: ServerState) -> El {
    let state = fixed_state(tone(&server), told::state(&server.state));
    let price = price(cloud, &server).unwrap_or_else(|| told::LOC_NO_PRICE.into());
    let mark = match server.whose.as_str() {
        "own" => None,
        "named" => Some(told::LOC_NAMED),
        _ => Some(told::LOC_FOREIGN),
    };
    let head = el("header")
        .child(state)
        .child(el("strong").class("mono").text(server.name.clone()))
        .maybe(mark.map(|mark| span("role").text(mark)));
    let facts = format!("{} · {} · {price}", server.machine, server.place);
    let addresses = [server.public.clone(), server.private.clone()].concat().join("  ");
    let serves = server.serves.iter().map(|serving| match serving.active {
        true => span("serving active").text(told::loc_serves_now(&serving.service)),
        false => span("serving").text(told::loc_stands_by(&serving.service)),
    });
    // What a blueprint keeps in labels tells nobody anything.
    let telling = server.whose != "own" && !server.labels.is_empty();
    let labels = telling.then(|| server.labels.join("  "));
    let notes = server
        .notes
        .iter()
        .map(|note| from_server(el("p").class("facts note"), words::spoken(note), note.clone()));
    el("article")
        .class("server")
        .toggle("foreign", {
            let foreign = is_foreign(&server);
            move || foreign
        })
        .attr("aria-label", server.name.clone())
        .child(head)
        .child(el("p").class("facts").text(facts))
        .child(el("p").class("facts mono").text(addresses))
        .maybe(labels.map(|labels| el("p").class("facts mono labels").text(labels)))
        .child(div("servings").children(serves))
        .children(notes)
        .child(actions(estate, &cloud.provider, &server))
}

fn actions(estate: Estate, provider: &str, server: &ServerState) -> El {
    if server.busy {
        return el("p").class("facts").text(told::LOC_BUSY);
    }
    let ask = |wish: Wish, text: Word, test: String| {
        let asking = Asking { provider: provider.to_owned(), server: server.id.clone(), wish };
        button("button quiet")
            .attr("data-test", test)
            .flag("disabled", move || !estate.may_work())
            .on("click", move |_| estate.asking.set(Some(asking.clone())))
            .text(text)
    };
    let power = acts(server).iter().map(|[act, _]| {
        let word = told::act_button(*act);
        ask(Wish::Power(*act), word, format!("act-{}-{}", act_word(*act), server.name))
    });
    let resize = ask(Wish::Resize, told::LOC_RESIZE, format!("resize-{}", server.name));
    div("actions").children(power).child(resize)
}

fn act_word(act: web_api::PowerAct) -> &'static str {
    match act {
        web_api::PowerAct::Start => "start",
        web_api::PowerAct::Shutdown | web_api::PowerAct::PowerOff => "off",
        _ => "restart",
    }
}

/// Networks and addresses, folded away.
fn ground(cloud: &CloudState) -> El {
    if cloud.networks.is_empty() && cloud.addresses.is_empty() {
        return el("span");
    }
    let network = |one: &NetworkState| {
        let range = one.range.clone().unwrap_or_default();
        let facts = [vec![range], one.subnets.clone()].concat();
        let facts: Vec<String> = facts.into_iter().filter(|fact| !fact.is_empty()).collect();
        row(one.name.clone(), facts.join(" · "), one.own)
    };
    let currency = cloud.currency.clone();
    let address = |one: &AddressState| {
        let price = currency.as_ref().zip(one.monthly.as_ref());
        let price = price.map(|(currency, price)| format!("{currency} {price}"));
        let unused = (!one.used).then(|| told::LOC_ADDRESS_UNUSED.into());
        let parts = [one.address.clone(), Some(one.region.clone()), price, unused];
        let facts: Vec<String> = parts.into_iter().flatten().collect();
        row(one.name.clone(), facts.join(" · "), one.own)
    };
    el("details").child(el("summary").text(told::LOC_NETWORKS)).child(
        el("ul")
            .class("ground")
            .children(cloud.networks.iter().map(network))
            .children(cloud.addresses.iter().map(address)),
    )
}

fn row(name: String, facts: String, own: bool) -> El {
    el("li")
        .child(span("mono").text(name))
        .child(el("small").class("mono").text(facts))
        .maybe((!own).then(|| span("role").text(told::LOC_FOREIGN)))
}

/// The servers of a location's owner that there are.
pub fn owned(seen: &Locations) -> usize {
    let all = seen.clouds.iter().flat_map(|cloud| &cloud.servers);
    all.filter(|server| server.whose == "own").count()
}
