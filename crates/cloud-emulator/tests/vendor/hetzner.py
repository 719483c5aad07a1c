"""hcloud: Hetzner's own client through zones, RRsets, actions, labels, protection and errors."""

import hcloud
from hcloud.zones import ZonePrimaryNameserver, ZoneRecord, ZoneRRSet

from expect import equal, refused

APIException = hcloud.APIException


def _client(emulator, token="hetzner"):
    return hcloud.Client(
        emulator["tokens"][token], api_endpoint=emulator["hetzner"], poll_interval=0.05,
        application_name="vendor-check",
    )


def _zone(client, name, **more):
    made = client.zones.create(name=name, mode="primary", **more)
    made.action.wait_until_finished()
    return made.zone


def _remove(zone):
    zone.delete().action.wait_until_finished()


def _values(rrset):
    return [record.value for record in rrset.records]


def the_first_zone_is_found_by_name_and_number(emulator):
    client, known = _client(emulator), emulator["zone"]
    for key in [known["name"], known["hetzner"]["id"]]:
        zone = client.zones.get(key)
        equal((zone.id, zone.name, zone.mode), (known["hetzner"]["id"], known["name"], "primary"))
        equal(len(zone.authoritative_nameservers.assigned), 3)


def a_zone_is_born_labelled_listed_and_deleted(emulator):
    client = _client(emulator)
    zone = _zone(client, "vendor.example", ttl=3600, labels={"by": "vendor"})
    equal((zone.ttl, zone.labels), (3600, {"by": "vendor"}))
    assert zone.created is not None
    with refused(APIException, code="uniqueness_error"):
        _zone(client, "vendor.example")
    equal([one.name for one in client.zones.get_all(label_selector="by=vendor")], [zone.name])
    equal([one.id for one in client.zones.get_all(name=zone.name)], [zone.id])
    equal(zone.update(labels={"by": "nobody"}).labels, {"by": "nobody"})
    zone.change_ttl(7200).wait_until_finished()
    equal(client.zones.get(zone.id).ttl, 7200)
    _remove(zone)
    with refused(APIException, code="not_found"):
        client.zones.get("vendor.example")


def a_new_zone_may_bring_its_rrsets(emulator):
    client = _client(emulator)
    sets = [
        ZoneRRSet(name="www", type="A", ttl=300, records=[
            ZoneRecord(value="203.0.113.1", comment="first"), ZoneRecord(value="203.0.113.2"),
        ]),
        ZoneRRSet(name="@", type="MX", records=[ZoneRecord(value="10 mail.example.com.")]),
    ]
    zone = _zone(client, "rrsets.example", rrsets=sets)
    www = zone.get_rrset("www", "A")
    equal(sorted(_values(www)), ["203.0.113.1", "203.0.113.2"])
    equal((www.ttl, www.id), (300, "www/A"))
    equal({one.type for one in zone.get_rrset_all()}, {"A", "MX", "NS", "SOA"})
    _remove(zone)


def an_rrset_is_made_changed_and_deleted(emulator):
    client = _client(emulator)
    zone = _zone(client, "life.example")
    made = zone.create_rrset(
        name="app", type="A", ttl=60, labels={"role": "app"},
        records=[ZoneRecord(value="203.0.113.1")],
    )
    made.action.wait_until_finished()
    app = made.rrset
    equal((app.name, app.type, app.ttl, app.labels), ("app", "A", 60, {"role": "app"}))
    with refused(APIException, code="uniqueness_error"):
        zone.create_rrset(name="app", type="A", records=[ZoneRecord(value="203.0.113.1")])
    app.set_rrset_records([ZoneRecord(value="203.0.113.2")]).wait_until_finished()
    app.add_rrset_records([ZoneRecord(value="203.0.113.3")]).wait_until_finished()
    equal(sorted(_values(zone.get_rrset("app", "A"))), ["203.0.113.2", "203.0.113.3"])
    commented = ZoneRecord(value="203.0.113.3", comment="ours")
    app.update_rrset_records([commented]).wait_until_finished()
    comments = {one.value: one.comment for one in zone.get_rrset("app", "A").records}
    equal(comments["203.0.113.3"], "ours")
    app.remove_rrset_records([ZoneRecord(value="203.0.113.2")]).wait_until_finished()
    equal(_values(zone.get_rrset("app", "A")), ["203.0.113.3"])
    app.change_rrset_ttl(120).wait_until_finished()
    equal(zone.get_rrset("app", "A").ttl, 120)
    equal(app.update_rrset(labels={"role": "old"}).labels, {"role": "old"})
    app.delete_rrset().action.wait_until_finished()
    with refused(APIException, code="not_found"):
        zone.get_rrset("app", "A")
    _remove(zone)


def lists_come_in_pages(emulator):
    client = _client(emulator)
    zone = _zone(client, "pages.example", rrsets=[
        ZoneRRSet(name=f"n{n}", type="A", records=[ZoneRecord(value="203.0.113.1")])
        for n in range(60)
    ])
    page = zone.get_rrset_list(per_page=25, page=2, type=["A"])
    equal(len(page.rrsets), 25)
    equal((page.meta.pagination.next_page, page.meta.pagination.total_entries), (3, 60))
    equal(len(zone.get_rrset_all(type=["A"])), 60)
    equal([one.name for one in zone.get_rrset_all(name="n7")], ["n7"])
    _remove(zone)


def protection_stops_what_it_protects(emulator):
    client = _client(emulator)
    zone = _zone(client, "guarded.example")
    zone.change_protection(delete=True).wait_until_finished()
    equal(client.zones.get(zone.id).protection, {"delete": True})
    with refused(APIException, code="protected"):
        zone.delete()
    rrset = zone.create_rrset(
        name="www", type="A", records=[ZoneRecord(value="203.0.113.1")]
    )
    rrset.action.wait_until_finished()
    rrset.rrset.change_rrset_protection(change=True).wait_until_finished()
    with refused(APIException, code="protected"):
        rrset.rrset.set_rrset_records([ZoneRecord(value="203.0.113.2")])
    rrset.rrset.change_rrset_protection(change=False).wait_until_finished()
    zone.change_protection(delete=False).wait_until_finished()
    _remove(zone)


def a_zone_file_goes_out_and_in(emulator):
    client = _client(emulator)
    zone = _zone(client, "file.example")
    zone.create_rrset(
        name="www", type="A", ttl=300, records=[ZoneRecord(value="203.0.113.1")]
    ).action.wait_until_finished()
    text = zone.export_zonefile().zonefile
    assert "203.0.113.1" in text and "SOA" in text, text
    zone.import_zonefile(text.replace("203.0.113.1", "203.0.113.7")).wait_until_finished()
    equal(_values(zone.get_rrset("www", "A")), ["203.0.113.7"])
    _remove(zone)


def a_secondary_zone_names_its_primaries(emulator):
    client = _client(emulator)
    made = client.zones.create(
        name="second.example", mode="secondary",
        primary_nameservers=[ZonePrimaryNameserver(address="203.0.113.53", port=53)],
    )
    made.action.wait_until_finished()
    zone = client.zones.get("second.example")
    equal((zone.mode, zone.primary_nameservers[0].address), ("secondary", "203.0.113.53"))
    zone.change_primary_nameservers(
        [ZonePrimaryNameserver(address="203.0.113.54", port=53)]
    ).wait_until_finished()
    equal(client.zones.get(zone.id).primary_nameservers[0].address, "203.0.113.54")
    _remove(zone)


def actions_are_found_again(emulator):
    client = _client(emulator)
    made = client.zones.create(name="actions.example", mode="primary")
    made.action.wait_until_finished()
    found = client.actions.get_by_id(made.action.id)
    equal((found.status, found.progress), ("success", 100))
    equal(found.resources[0]["type"], "zone")
    zone = made.zone
    ttl = zone.change_ttl(7200)
    ttl.wait_until_finished()
    known = {one.id: one.command for one in zone.get_actions()}
    equal(known[made.action.id], made.action.command)
    equal(known[ttl.id], ttl.command)
    _remove(zone)


def bad_input_and_bad_tokens_are_told_apart(emulator):
    client = _client(emulator)
    zone = _zone(client, "wrong.example")
    with refused(APIException, code="invalid_input"):
        zone.create_rrset(
            name="www", type="A", ttl=30, records=[ZoneRecord(value="203.0.113.1")]
        )
    with refused(APIException, code="not_found"):
        zone.get_rrset("nothing", "A")
    with refused(APIException, code="invalid_input"):
        zone.create_rrset(name="www", type="A", records=[ZoneRecord(value="not an address")])
    try:
        client.zones.get("missing.example")
    except APIException as error:
        assert error.correlation_id, "no correlation id"
    with refused(APIException, code="unauthorized"):
        hcloud.Client("x" * 64, api_endpoint=emulator["hetzner"]).zones.get_all()
    reader = _client(emulator, "hetzner_readonly")
    equal(reader.zones.get(zone.id).name, "wrong.example")
    with refused(APIException, code="token_readonly"):
        reader.zones.delete(zone)
    _remove(zone)
