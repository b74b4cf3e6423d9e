# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the tests of the network helper share: the helper in a folder, as an ordinary account of
a host that world.py makes, and a guest at its socket."""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest

from wire import Wire
from world import OUTSIDE, PORT, SERVERS, Lines, World, run, wait_until

HERE = pathlib.Path(__file__).resolve().parent
HELPER = os.environ["GLOVEBOX_TEST_NETWORK_HELPER"]
RESOLVED = pathlib.Path("/run/systemd/resolve/resolv.conf")


class Files:
    """What tells of name servers, in a mount namespace of ours."""

    def __init__(self, folder):
        self.resolv = folder / "resolv.conf"
        self.resolv.write_text("")
        run("mount", "-t", "tmpfs", "none", "/run")
        target = pathlib.Path(os.path.realpath("/etc/resolv.conf"))
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.touch()
        run("mount", "--bind", self.resolv, target)

    def name(self, *servers):
        self.resolv.write_text("# by a test\nsearch example.org\n"
                               + "".join(f"nameserver {each}\n" for each in servers))


def set_up():
    """For setUpModule."""
    global world, files, base
    base = pathlib.Path(tempfile.mkdtemp(prefix="gbx-network-", dir="/tmp"))
    base.chmod(0o755)
    files = Files(base)
    world = World()


@contextlib.contextmanager
def hidden(name):
    """A program of the system that cannot be executed meanwhile."""
    places = [path for path in (f"/usr/sbin/{name}", f"/usr/bin/{name}", f"/sbin/{name}",
                                f"/bin/{name}") if os.path.exists(path)]
    places = sorted({os.path.realpath(path) for path in places})
    for path in places:
        run("mount", "--bind", "/dev/null", path)
    try:
        yield
    finally:
        for path in places:
            run("umount", path)


def tear_down():
    world.end()
    shutil.rmtree(base, ignore_errors=True)


class NetworkTest(unittest.TestCase):
    servers = SERVERS

    def setUp(self):
        shutil.rmtree(RESOLVED.parent.parent, ignore_errors=True)
        files.name(*self.servers)
        self.folder = pathlib.Path(tempfile.mkdtemp(dir=base))
        self.folder.chmod(0o777)
        self.helper = self.wire = None
        self.namespaces = set()
        for peer in world.near, world.far:
            peer.reached()

    def tearDown(self):
        if self.wire:
            self.wire.close()
        if self.helper:
            self.helper.end()
        self.assert_nothing_left()

    def start_helper(self, *words, **environment):
        """As an ordinary account of "the host"; what it says at the start."""
        self.helper = Lines("unshare", "--user", "--map-user=1000", "--map-group=1000", HELPER,
                            self.folder / "net.sock", *words, env={**os.environ, **environment})
        said = self.helper.await_line("started", "failed", "unlimited")
        if said.startswith("started"):
            self.namespaces.add(os.readlink(
                f"/proc/{self.process('glovebox-network-guard')}/ns/pid"))
        return said

    def start(self, *words, **environment):
        said = self.start_helper(*words, **environment)
        if said.startswith("started"):
            self.wire = Wire(self.folder / "net.sock")
        return said

    def processes(self):
        """Those of this helper, by what they were given or where they are: pid and command line."""
        found = {}
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                line = ((entry / "cmdline").read_text(errors="replace")
                        if entry.name.isdigit() else "")
                if line and (str(self.folder) in line
                             or os.readlink(entry / "ns" / "pid") in self.namespaces):
                    found[int(entry.name)] = line.replace("\0", " ")
        return found

    def process(self, name):
        return next(pid for pid, line in self.processes().items()
                    if pathlib.PurePath(line.split()[0]).name.startswith(name))

    def assert_nothing_left(self):
        wait_until(lambda: not self.processes(), f"processes are left: {self.processes()}")

    def assert_connected(self):
        self.assertIn(f"outside {OUTSIDE}", self.wire.connect(OUTSIDE, PORT))

    def notice(self):
        self.helper.ask("notice")
        return self.helper.await_line("notice").removeprefix("notice ")


class GuestTest(NetworkTest):
    """With a guest that has a kernel: see guest.py."""

    def setUp(self):
        super().setUp()
        self.guest = None

    def tearDown(self):
        if self.guest:
            self.guest.end()
        super().tearDown()

    def start_guest(self, *words):
        said = self.start_helper(*words)
        self.boot_guest()
        return said

    def boot_guest(self):
        self.guest = Lines("unshare", "--net", sys.executable, HERE / "guest.py",
                           self.folder / "net.sock")
        self.guest.await_line("ready")

    def ask_guest(self, question, seconds=60):
        self.guest.ask(question)
        return self.guest.await_line(question.split()[0], seconds=seconds).split(" ", 1)[1]

    def guest_serves(self, *ports):
        for port in ports:
            self.assertEqual(self.ask_guest(f"serve {port}"), "ok")


def enter_namespace():
    """Starts over in namespaces of our own, or says why not."""
    if "GLOVEBOX_TEST_NAMESPACE" in os.environ:
        return
    words = ["unshare", "--user", "--map-root-user", "--net", "--mount", "--"]
    probe = subprocess.run(words + ["true"], capture_output=True, text=True, check=False)
    missing = [name for name in ("pasta", "ip", "nsenter") if not shutil.which(name)]
    if probe.returncode != 0 or missing:
        why = f"{', '.join(missing)} not installed" if missing else probe.stderr.strip()
        print("TAP version 13", f"1..0 # SKIP {why}", sep="\n")
        sys.exit(0)
    os.environ["GLOVEBOX_TEST_NAMESPACE"] = "yes"
    os.execvp(words[0], words + [sys.executable, *sys.argv])
