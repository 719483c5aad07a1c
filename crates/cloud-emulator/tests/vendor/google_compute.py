"""google-cloud-compute: Google's own client over REST, from network to stopped instance."""

import uuid

import google.api_core.exceptions as errors
import google.oauth2.credentials
from google.api_core.client_options import ClientOptions
from google.cloud import compute_v1

from expect import equal, refused

ZONE, REGION = "europe-west3-a", "europe-west3"


def _client(emulator, kind):
    return getattr(compute_v1, f"{kind}Client")(
        credentials=google.oauth2.credentials.Credentials(emulator["tokens"]["google"]),
        client_options=ClientOptions(api_endpoint=emulator["google"].rstrip("/")),
    )


def _done(emulator, operation):
    """Waits where the operation is: the library's own waiting ignores the endpoint."""
    scope = {"project": emulator["project"], "operation": operation.name}
    kind = "Global"
    for member in ["zone", "region"]:
        if link := getattr(operation, member):
            kind, scope[member] = member.title(), link.rsplit("/", 1)[1]
    waiter = _client(emulator, f"{kind}Operations")
    while operation.status != compute_v1.Operation.Status.DONE:
        operation = waiter.wait(**scope)
    equal(list(operation.error.errors), [])


def _network(emulator, name):
    project = emulator["project"]
    _done(emulator, _client(emulator, "Networks").insert_unary(project=project, network_resource=compute_v1.Network(
        name=name, auto_create_subnetworks=False,
    )))
    _done(emulator, _client(emulator, "Subnetworks").insert_unary(
        project=project, region=REGION, subnetwork_resource=compute_v1.Subnetwork(
            name=name, network=f"global/networks/{name}", ip_cidr_range="10.30.0.0/24",
        ),
    ))


def _remove_network(emulator, name):
    project = emulator["project"]
    subnets, networks = _client(emulator, "Subnetworks"), _client(emulator, "Networks")
    _done(emulator, subnets.delete_unary(project=project, region=REGION, subnetwork=name))
    _done(emulator, networks.delete_unary(project=project, network=name))


def _instance(name, network, **more):
    return compute_v1.Instance(
        name=name, machine_type=f"zones/{ZONE}/machineTypes/e2-small",
        disks=[compute_v1.AttachedDisk(
            boot=True, auto_delete=True, initialize_params=compute_v1.AttachedDiskInitializeParams(
                source_image="projects/debian-cloud/global/images/family/debian-12",
                disk_size_gb=20, disk_type=f"zones/{ZONE}/diskTypes/pd-balanced",
            ),
        )],
        network_interfaces=[compute_v1.NetworkInterface(
            subnetwork=f"regions/{REGION}/subnetworks/{network}",
            access_configs=[compute_v1.AccessConfig(type_="ONE_TO_ONE_NAT", name="External NAT")],
        )],
        **more,
    )


def an_instance_is_built_run_resized_and_removed(emulator):
    project = emulator["project"]
    _network(emulator, "edge")
    firewalls = _client(emulator, "Firewalls")
    _done(emulator, firewalls.insert_unary(project=project, firewall_resource=compute_v1.Firewall(
        name="web", network="global/networks/edge", source_ranges=["0.0.0.0/0"],
        allowed=[compute_v1.Allowed(I_p_protocol="tcp", ports=["80", "443"])],
    )))
    instances, at = _client(emulator, "Instances"), {"project": project, "zone": ZONE}
    script = compute_v1.Items(key="startup-script", value="#!/bin/sh\ntrue\n")
    wish = _instance("web-1", "edge", labels={"role": "app"},
                     metadata=compute_v1.Metadata(items=[script]))
    request = str(uuid.uuid4())
    insertion = compute_v1.InsertInstanceRequest(
        instance_resource=wish, request_id=request, **at,
    )
    first = instances.insert_unary(request=insertion)
    equal(instances.insert_unary(request=insertion).name, first.name)
    _done(emulator, first)
    there = instances.get(instance="web-1", **at)
    equal((there.status, there.labels["role"]), ("RUNNING", "app"))
    assert there.network_interfaces[0].access_configs[0].nat_i_p
    equal(there.network_interfaces[0].network_i_p, "10.30.0.2")
    assert there.id > 1 << 32
    with refused(errors.Conflict):
        instances.insert_unary(instance_resource=wish, **at)
    kind = compute_v1.InstancesSetMachineTypeRequest(
        machine_type=f"zones/{ZONE}/machineTypes/e2-medium",
    )
    resize = {"instances_set_machine_type_request_resource": kind, "instance": "web-1", **at}
    with refused(errors.BadRequest):
        instances.set_machine_type_unary(**resize)
    _done(emulator, instances.stop_unary(instance="web-1", **at))
    equal(instances.get(instance="web-1", **at).status, "TERMINATED")
    _done(emulator, instances.set_machine_type_unary(**resize))
    _done(emulator, instances.start_unary(instance="web-1", **at))
    assert instances.get(instance="web-1", **at).machine_type.endswith("/e2-medium")
    output = instances.get_serial_port_output(instance="web-1", **at)
    assert "Linux version" in output.contents
    _done(emulator, instances.delete_unary(instance="web-1", **at))
    with refused(errors.NotFound):
        instances.get(instance="web-1", **at)
    _done(emulator, firewalls.delete_unary(project=project, firewall="web"))
    _remove_network(emulator, "edge")


def lists_are_filtered_paged_and_aggregated(emulator):
    project = emulator["project"]
    _network(emulator, "lists")
    instances, at = _client(emulator, "Instances"), {"project": project, "zone": ZONE}
    operations = [
        instances.insert_unary(instance_resource=_instance(f"n{n}", "lists", labels={"n": str(n)}), **at)
        for n in range(3)
    ]
    for operation in operations:
        _done(emulator, operation)
    request = compute_v1.ListInstancesRequest(filter="labels.n = 1", **at)
    equal([one.name for one in instances.list(request=request)], ["n1"])
    request = compute_v1.ListInstancesRequest(max_results=2, **at)
    pages = [len(page.items) for page in instances.list(request=request).pages]
    equal(pages, [2, 1])
    scopes = dict(instances.aggregated_list(project=project))
    equal(len(scopes[f"zones/{ZONE}"].instances), 3)
    equal(scopes["zones/us-east1-b"].warning.code, "NO_RESULTS_ON_PAGE")
    for name in ["n0", "n1", "n2"]:
        _done(emulator, instances.delete_unary(instance=name, **at))
    _remove_network(emulator, "lists")


def operations_are_waited_for_in_every_scope(emulator):
    project = emulator["project"]
    networks, addresses = _client(emulator, "Networks"), _client(emulator, "Addresses")
    made = networks.insert_unary(project=project, network_resource=compute_v1.Network(
        name="waited", auto_create_subnetworks=False,
    ))
    waiter = _client(emulator, "GlobalOperations")
    done = waiter.wait(project=project, operation=made.name)
    equal(done.status, compute_v1.Operation.Status.DONE)
    made = addresses.insert_unary(project=project, region=REGION, address_resource=compute_v1.Address(
        name="kept",
    ))
    waiter = _client(emulator, "RegionOperations")
    waiter.wait(project=project, region=REGION, operation=made.name)
    kept = addresses.get(project=project, region=REGION, address="kept")
    equal((kept.status, bool(kept.address)), ("RESERVED", True))
    _done(emulator, addresses.delete_unary(project=project, region=REGION, address="kept"))
    _done(emulator, networks.delete_unary(project=project, network="waited"))


def a_stale_fingerprint_is_a_failed_precondition(emulator):
    project = emulator["project"]
    _network(emulator, "prints")
    instances, at = _client(emulator, "Instances"), {"project": project, "zone": ZONE}
    _done(emulator, instances.insert_unary(instance_resource=_instance("a", "prints"), **at))
    body = compute_v1.InstancesSetLabelsRequest(
        labels={"a": "b"}, label_fingerprint=instances.get(instance="a", **at).label_fingerprint,
    )
    change = {"instances_set_labels_request_resource": body, "instance": "a", **at}
    _done(emulator, instances.set_labels_unary(**change))
    with refused(errors.PreconditionFailed):
        instances.set_labels_unary(**change)
    _done(emulator, instances.delete_unary(instance="a", **at))
    _remove_network(emulator, "prints")


def the_catalogue_has_types_zones_and_images(emulator):
    project = emulator["project"]
    image = _client(emulator, "Images").get_from_family(project="debian-cloud", family="debian-12")
    equal((image.family, image.disk_size_gb), ("debian-12", 10))
    kind = _client(emulator, "MachineTypes").get(
        project=project, zone=ZONE, machine_type="e2-small",
    )
    equal((kind.guest_cpus, kind.memory_mb), (2, 2048))
    zones = {zone.name for zone in _client(emulator, "Zones").list(project=project)}
    assert ZONE in zones and len(zones) > 10
    region = _client(emulator, "Regions").get(project=project, region=REGION)
    assert any(quota.metric == "CPUS" for quota in region.quotas)
