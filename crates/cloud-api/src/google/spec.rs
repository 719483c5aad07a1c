//! The JSON of a server that is wanted.
use std::net::Ipv4Addr;

use secrecy::ExposeSecret;
use serde_json::{Map, Value, json};

use super::catalogue::image_path;
use super::wire::owner_tag;
use crate::key::SshKey;
use crate::labels;
use crate::server::{PublicV4, ServerSpec};

/// The body of `instances.insert`. `reserved`: the address that [`PublicV4::Reserved`] stands for.
pub(super) fn instance(spec: &ServerSpec, reserved: Option<Ipv4Addr>, disk_type: &str) -> Value {
    let place = &spec.place;
    let mut disk = json!({
        "sourceImage": image_path(&spec.image),
        "diskType": format!("zones/{place}/diskTypes/{disk_type}"),
    });
    if let Some(gb) = spec.disk_gb {
        // An int64, so a string.
        disk["diskSizeGb"] = json!(gb.to_string());
    }
    let mut items = Vec::new();
    if !spec.ssh_keys.is_empty() {
        items.push(json!({"key": "ssh-keys", "value": ssh_keys(&spec.ssh_keys)}));
    }
    if let Some(script) = &spec.boot_script {
        // Debian's images carry no cloud-init: `user-data` would be ignored.
        items.push(json!({"key": "startup-script", "value": script.expose_secret()}));
    }
    let mut tags = vec![owner_tag(spec.owner.as_str())];
    tags.extend(spec.tags.iter().map(ToString::to_string));
    json!({
        "name": spec.name,
        "machineType": format!("zones/{place}/machineTypes/{}", spec.machine),
        "labels": labels::mark(&spec.owner, &spec.tags, &spec.labels),
        "tags": {"items": tags},
        "disks": [{"boot": true, "autoDelete": true, "initializeParams": disk}],
        "networkInterfaces": interfaces(spec, reserved),
        "metadata": {"items": items},
    })
}

/// The lines of the metadata item `ssh-keys`.
pub(super) fn ssh_keys(keys: &[SshKey]) -> String {
    let lines: Vec<String> =
        keys.iter().map(|key| format!("{}:{}", key.user, key.public_key)).collect();
    lines.join("\n")
}

fn interfaces(spec: &ServerSpec, reserved: Option<Ipv4Addr>) -> Vec<Value> {
    let mut interfaces: Vec<Map<String, Value>> = spec
        .attachments
        .iter()
        .map(|attachment| {
            let (region, subnet) =
                attachment.subnet.split_once('/').unwrap_or(("", &attachment.subnet));
            let mut nic = Map::new();
            nic.insert("network".into(), json!(format!("global/networks/{}", attachment.network)));
            let path = format!("regions/{region}/subnetworks/{subnet}");
            nic.insert("subnetwork".into(), json!(path));
            if let Some(address) = attachment.address {
                nic.insert("networkIP".into(), json!(address));
            }
            nic
        })
        .collect();
    if interfaces.is_empty() {
        // Without this Google would take the same one; many projects have deleted it, and then the
        // error names what is missing.
        let mut nic = Map::new();
        nic.insert("network".into(), json!("global/networks/default"));
        interfaces.push(nic);
    }
    // Without an access configuration there is no public address.
    if spec.public_v4 != PublicV4::None {
        let mut access = json!({
            "type": "ONE_TO_ONE_NAT", "name": "External NAT", "networkTier": "PREMIUM",
        });
        if let Some(address) = reserved {
            access["natIP"] = json!(address);
        }
        interfaces[0].insert("accessConfigs".into(), json!([access]));
    }
    let stack = if spec.public_v6 { "IPV4_IPV6" } else { "IPV4_ONLY" };
    interfaces[0].insert("stackType".into(), json!(stack));
    if spec.public_v6 {
        let access = json!([{"type": "DIRECT_IPV6", "name": "External IPv6",
            "networkTier": "PREMIUM"}]);
        interfaces[0].insert("ipv6AccessConfigs".into(), access);
    }
    interfaces.into_iter().map(Value::Object).collect()
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;

    use super::*;
    use crate::name::{Name, Owner};
    use crate::server::Attachment;

    fn spec() -> ServerSpec {
        let (name, owner) = (Name::parse("web-1").unwrap(), Owner::parse("acme").unwrap());
        ServerSpec::new(name, owner, "europe-west3-a", "e2-small", "debian-12")
    }

    #[test]
    fn a_server_has_its_disk_its_network_and_its_script() {
        let mut spec = spec();
        spec.disk_gb = Some(20);
        spec.boot_script = Some(SecretString::from("#!/bin/sh\n"));
        spec.tags.push(Name::parse("web").unwrap());
        spec.ssh_keys.push(SshKey::new(Name::parse("ops").unwrap(), "ops", "ssh-ed25519 AAAA x"));
        let address = Ipv4Addr::new(10, 20, 0, 5);
        spec.attachments.push(Attachment::new("edge", "europe-west3/web").address(address));
        spec.public_v4 = PublicV4::Reserved("europe-west3/web".into());
        let json = instance(&spec, Some(Ipv4Addr::new(203, 0, 113, 10)), "pd-balanced");
        let disk = &json["disks"][0]["initializeParams"];
        assert_eq!(disk["sourceImage"], "projects/debian-cloud/global/images/family/debian-12");
        assert_eq!(disk["diskSizeGb"], "20");
        assert_eq!(disk["diskType"], "zones/europe-west3-a/diskTypes/pd-balanced");
        let nic = &json["networkInterfaces"][0];
        assert_eq!(nic["subnetwork"], "regions/europe-west3/subnetworks/web");
        assert_eq!(nic["networkIP"], "10.20.0.5");
        assert_eq!(nic["accessConfigs"][0]["natIP"], "203.0.113.10");
        assert_eq!(json["tags"]["items"], json!(["schwenk-acme", "web"]));
        assert_eq!(json["labels"]["schwenk-owner"], "acme");
        let items = &json["metadata"]["items"];
        assert_eq!(items[0], json!({"key": "ssh-keys", "value": "ops:ssh-ed25519 AAAA x"}));
        assert_eq!(items[1]["key"], "startup-script");
    }

    #[test]
    fn without_a_public_address_there_is_no_way_in() {
        let mut spec = spec();
        spec.public_v4 = PublicV4::None;
        spec.public_v6 = true;
        let json = instance(&spec, None, "pd-balanced");
        let nic = &json["networkInterfaces"][0];
        assert_eq!(nic["accessConfigs"], Value::Null);
        assert_eq!(nic["stackType"], "IPV4_IPV6");
        assert_eq!(nic["ipv6AccessConfigs"][0]["type"], "DIRECT_IPV6");
        assert_eq!(nic["network"], "global/networks/default");
    }
}
