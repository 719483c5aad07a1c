"""hcloud: Hetzner's own client builds a location, runs it, and takes it down again."""

import hcloud
from hcloud.firewalls import FirewallResource, FirewallRule
from hcloud.images import Image
from hcloud.locations import Location
from hcloud.networks import NetworkSubnet
from hcloud.server_types import ServerType
from hcloud.servers import ServerCreatePublicNetwork
from hcloud.ssh_keys import SSHKey

from expect import equal, refused, until

APIException = hcloud.APIException
KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"


def _client(emulator):
    return hcloud.Client(
        emulator["tokens"]["hetzner"], api_endpoint=emulator["hetzner"], poll_interval=0.05,
        application_name="vendor-check",
    )


def _created(response):
    response.action.wait_until_finished()
    for action in response.next_actions:
        action.wait_until_finished()
    return response.server


def _server(client, name, **more):
    return _created(client.servers.create(
        name=name, server_type=ServerType(name="cx23"), image=Image(name="debian-12"),
        location=Location(name="fsn1"), **more,
    ))


def a_location_is_built_run_and_removed(emulator):
    client = _client(emulator)
    network = client.networks.create(
        name="inner", ip_range="10.0.0.0/16", labels={"owner": "check"},
        subnets=[NetworkSubnet(type="cloud", network_zone="eu-central", ip_range="10.0.1.0/24")],
    )
    key = client.ssh_keys.create(name="ops", public_key=KEY)
    made = client.firewalls.create(name="web", rules=[FirewallRule(
        direction="in", protocol="tcp", port="80", source_ips=["0.0.0.0/0", "::/0"],
    )])
    for action in made.actions:
        action.wait_until_finished()
    response = client.servers.create(
        name="web-1", server_type=ServerType(name="cx23"), image=Image(name="debian-12"),
        location=Location(name="fsn1"), ssh_keys=[SSHKey(name="ops")], networks=[network],
        firewalls=[made.firewall], labels={"role": "app"}, user_data="#!/bin/sh\ntrue\n",
    )
    equal(response.root_password, None)
    server = _created(response)
    server.reload()
    equal((server.status, server.location.name, server.server_type.name),
          ("running", "fsn1", "cx23"))
    equal(server.private_net[0].ip, "10.0.1.1")
    equal(server.private_net[0].network.id, network.id)
    equal([one.firewall.id for one in server.public_net.firewalls], [made.firewall.id])
    with refused(APIException, code="uniqueness_error"):
        _server(client, "web-1")
    server.power_off().wait_until_finished()
    server.change_type(ServerType(name="cx33"), upgrade_disk=False).wait_until_finished()
    server.reload()
    equal((server.status, server.server_type.name, server.primary_disk_size), ("off", "cx33", 40))
    server.power_on().wait_until_finished()
    equal([one.id for one in client.servers.get_all(label_selector="role=app")], [server.id])
    with refused(APIException, code="resource_in_use"):
        made.firewall.delete()
    server.delete().wait_until_finished()
    equal(client.servers.get_by_name("web-1"), None)
    assert made.firewall.delete() and network.delete() and key.delete()
    equal(client.primary_ips.get_all(), [])


def a_shutdown_is_followed_until_the_server_is_off(emulator):
    client = _client(emulator)
    server = _server(client, "polite", start_after_create=True)
    server.shutdown().wait_until_finished()
    until("off", lambda: client.servers.get_by_id(server.id).status == "off")
    server.delete().wait_until_finished()


def addresses_networks_and_firewalls_are_attached_later(emulator):
    client = _client(emulator)
    server = _server(client, "later", public_net=ServerCreatePublicNetwork(
        enable_ipv4=False, enable_ipv6=True,
    ))
    server.power_off().wait_until_finished()
    made = client.primary_ips.create(type="ipv4", name="kept", location=Location(name="fsn1"))
    address = made.primary_ip
    address.assign(server.id, "server").wait_until_finished()
    network = client.networks.create(name="later", ip_range="10.1.0.0/16")
    network.add_subnet(NetworkSubnet(
        type="cloud", network_zone="eu-central", ip_range="10.1.1.0/24",
    )).wait_until_finished()
    server.attach_to_network(network, ip="10.1.1.7").wait_until_finished()
    with refused(APIException, code="server_already_attached"):
        server.attach_to_network(network)
    firewall = client.firewalls.create(name="later").firewall
    resource = FirewallResource(type=FirewallResource.TYPE_SERVER, server=server)
    for action in firewall.apply_to_resources([resource]):
        action.wait_until_finished()
    server.reload()
    equal((server.public_net.ipv4.ip, server.private_net[0].ip), (address.ip, "10.1.1.7"))
    for action in firewall.remove_from_resources([resource]):
        action.wait_until_finished()
    server.detach_from_network(network).wait_until_finished()
    address.unassign().wait_until_finished()
    server.delete().wait_until_finished()
    for thing in [address, network, firewall]:
        thing.delete()


def the_catalogue_is_read_by_id_and_name(emulator):
    client = _client(emulator)
    for things, name in [(client.server_types, "cax11"), (client.locations, "nbg1")]:
        one = things.get_by_name(name)
        equal(things.get_by_id(one.id).name, name)
    image = client.images.get_by_name_and_architecture("debian-12", "arm")
    equal((image.architecture, image.os_flavor), ("arm", "debian"))
    assert any(place.available for place in client.server_types.get_by_name("cx23").locations)
    assert len(client.images.get_all(type="system")) >= 6


def actions_are_found_again(emulator):
    client = _client(emulator)
    server = _server(client, "history")
    commands = {action.command for action in client.servers.get_actions(server)}
    equal(commands, {"create_server", "start_server"})
    action = client.servers.get_actions_list(server, sort=["id:asc"]).actions[0]
    equal(client.actions.get_by_id(action.id).command, "create_server")
    server.request_console().action.wait_until_finished()
    server.delete().wait_until_finished()
