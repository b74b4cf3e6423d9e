#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A real guest with a network, on a host with several addresses.

What it reaches is tested at length without a guest, in tests/network.
"""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile

from common import SandboxTest, tap

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "network"))

from world import (LOCAL, LOCAL6, METADATA, METADATA6, OUTSIDE, OUTSIDE6, PORT,  # noqa: E402
                   SERVERS, World, run)

PROBE = f"""
import concurrent.futures, socket, sys

def reach(target):
    try:
        return socket.create_connection((target, {PORT}), 10).recv(99).decode()
    except OSError:
        return "refused"

with concurrent.futures.ThreadPoolExecutor(64) as pool:
    for target, answer in zip(sys.argv[1:], pool.map(reach, sys.argv[1:])):
        print(target, answer)
"""


HOSTS = f"""127.0.0.1 localhost loopback.example
{LOCAL[0]} this.example
{OUTSIDE} outside.example
"""
# Each line of it is a check, and says "yes" where it is as on the host.
NAMES = f"""
said() {{ test "$1" "$2" "$3" && echo yes "$4" || echo no "$4: $1"; }}
said "$(getent ahostsv4 outside.example | sed 's, .*,,;q')" = {OUTSIDE} "the host's /etc/hosts"
said "$(grep -c this.example /etc/hosts)" = 0 "but no address of the host"
said "$(grep -c loopback.example /etc/hosts)" = 0 "and none of its loopback"
said "$(grep -c '^search example.org$' /etc/resolv.conf)" = 1 "search domains"
said "$(grep -c '^nameserver ' /etc/resolv.conf)" = 3 "name servers"
if command -v ping >/dev/null; then
  ping -c 1 -W 5 {OUTSIDE} >/dev/null; said $? = 0 "ping"
  ping -c 1 -W 5 {OUTSIDE6} >/dev/null; said $? = 0 "ping of IPv6"
fi
"""


# Says what it reaches, then serves one caller.
SERVER = f"""
import socket, sys
listener = socket.create_server(("", 8000))
def reach(target):
    try:
        return socket.create_connection((target, {PORT}), 10).recv(99).decode()
    except OSError as error:
        return str(error)
print(*[reach(target) for target in sys.argv[1:]], open("/etc/resolv.conf").read(), sep="|")
print("ready", flush=True)
caller, source = listener.accept()
caller.sendall(caller.recv(99) + (" from " + source[0]).encode())
"""


class Network(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def test_reach(self):
        """the outside is reached by TCP, and no address of the host; names and ping work"""
        for target in LOCAL + LOCAL6:
            with socket.create_connection((target, PORT), 5) as connection:
                self.assertIn(b"host " + target.encode(), connection.recv(99))
        refused = [*LOCAL, *LOCAL6, *METADATA, *METADATA6]
        out = self.output("--network", "user", "--", "sh", "-c",
                          NAMES + 'exec python3 -c "$@"', "sh", PROBE, *refused, OUTSIDE,
                          OUTSIDE6).decode()
        told = dict(line.split(" ", 1) for line in out.splitlines()
                    if not line.startswith(("yes", "no ")))
        for target in OUTSIDE, OUTSIDE6:
            self.assertTrue(told.pop(target).startswith(f"outside {target}"), out)
        # The guest itself is at its own loopback.
        self.assertEqual(told, dict.fromkeys(refused, "refused"))
        self.assertNotIn("\nno ", "\n" + out)
        self.assertGreaterEqual(out.count("yes "), 5)

    def test_publish(self):
        """a caller of a published port is answered, and the guest reaches nobody"""
        place = ("127.0.0.1", 18080)
        options = ("--network", "published", "--publish", "18080:8000")
        guest = self.start("exec", *options, "--", "python3", "-c", SERVER, OUTSIDE, LOCAL[0],
                           stdout=subprocess.PIPE)
        told = ""
        for line in guest.stdout:
            told += line.decode()
            if line == b"ready\n":
                break
        else:
            self.fail(f"{told}{self.finish(guest)}")
        self.assertEqual(told.count("Network is unreachable"), 2, told)
        self.assertNotIn("nameserver", told)
        # A second sandbox does not get the port, and ends before it boots.
        status, out, err = self.glovebox("exec", *options, "--", "true")
        self.assertEqual((status, out), (125, b""))
        self.assert_sentence(err, "127.0.0.1:18080", "another")
        with socket.create_connection(place, 20) as connection:
            # This passt does not tell a server of a caller who says nothing.
            connection.sendall(b"hello")
            self.assertEqual(connection.recv(99), b"hello from 10.0.2.2")
        self.assertEqual(self.finish(guest)[0], 0)
        with socket.create_server(place):
            pass


def be_host():
    """As root of a namespace: makes the addresses, and has the tests run as the account."""
    world = World()
    with tempfile.TemporaryDirectory() as folder:
        run_tests(world, pathlib.Path(folder))


def replace(folder, path, text):
    """The file in this mount namespace."""
    ours = folder / pathlib.Path(path).name
    ours.write_text(text)
    ours.chmod(0o644)
    run("mount", "--bind", ours, os.path.realpath(path))


def run_tests(world, folder):
    replace(folder, "/etc/hosts", HOSTS)
    replace(folder, "/etc/resolv.conf", f"search example.org\nnameserver {SERVERS[0]}\n")
    words = ["unshare", "--user", f"--map-user={os.environ['GLOVEBOX_TEST_USER']}",
             f"--map-group={os.environ['GLOVEBOX_TEST_GROUP']}", "--", sys.executable, *sys.argv]
    try:
        sys.exit(subprocess.run(words, env={**os.environ, "GLOVEBOX_TEST_STAGE": "test"},
                                check=False).returncode)
    finally:
        world.end()


def become_host():
    """Starts over in a namespace, or says why not."""
    words = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--"]
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
