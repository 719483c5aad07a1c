"""dnspython: what both clouds' name servers answer, on UDP and TCP."""

import dns.flags
import dns.message
import dns.query
import dns.rcode
import dns.rdatatype
import google.cloud.dns
import hcloud
from hcloud.zones import ZoneRecord

from expect import equal, until


def _ask(server, name, rtype, tcp=False):
    host, _, port = server["address"].rpartition(":")
    query = dns.message.make_query(name, rtype, use_edns=0)
    query.flags &= ~dns.flags.RD
    ask = dns.query.tcp if tcp else dns.query.udp
    return ask(query, host.strip("[]"), port=int(port), timeout=5)


def _addresses(answer):
    return sorted(
        record.address
        for rrset in answer.answer
        for record in rrset
        if record.rdtype == dns.rdatatype.A
    )


def every_server_answers_the_zone_with_authority(emulator):
    zone = emulator["zone"]["name"]
    equal({server["provider"] for server in emulator["dns"]}, {"google", "hetzner"})
    for server in emulator["dns"]:
        for tcp in [False, True]:
            for rtype in ["SOA", "NS"]:
                answer = _ask(server, zone, rtype, tcp)
                equal(answer.rcode(), dns.rcode.NOERROR)
                assert answer.flags & dns.flags.AA, f"{server['server']}: no AA"
                equal(dns.rdatatype.to_text(answer.answer[0].rdtype), rtype)


def what_is_missing_comes_with_the_soa_and_what_is_foreign_is_refused(emulator):
    zone = emulator["zone"]["name"]
    for server in emulator["dns"]:
        missing = _ask(server, f"missing.{zone}", "A")
        equal(missing.rcode(), dns.rcode.NXDOMAIN)
        equal(missing.authority[0].rdtype, dns.rdatatype.SOA)
        other = _ask(server, zone, "AAAA")
        equal((other.rcode(), len(other.answer)), (dns.rcode.NOERROR, 0))
        equal(other.authority[0].rdtype, dns.rdatatype.SOA)
        equal(_ask(server, "example.org", "A").rcode(), dns.rcode.REFUSED)


def a_change_at_google_arrives_at_googles_servers(emulator):
    client = google.cloud.dns.Client.from_service_account_json(
        emulator["key_file"], project=emulator["project"],
        client_options={"api_endpoint": emulator["google"].rstrip("/")},
    )
    zone = client.zone(emulator["zone"]["google"]["name"])
    name = f"by-google.{emulator['zone']['name']}."
    made = zone.resource_record_set(name, "A", 60, ["203.0.113.1", "203.0.113.2"])
    _change(zone, "add_record_set", made)
    ours = [server for server in emulator["dns"] if server["provider"] == "google"]
    theirs = [server for server in emulator["dns"] if server["provider"] == "hetzner"]
    for server in ours:
        until("there", lambda: _addresses(_ask(server, name, "A")) == made.rrdatas)
        equal(_ask(server, name.upper(), "A", tcp=True).answer[0].ttl, 60)
    for server in theirs:
        equal(_ask(server, name, "A").rcode(), dns.rcode.NXDOMAIN)
    _change(zone, "delete_record_set", made)
    for server in ours:
        until("gone", lambda: _ask(server, name, "A").rcode() == dns.rcode.NXDOMAIN)


def _change(zone, verb, record_set):
    changes = zone.changes()
    getattr(changes, verb)(record_set)
    changes.create()


def a_change_at_hetzner_arrives_at_hetzners_servers(emulator):
    client = hcloud.Client(
        emulator["tokens"]["hetzner"], api_endpoint=emulator["hetzner"], poll_interval=0.05
    )
    zone = client.zones.get(emulator["zone"]["name"])
    name = f"by-hetzner.{emulator['zone']['name']}."
    made = zone.create_rrset(
        name="by-hetzner", type="A", ttl=60, records=[ZoneRecord(value="203.0.113.9")]
    )
    made.action.wait_until_finished()
    ours = [server for server in emulator["dns"] if server["provider"] == "hetzner"]
    for server in ours:
        until("there", lambda: _addresses(_ask(server, name, "A")) == ["203.0.113.9"])
    made.rrset.delete_rrset().action.wait_until_finished()
    for server in ours:
        until("gone", lambda: _ask(server, name, "A").rcode() == dns.rcode.NXDOMAIN)
