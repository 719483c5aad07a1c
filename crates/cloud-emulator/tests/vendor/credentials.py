"""google-auth: service account, self-signed token, user, metadata server, defaults."""

import json
import os
import subprocess
import sys

import google.auth
import google.auth.compute_engine
import google.auth.exceptions
import google.auth.transport.requests
import google.oauth2.credentials
import google.oauth2.service_account

from expect import equal, refused

READ_WRITE = "https://www.googleapis.com/auth/ndev.clouddns.readwrite"
READ_ONLY = "https://www.googleapis.com/auth/ndev.clouddns.readonly"
REQUEST = google.auth.transport.requests.Request()


def _status(emulator, credentials, method="GET", path=""):
    session = google.auth.transport.requests.AuthorizedSession(credentials)
    project = emulator["project"]
    url = f"{emulator['google']}dns/v1/projects/{project}/managedZones{path}"
    return session.request(method, url).status_code


def _robot(emulator, **more):
    return google.oauth2.service_account.Credentials.from_service_account_file(
        emulator["key_file"], **more
    )


def a_service_account_gets_a_token_from_its_key_file(emulator):
    robot = _robot(emulator, scopes=[READ_WRITE])
    robot.refresh(REQUEST)
    assert robot.valid and robot.token.startswith("ya29."), robot.token
    equal(robot.project_id, emulator["project"])
    equal(_status(emulator, robot), 200)


def a_token_is_renewed_when_asked(emulator):
    robot = _robot(emulator, scopes=[READ_WRITE])
    robot.refresh(REQUEST)
    first = robot.token
    robot.refresh(REQUEST)
    assert robot.token != first, "the same token twice"


def a_read_only_scope_cannot_write(emulator):
    robot = _robot(emulator, scopes=[READ_ONLY])
    equal(_status(emulator, robot), 200)
    equal(_status(emulator, robot, "DELETE", "/none"), 403)


def delegation_is_refused_as_unauthorized(emulator):
    robot = _robot(emulator, scopes=[READ_WRITE]).with_subject("boss@example.com")
    with refused(google.auth.exceptions.RefreshError):
        robot.refresh(REQUEST)


def a_self_signed_token_is_taken_with_audience_or_scope(emulator):
    by_audience = google.auth.jwt.Credentials.from_service_account_file(
        emulator["key_file"], audience="https://dns.googleapis.com/"
    )
    equal(_status(emulator, by_audience), 200)
    by_scope = _robot(emulator, scopes=[READ_WRITE], always_use_jwt_access=True)
    by_scope.refresh(REQUEST)
    assert by_scope.token.count(".") == 2, "not self-signed"
    equal(_status(emulator, by_scope), 200)


def a_user_is_let_in_by_the_refresh_token(emulator):
    # from_authorized_user_file would leave the file's token_uri aside.
    with open(emulator["user_file"], encoding="utf-8") as file:
        members = json.load(file)
    equal(members.pop("type"), "authorized_user")
    user = google.oauth2.credentials.Credentials(None, **members)
    user.refresh(REQUEST)
    equal(_status(emulator, user), 200)


def a_token_nobody_gave_out_is_401(emulator):
    stranger = google.oauth2.credentials.Credentials("ya29.made-up")
    with refused(google.auth.exceptions.RefreshError):
        # google-auth meets the 401 with a refresh, for which it has nothing.
        _status(emulator, stranger)


def defaults_are_found_by_the_variable(emulator):
    os.environ["GOOGLE_APPLICATION_CREDENTIALS"] = emulator["key_file"]
    try:
        found, project = google.auth.default(scopes=[READ_WRITE])
    finally:
        del os.environ["GOOGLE_APPLICATION_CREDENTIALS"]
    equal(project, emulator["project"])
    equal(_status(emulator, found), 200)


def the_metadata_server_is_detected_and_gives_tokens(emulator):
    # The host is read when google-auth is imported, hence another interpreter.
    program = """
import google.auth, google.auth.transport.requests, json, sys
found, project = google.auth.default(scopes=[sys.argv[1]])
request = google.auth.transport.requests.Request()
found.refresh(request)
first = found.token
found.refresh(request)
print(json.dumps([type(found).__module__, project, found.service_account_email,
                  found.universe_domain, first == found.token, first]))
"""
    clean = {
        name: value for name, value in os.environ.items() if not name.startswith("GOOGLE_")
    }
    clean |= {
        "GCE_METADATA_HOST": emulator["metadata"],
        "GCE_METADATA_IP": emulator["metadata"],
        "CLOUDSDK_CONFIG": "/nonexistent",
        "HOME": "/nonexistent",
    }
    clean.pop("NO_GCE_CHECK", None)
    answer = subprocess.run(
        [sys.executable, "-c", program, READ_WRITE],
        env=clean, capture_output=True, text=True, check=False, timeout=120,
    )
    assert answer.returncode == 0, answer.stderr
    module, project, email, universe, same, token = json.loads(answer.stdout)
    equal(module, "google.auth.compute_engine.credentials")
    equal(project, emulator["project"])
    assert email.endswith(".iam.gserviceaccount.com"), email
    equal(universe, "googleapis.com")
    assert same, "the metadata server gave another token although the first was fresh"
    equal(_status(emulator, google.oauth2.credentials.Credentials(token)), 200)
