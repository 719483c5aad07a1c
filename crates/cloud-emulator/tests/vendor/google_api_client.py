"""google-api-python-client: the whole Cloud DNS surface through its bundled description."""

import google.oauth2.service_account
import google_auth_httplib2
import googleapiclient.discovery
import googleapiclient.errors
import googleapiclient.http

from expect import equal, refused, until

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
ZONE = {"name": "python-api", "dnsName": "python-api.test.", "description": "by a vendor's client"}
HttpError = googleapiclient.errors.HttpError


def _service(emulator):
    credentials = google.oauth2.service_account.Credentials.from_service_account_file(
        emulator["key_file"], scopes=[SCOPE]
    )
    return googleapiclient.discovery.build(
        "dns", "v1", credentials=credentials, cache_discovery=False,
        client_options={"api_endpoint": emulator["google"]},
    )


def _set(name, rtype, ttl, *values):
    return {"name": name, "type": rtype, "ttl": ttl, "rrdatas": list(values)}


def _reason(error):
    return error.error_details[0]["reason"]


def the_project_and_its_quota_can_be_read(emulator):
    project = _service(emulator).projects().get(project=emulator["project"]).execute()
    equal(project["id"], emulator["project"])
    equal(project["quota"]["rrsetAdditionsPerChange"], 1000)


def the_first_zone_is_found_by_name_number_and_domain(emulator):
    zones = _service(emulator).managedZones()
    known = emulator["zone"]["google"]
    for key in [known["name"], known["id"]]:
        zone = zones.get(project=emulator["project"], managedZone=key).execute()
        equal((zone["name"], zone["id"]), (known["name"], known["id"]))
    domain = emulator["zone"]["name"] + "."
    found = zones.list(project=emulator["project"], dnsName=domain).execute()
    equal([zone["name"] for zone in found["managedZones"]], [known["name"]])


def a_zone_lives_from_create_to_delete(emulator):
    service, project = _service(emulator), emulator["project"]
    zones = service.managedZones()
    made = zones.create(project=project, body=ZONE).execute()
    equal(len(made["nameServers"]), 4)
    with refused(HttpError, status_code=409, reason=(
        "The resource 'entity.managedZone' named 'python-api' already exists"
    )):
        zones.create(project=project, body=ZONE).execute()
    operation = zones.patch(
        project=project, managedZone="python-api", body={"labels": {"by": "vendor"}}
    ).execute()
    operations = service.managedZoneOperations()
    key = {"project": project, "managedZone": "python-api", "operation": operation["id"]}
    until("done", lambda: operations.get(**key).execute()["status"] == "done")
    zone = zones.get(project=project, managedZone="python-api").execute()
    equal(zone["labels"], {"by": "vendor"})
    zones.update(project=project, managedZone="python-api", body=ZONE | {
        "description": "replaced",
    }).execute()
    zone = zones.get(project=project, managedZone="python-api").execute()
    equal((zone["description"], zone.get("labels")), ("replaced", None))
    equal(zones.delete(project=project, managedZone="python-api").execute(), "")
    with refused(HttpError, status_code=404):
        zones.get(project=project, managedZone="python-api").execute()


def changes_compare_and_swap(emulator):
    service, project = _service(emulator), emulator["project"]
    service.managedZones().create(project=project, body=ZONE).execute()
    changes, sets = service.changes(), service.resourceRecordSets()
    key = {"project": project, "managedZone": "python-api"}
    old = _set("www.python-api.test.", "A", 30, "203.0.113.1", "203.0.113.2")
    new = _set("www.python-api.test.", "A", 30, "198.51.100.7")
    change = changes.create(**key, body={"additions": [old]}).execute()
    equal((change["id"], change["status"]), ("1", "pending"))
    until("done", lambda: changes.get(**key, changeId="1").execute()["status"] == "done")
    turned = old | {"rrdatas": old["rrdatas"][::-1]}
    for body, code, reason in [
        ({"deletions": [turned], "additions": [new]}, 412, "conditionNotMet"),
        ({"deletions": [_set("no.python-api.test.", "A", 30, "1.2.3.4")]}, 404, "notFound"),
        ({"additions": [new]}, 409, "alreadyExists"),
        ({}, 400, "required"),
        ({"additions": [_set("x.python-api.test.", "A", 30, "1.2.3")]}, 400, "invalid"),
    ]:
        try:
            changes.create(**key, body=body).execute()
        except HttpError as error:
            equal((error.status_code, _reason(error)), (code, reason))
        else:
            raise AssertionError(f"{body} was accepted")
    with refused(HttpError, status_code=400):
        service.managedZones().delete(**key).execute()
    changes.create(**key, body={"deletions": [old], "additions": [new]}).execute()
    found = sets.list(**key, name="www.python-api.test.", type="A").execute()["rrsets"]
    equal([(one["rrdatas"], one["ttl"]) for one in found], [(["198.51.100.7"], 30)])
    changes.create(**key, body={"deletions": found}).execute()
    newest = changes.list(**key, sortBy="changeSequence", sortOrder="descending").execute()
    equal([one["id"] for one in newest["changes"]], ["3", "2", "1", "0"])
    service.managedZones().delete(**key).execute()


def single_sets_and_their_lists(emulator):
    service, project = _service(emulator), emulator["project"]
    service.managedZones().create(project=project, body=ZONE).execute()
    sets = service.resourceRecordSets()
    key = {"project": project, "managedZone": "python-api"}
    names = [f"h{n}.python-api.test." for n in range(7)] + ["*.python-api.test."]
    for name in names:
        sets.create(**key, body=_set(name, "A", 60, "203.0.113.1")).execute()
    one = {"name": "*.python-api.test.", "type": "A"}
    equal(sets.get(**key, **one).execute()["rrdatas"], ["203.0.113.1"])
    equal(sets.patch(**key, **one, body={"ttl": 90}).execute()["ttl"], 90)
    found, request = [], sets.list(**key, maxResults=3)
    while request is not None:
        page = request.execute()
        found += [one["name"] for one in page["rrsets"] if one["type"] == "A"]
        request = sets.list_next(request, page)
    equal(sorted(found), sorted(names))
    by_suffix = 'name=has_suffix("python-api.test.") AND type="A"'
    equal(len(sets.list(**key, filter=by_suffix).execute()["rrsets"]), len(names))
    partial = sets.list(**key, maxResults=1, fields="rrsets(name,type)").execute()
    equal(partial, {"rrsets": [{"name": "python-api.test.", "type": "NS"}]})
    for name in names:
        equal(sets.delete(**key, name=name, type="A").execute(), {})
    service.managedZones().delete(**key).execute()


def several_calls_go_in_one_batch(emulator):
    service, project = _service(emulator), emulator["project"]
    answers = {}

    def keep(request_id, answer, error):
        answers[request_id] = error.status_code if error else answer["kind"]

    batch = googleapiclient.http.BatchHttpRequest(
        callback=keep, batch_uri=emulator["google"] + "batch/dns/v1"
    )
    batch.add(service.managedZones().list(project=project), request_id="zones")
    batch.add(service.managedZones().get(project=project, managedZone="none"), request_id="none")
    batch.add(service.projects().get(project=project), request_id="project")
    credentials = google.oauth2.service_account.Credentials.from_service_account_file(
        emulator["key_file"], scopes=[SCOPE]
    )
    batch.execute(http=google_auth_httplib2.AuthorizedHttp(credentials))
    equal(answers, {
        "zones": "dns#managedZonesListResponse", "none": 404, "project": "dns#project",
    })


def a_request_too_long_for_a_url_is_sent_as_a_post(emulator):
    sets = _service(emulator).resourceRecordSets()
    zone = emulator["zone"]
    filtered = " AND ".join([f'name=has_suffix("{zone["name"]}.")'] * 60)
    found = sets.list(
        project=emulator["project"], managedZone=zone["google"]["name"], filter=filtered
    ).execute()
    assert len(found["rrsets"]) >= 2, found


def collections_that_are_empty_are_empty(emulator):
    service, project = _service(emulator), emulator["project"]
    keys = service.dnsKeys().list(
        project=project, managedZone=emulator["zone"]["google"]["name"]
    ).execute()
    equal(keys["dnsKeys"], [])
    equal(service.policies().list(project=project).execute()["policies"], [])
    equal(service.responsePolicies().list(project=project).execute()["responsePolicies"], [])
