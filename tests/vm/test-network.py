#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real guest with --network user, on a host with several addresses.

What it reaches is tested at length without a guest, in tests/network.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys

from common import SandboxTest, tap

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "network"))

from world import LOCAL, METADATA, OUTSIDE, PORT, World  # noqa: E402

PROBE = f"""
import socket, sys
for target in sys.argv[1:]:
    try:
        print(target, socket.create_connection((target, {PORT}), 5).recv(99).decode())
    except OSError:
        print(target, "refused")
"""


class Network(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def test_reach(self):
        """the outside is reached by TCP, and no address of the host"""
        for target in LOCAL:
            with socket.create_connection((target, PORT), 5) as connection:
                self.assertIn(b"host " + target.encode(), connection.recv(99))
        targets = [*LOCAL, *METADATA, OUTSIDE]
        out = self.output("--network", "user", "--", "python3", "-c", PROBE, *targets).decode()
        told = dict(line.split(" ", 1) for line in out.splitlines())
        self.assertTrue(told.pop(OUTSIDE).startswith(f"outside {OUTSIDE}"), out)
        # The guest itself is at its own loopback.
        self.assertEqual(told, dict.fromkeys([*LOCAL, *METADATA], "refused"))


def be_host():
    """As root of a namespace: makes the addresses, and has the tests run as the account."""
    world = World()
    words = ["unshare", "--user", f"--map-user={os.environ['GLOVEBOX_TEST_USER']}",
             f"--map-group={os.environ['GLOVEBOX_TEST_GROUP']}", "--", sys.executable, *sys.argv]
    try:
        sys.exit(subprocess.run(words, env={**os.environ, "GLOVEBOX_TEST_STAGE": "test"},
                                check=False).returncode)
    finally:
        world.end()


def become_host():
    """Starts over in a namespace, or says why not."""
    words = ["unshare", "--user", "--map-root-user", "--net", "--"]
    probe = subprocess.run(words + ["true"], capture_output=True, text=True, check=False)
    missing = [name for name in ("pasta", "ip", "nsenter") if not shutil.which(name)]
    if probe.returncode != 0 or missing:
        why = f"{', '.join(missing)} not installed" if missing else probe.stderr.strip()
        print("TAP version 13", f"1..0 # SKIP {why}", sep="\n")
        sys.exit(0)
    os.environ.update(GLOVEBOX_TEST_STAGE="host", GLOVEBOX_TEST_USER=str(os.getuid()),
                      GLOVEBOX_TEST_GROUP=str(os.getgid()))
    os.execvp(words[0], words + [sys.executable, *sys.argv])


if __name__ == "__main__":
    stage = os.environ.get("GLOVEBOX_TEST_STAGE")
    if stage is None:
        become_host()
    elif stage == "host":
        be_host()
    else:
        tap.main()
