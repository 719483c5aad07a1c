"""google-cloud-dns: Google's hand-written client, which sends TTLs as text."""

import google.api_core.exceptions
import google.cloud.dns

from expect import equal, refused, until


def _client(emulator):
    return google.cloud.dns.Client.from_service_account_json(
        emulator["key_file"], project=emulator["project"],
        client_options={"api_endpoint": emulator["google"].rstrip("/")},
    )


def _apply(zone, add=(), delete=()):
    changes = zone.changes()
    for record_set in add:
        changes.add_record_set(record_set)
    for record_set in delete:
        changes.delete_record_set(record_set)
    changes.create()
    assert changes.exists()
    until("done", lambda: changes.reload() or changes.status == "done")
    return changes


def quotas_are_numbers(emulator):
    quotas = _client(emulator).quotas()
    equal(quotas["resourceRecordsPerRrset"], 100)
    assert "kind" not in quotas


def zones_are_listed_as_many_as_asked_for(emulator):
    client = _client(emulator)
    extra = [client.zone(f"page-{n}", f"page-{n}.test.") for n in range(3)]
    for zone in extra:
        zone.create()
    equal(len(list(client.list_zones(max_results=2))), 2)
    names = {zone.name for zone in client.list_zones()}
    assert {"page-0", "page-1", "page-2", emulator["zone"]["google"]["name"]} <= names, names
    for zone in extra:
        zone.delete()


def a_long_zone_is_read_page_by_page(emulator):
    zone = _client(emulator).zone("python-long", "python-long.test.")
    zone.create()
    sets = [
        zone.resource_record_set(f"n{n}.python-long.test.", "A", 60, ["203.0.113.1"])
        for n in range(120)
    ]
    _apply(zone, add=sets)
    pages = [len(list(page)) for page in zone.list_resource_record_sets().pages]
    equal((len(pages) > 1, sum(pages)), (True, 122))
    _apply(zone, delete=sets)
    zone.delete()


def a_zone_and_its_records_live_and_go(emulator):
    client = _client(emulator)
    zone = client.zone("python-cloud", "python-cloud.test.", description="by a vendor's client")
    assert not zone.exists()
    zone.create()
    assert zone.exists() and zone.created is not None and zone.zone_id.isdigit()
    equal(len(zone.name_servers), 4)
    old = zone.resource_record_set("www.python-cloud.test.", "A", 60, ["203.0.113.1"])
    new = zone.resource_record_set("www.python-cloud.test.", "A", 60, ["198.51.100.7"])
    text = zone.resource_record_set("python-cloud.test.", "TXT", 300, ['"one two" "three"'])
    made = _apply(zone, add=[old, text])
    assert made.started is not None
    stale = zone.resource_record_set("www.python-cloud.test.", "A", 61, ["203.0.113.1"])
    for add, delete, error in [
        ([], [stale], google.api_core.exceptions.PreconditionFailed),
        ([new], [], google.api_core.exceptions.Conflict),
        ([], [zone.resource_record_set("no.python-cloud.test.", "A", 60, ["203.0.113.1"])],
         google.api_core.exceptions.NotFound),
    ]:
        with refused(error):
            _apply(zone, add, delete)
    _apply(zone, add=[new], delete=[old])
    found = {(one.name, one.record_type): one for one in zone.list_resource_record_sets()}
    equal(found[("www.python-cloud.test.", "A")].rrdatas, ["198.51.100.7"])
    equal(found[("www.python-cloud.test.", "A")].ttl, 60)
    equal(found[("python-cloud.test.", "TXT")].rrdatas, ['"one two" "three"'])
    equal([change.name for change in zone.list_changes()], ["0", "1", "2"])
    with refused(google.api_core.exceptions.BadRequest):
        zone.delete()
    own = [one for kind, one in found.items() if kind[1] not in ("NS", "SOA")]
    _apply(zone, delete=own)
    zone.delete()
    assert not zone.exists()
