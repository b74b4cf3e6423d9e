# SPDX-License-Identifier: LGPL-2.1-or-later
"""A host with several addresses, and what is outside of it, in network namespaces.

Whoever makes it is root in a user namespace, with a network namespace that plays the
host.  The outside has each address that a test asks for, so that what is refused could
have been reached.
"""

import contextlib
import os
import pathlib
import subprocess
import sys
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
PATIENCE = 20
PORT = 8000
FIRST, OUTSIDE = "10.55.0.1", "10.55.0.2"
# Each with the interface it is given to.
MORE_ADDRESSES = {"10.55.0.3/24": "front", "10.66.0.1/24": "side", "10.99.0.1/32": "lo",
                  "203.0.113.7/32": "lo"}
ANY_IP = "10.88.0.0/24"
LOCAL = [FIRST, "10.55.0.3", "10.66.0.1", "10.99.0.1", "203.0.113.7", "10.88.0.7", "127.0.0.1",
         "127.0.0.53"]
METADATA = ["169.254.169.254", "169.254.170.2", "100.100.100.200", "168.63.129.16", "192.0.0.192"]
SERVERS = ["198.51.100.1", "198.51.100.2"]
LATE, LATE_PREFIX = "198.51.100.77", "198.51.100.64/27"
RESOLVERS = ["10.0.2.3", "10.0.2.4", "10.0.2.5"]
# The same for IPv6.
FIRST6, OUTSIDE6 = "2001:db8:55::1", "2001:db8:55::2"
MORE_ADDRESSES6 = {"2001:db8:55::3/64": "front", "2001:db8:66::1/64": "side",
                   "fd00:99::1/128": "lo"}
ANY_IP6 = "2001:db8:88::/64"
# The last of them are of IPv4, written as of IPv6: the host's own, and a translator's.
LOCAL6 = [FIRST6, "2001:db8:55::3", "2001:db8:66::1", "fd00:99::1", "2001:db8:88::7", "::1"]
METADATA6 = ["fd00:ec2::254", "fd20:ce::254", "fd00:c1::a9fe:a9fe", "fd00:42::42",
             "64:ff9b::a9fe:a9fe"]
SERVERS6 = ["2001:db8:53::1", "2001:db8:53::2"]
LATE6 = "2001:db8:77::77"
RESOLVERS6 = ["fd67:6c6f:7665:1::3", "fd67:6c6f:7665:1::4", "fd67:6c6f:7665:1::5"]


def run(*words):
    subprocess.run(list(map(str, words)), check=True, stdin=subprocess.DEVNULL, timeout=60)


def ip(*words):
    run("ip", *words)


def wait_until(condition, what, seconds=PATIENCE):
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s: {what}")
        time.sleep(0.05)


class Lines:
    """A process that is asked and answers in lines."""

    def __init__(self, *words, **options):
        self.process = subprocess.Popen(list(map(str, words)), stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, text=True, **options)
        self.lines = []
        self.has_more = threading.Condition()
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with contextlib.suppress(ValueError):
            for line in self.process.stdout:
                with self.has_more:
                    self.lines.append(line.rstrip("\n"))
                    self.has_more.notify_all()

    def await_line(self, *beginnings, seconds=PATIENCE):
        """Takes the lines up to one that begins so."""
        with self.has_more:
            def take():
                while self.lines:
                    line = self.lines.pop(0)
                    if line.startswith(beginnings):
                        return line
                return None
            line = self.has_more.wait_for(take, seconds)
        if line is None:
            raise AssertionError(f"no line of {beginnings} in {seconds} s")
        return line

    def ask(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        try:
            self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


class Peer(Lines):
    """Somebody who may be reached: see peer.py."""

    def reached(self):
        """How it was reached since the last call, also what is still on its way to us."""
        self.ask("mark")
        with self.has_more:
            if not self.has_more.wait_for(lambda: "mark" in self.lines, PATIENCE):
                raise AssertionError(f"a peer does not answer in {PATIENCE} s")
            found = self.lines[:self.lines.index("mark")]
            del self.lines[:len(found) + 1]
        return found


class World:
    """The host, which is where we are, and the outside."""

    def __init__(self):
        self.outside = subprocess.Popen(["unshare", "--net", "sleep", "infinity"])
        wait_until(self.is_apart, "there is no second namespace")
        # As systemd has it: each account may ping.
        pathlib.Path("/proc/sys/net/ipv4/ping_group_range").write_text("0 0")
        ip("link", "set", "lo", "up")
        for near, far in (("front", "back"), ("side", "aside")):
            ip("link", "add", near, "type", "veth", "peer", "name", far, "netns", self.outside.pid)
            ip("link", "set", near, "up")
        ip("addr", "add", f"{FIRST}/24", "dev", "front")
        for address, interface in MORE_ADDRESSES.items():
            ip("addr", "add", address, "dev", interface)
        ip("route", "add", "local", ANY_IP, "dev", "lo")
        ip("addr", "add", f"{FIRST6}/64", "dev", "front", "nodad")
        for address, interface in MORE_ADDRESSES6.items():
            ip("addr", "add", address, "dev", interface, "nodad")
        ip("-6", "route", "add", "local", ANY_IP6, "dev", "lo")
        self.connect()
        self.in_outside("ip", "link", "set", "lo", "up")
        self.in_outside("ip", "link", "set", "back", "up")
        for address in [f"{OUTSIDE}/24"] + [f"{each}/32" for each in METADATA + SERVERS + [LATE]
                                            + RESOLVERS]:
            self.in_outside("ip", "addr", "add", address, "dev", "back")
        for address in [f"{OUTSIDE6}/64"] + [f"{each}/128" for each in METADATA6 + SERVERS6
                                             + [LATE6] + RESOLVERS6]:
            self.in_outside("ip", "addr", "add", address, "dev", "back", "nodad")
        self.far = Peer("nsenter", "-t", self.outside.pid, "-n", sys.executable,
                        HERE / "peer.py", "outside", PORT, 53)
        self.near = Peer(sys.executable, HERE / "peer.py", "host", PORT, 53)
        for peer in self.far, self.near:
            peer.await_line("ready")

    def is_apart(self):
        return os.readlink(f"/proc/{self.outside.pid}/ns/net") != os.readlink("/proc/self/ns/net")

    def in_outside(self, *words):
        run("nsenter", "-t", self.outside.pid, "-n", *words)

    def run_outside(self, code, *words):
        """What a Python program there says."""
        return subprocess.run(["nsenter", "-t", str(self.outside.pid), "-n", sys.executable, "-c",
                               code, *words], check=True, capture_output=True, text=True,
                              timeout=60).stdout

    def connect(self):
        ip("route", "add", "default", "via", OUTSIDE)
        ip("-6", "route", "add", "default", "via", OUTSIDE6)

    def disconnect(self, ipv6_too=True):
        ip("route", "del", "default")
        if ipv6_too:
            ip("-6", "route", "del", "default")

    def restore6(self):
        """After all routes of IPv6 were removed."""
        for address, interface in {f"{FIRST6}/64": "front", **MORE_ADDRESSES6}.items():
            ip("addr", "replace", address, "dev", interface, "nodad")
        for interface in "front", "side":
            ip("-6", "route", "replace", "fe80::/64", "dev", interface)
        for prefix, interface in (("2001:db8:55::/64", "front"), ("2001:db8:66::/64", "side")):
            ip("-6", "route", "replace", prefix, "dev", interface)
        ip("-6", "route", "replace", "default", "via", OUTSIDE6)

    def end(self):
        self.far.end()
        self.near.end()
        self.outside.kill()
        self.outside.wait()
