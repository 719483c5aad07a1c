"""hcloud: Hetzner's command-line client, as Debian packages it, from network to deleted server."""

import json
import os
import subprocess
import tempfile

from expect import equal, until

KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAICABAgMEBQYHCAkKCwwNDg8QERITFBUWFxgZGhscHR4f"
RULES = [{
    "direction": "in", "protocol": "tcp", "port": "80", "source_ips": ["0.0.0.0/0", "::/0"],
}]


def _hcloud(emulator, *arguments):
    """What the program says; it must succeed."""
    done = _try(emulator, *arguments)
    assert done.returncode == 0, f"hcloud {' '.join(arguments)}: {done.stderr or done.stdout}"
    return done.stdout


def _try(emulator, *arguments):
    environment = dict(
        os.environ, HCLOUD_TOKEN=emulator["tokens"]["hetzner"],
        HCLOUD_ENDPOINT=emulator["hetzner"], HCLOUD_CONFIG="/nonexistent/cli.toml",
    )
    command = [os.environ["HCLOUD"], "--poll-interval", "50ms", *arguments]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, timeout=120, check=False,
    )


def _seen(emulator, *arguments):
    return json.loads(_hcloud(emulator, *arguments, "-o", "json"))


def a_location_is_built_run_and_removed(emulator):
    with tempfile.TemporaryDirectory() as directory:
        rules, data = os.path.join(directory, "rules.json"), os.path.join(directory, "data")
        with open(rules, "w", encoding="utf-8") as file:
            json.dump(RULES, file)
        with open(data, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\ntrue\n")
        _hcloud(emulator, "network", "create", "--name", "cli", "--ip-range", "10.7.0.0/16")
        _hcloud(emulator, "network", "add-subnet", "cli", "--type", "cloud",
                "--network-zone", "eu-central", "--ip-range", "10.7.1.0/24")
        _hcloud(emulator, "ssh-key", "create", "--name", "cli", "--public-key", KEY)
        _hcloud(emulator, "firewall", "create", "--name", "cli", "--rules-file", rules)
        _hcloud(emulator, "server", "create", "--name", "cli-1", "--type", "cx23",
                "--image", "debian-12", "--location", "fsn1", "--ssh-key", "cli",
                "--network", "cli", "--firewall", "cli", "--label", "role=app",
                "--user-data-from-file", data)
    server = _seen(emulator, "server", "describe", "cli-1")
    equal((server["status"], server["private_net"][0]["ip"]), ("running", "10.7.1.1"))
    equal([one["name"] for one in _seen(emulator, "server", "list", "-l", "role=app")], ["cli-1"])
    _hcloud(emulator, "server", "poweroff", "cli-1")
    _hcloud(emulator, "server", "change-type", "--keep-disk", "cli-1", "cx33")
    _hcloud(emulator, "server", "poweron", "cli-1")
    server = _seen(emulator, "server", "describe", "cli-1")
    equal((server["status"], server["server_type"]["name"]), ("running", "cx33"))
    _hcloud(emulator, "server", "delete", "cli-1")
    # This client does not wait for the deletion.
    until("gone", lambda: _try(emulator, "server", "describe", "cli-1").returncode != 0)
    for kind in ["firewall", "network", "ssh-key"]:
        _hcloud(emulator, kind, "delete", "cli")


def what_goes_wrong_is_told_by_its_code(emulator):
    refused = _try(emulator, "server", "create", "--name", "bad_name", "--type", "cx23",
                   "--image", "debian-12", "--location", "fsn1")
    assert refused.returncode != 0 and "invalid_input" in refused.stderr, refused.stderr
