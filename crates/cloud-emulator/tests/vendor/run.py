"""Runs every vendor client against a running emulator.

Takes the emulator's line of JSON as its argument, or from the variable EMULATOR, prints one line
per check and ends with 1 if any of them failed.
"""

import importlib
import json
import os
import sys
import time
import traceback

MODULES = [
    "credentials", "google_api_client", "google_cloud_dns", "google_compute", "hetzner",
    "hetzner_compute", "name_servers",
]
# Where Debian's hcloud is; without it there is nothing to check of it.
if os.environ.get("HCLOUD"):
    MODULES.append("hcloud_cli")


def main():
    line = sys.argv[1] if len(sys.argv) > 1 else os.environ.get("EMULATOR")
    if not line:
        sys.exit("give the emulator's line of JSON as the argument or in EMULATOR")
    emulator = json.loads(line)
    failed = 0
    for name in MODULES:
        module = importlib.import_module(name)
        for check in checks(module):
            title = f"{name}: {check.__name__.replace('_', ' ')}"
            start = time.monotonic()
            try:
                check(emulator)
            except Exception:  # pylint: disable=broad-except
                failed += 1
                print(f"failed {title}", flush=True)
                traceback.print_exc(file=sys.stdout)
            else:
                print(f"ok {title} ({time.monotonic() - start:.1f} s)", flush=True)
    if failed:
        sys.exit(f"{failed} checks failed")


def checks(module):
    """The functions a module defines itself, in the order of its text; helpers start with _."""
    own = [
        value
        for name, value in vars(module).items()
        if callable(value)
        and not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
    ]
    return sorted(own, key=lambda check: check.__code__.co_firstlineno)


if __name__ == "__main__":
    main()
