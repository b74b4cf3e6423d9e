# SPDX-License-Identifier: LGPL-2.1-or-later
"""The rows about containers, services and limits; bench.py runs them."""

import contextlib
import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time
import urllib.request
import xml.etree.ElementTree as ElementTree

from measuring import BUILD, GLOVEBOX, Failure, succeed, timed

URI = "lxc:///system"
CONTAINER = ["--backend", "lxc"]
REQUESTS, AT_ONCE = 2000, 8
# A file of the package, so that both have it.
PAGE = "/icons/apache_pb2.png"
# Every limit that can hold on an ordinary computer, none of them so low that it is reached.  The
# network has its own below.
LIMITS = [
    "--memory=512M", "--memory-soft=400M", "--swap=256M", "--cpus=1", "--cpu-set=0", "--cpu-weight=150",
    f"--cpu-quota={100 * os.cpu_count()}", "--scheduler=other", "--disk=256M",
    "--shared-memory=64M", "--disk-weight=200", "--disk-read=4G", "--disk-write=4G",
    "--disk-read-operations=1000000", "--disk-write-operations=1000000", "--processes=500",
    "--open-files=1024", "--timeout=600",
]
NETWORK = ["--network=user"]
NETWORK_LIMITS = [f"--{direction}{kind}=1G" for direction in ("download", "upload")
                  for kind in ("", "-peak", "-burst")]


# ------------------------------------------------------------------ floor --


def why_no_containers():
    """One sentence, or nothing where there are some."""
    run = timed([GLOVEBOX, "exec", "--quiet", *CONTAINER, "--", "true"])[1]
    return run.stderr.decode(errors="replace").strip() if run.returncode else None


def virsh(*arguments):
    return succeed(["virsh", "-q", "-c", URI, *arguments])[1].decode()


def find_domain(sandbox):
    """The description of a sandbox's container."""
    for name in virsh("list", "--name").split():
        # Those of others come and go.
        with contextlib.suppress(Failure):
            text = virsh("dumpxml", "--inactive", name)
            if f"/glovebox/{sandbox}/" in text:
                return ElementTree.fromstring(text)
    raise Failure(f"libvirt has no container for the sandbox {sandbox}")


class ContainerFloor:
    """libvirt, which starts the same container with false(1) as its first process."""

    def __init__(self, folder):
        name = f"bench-floor-{os.getpid()}"
        self.keeper = subprocess.Popen([GLOVEBOX, "exec", *CONTAINER, "--name", name, "--", "sh",
                                        "-c", "echo ready; exec sleep 1000"],
                                       stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                       stderr=subprocess.PIPE)
        if self.keeper.stdout.readline() != b"ready\n":
            raise Failure(self.keeper.communicate()[1].decode(errors="replace"))
        domain = find_domain(name)
        domain.find("name").text = f"{name}-libvirt"
        domain.remove(domain.find("uuid"))
        system = domain.find("os")
        for argument in [*system.findall("initarg"), *system.findall("initenv")]:
            system.remove(argument)
        system.find("init").text = "/false"
        self.make_root(pathlib.Path(folder, "root"), domain)
        self.path = pathlib.Path(folder, "floor.xml")
        self.path.write_bytes(ElementTree.tostring(domain))

    @staticmethod
    def make_root(root, domain):
        """One of its own: what libvirt would make in there belongs to no account of the host."""
        for place in "dev", "proc", "sys", ".oldroot":
            (root / place).mkdir(parents=True)
        shutil.copy(BUILD / "bench" / "lxc-false", root / "false")
        for mounted in domain.findall("devices/filesystem"):
            target = mounted.find("target").get("dir").lstrip("/")
            (root / target).mkdir(parents=True, exist_ok=True)
            if not target:
                mounted.find("source").set("dir", str(root))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.keeper.terminate()
        self.keeper.communicate()

    def measure(self):
        return succeed([BUILD / "bench" / "lxc-floor", URI, self.path])[0]


# ------------------------------------------------------------------- rows --


def bench_lxc(table, floor, rounds):
    ours, bare = [], []
    with tempfile.TemporaryDirectory(dir=os.environ["XDG_RUNTIME_DIR"]) as folder, \
            ContainerFloor(folder) as least:
        for _ in range(rounds):
            bare.append(least.measure())
            seconds, run = timed([GLOVEBOX, "exec", *CONTAINER, "--", "/bin/false"])
            if run.returncode != 1:
                raise Failure(run.stderr.decode(errors="replace"))
            ours.append(seconds)
    table.add("exec -- /bin/false, container", ours, "s", "libvirt's own floor", bare, goal=1.3)


def add_limits(table, kind, options, rounds):
    """With all limits, beside the same launch without."""
    for network, limits in ((["--network=none"], LIMITS), (NETWORK, LIMITS + NETWORK_LIMITS)):
        with_them, without = [], []
        for _ in range(rounds):
            without.append(succeed([GLOVEBOX, "exec", *options, *network, "--", "true"])[0])
            with_them.append(succeed([GLOVEBOX, "exec", *options, *network, *limits, "--",
                                      "true"])[0])
        what = "all limits, with a network" if network == NETWORK else "all limits"
        table.add(f"exec -- true, {kind}: {what}", with_them, "s", "without limits", without,
                  goal=1.05)


def bench_limits(table, floor, rounds):
    add_limits(table, "container", CONTAINER, rounds)
    # Its default is one processor too, without KVM.
    add_limits(table, "machine", ["--backend", "qemu", "--cpus=1"], rounds)


# --------------------------------------------------------------- services --


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def await_page(port, what, log=""):
    deadline = time.monotonic() + 60
    while True:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{PAGE}", timeout=5) as answer:
                return answer.read()
        except OSError as error:
            if time.monotonic() > deadline:
                raise Failure(f"{what} does not answer: {error} {log}") from error
            time.sleep(0.05)


@contextlib.contextmanager
def apache_on_host(port):
    """The same server with the same configuration, as this account."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        configuration = folder / "apache2"
        shutil.copytree("/etc/apache2", configuration, symlinks=True)
        (configuration / "ports.conf").write_text(f"Listen 127.0.0.1:{port}\n")
        for site in (configuration / "sites-available").glob("*.conf"):
            text = site.read_text()
            site.write_text(text.replace("<VirtualHost *:80>", f"<VirtualHost *:{port}>"))
        environment = {**os.environ, "APACHE_RUN_USER": "nobody", "APACHE_RUN_GROUP": "nogroup",
                       "APACHE_PID_FILE": f"{folder}/pid", "APACHE_RUN_DIR": name,
                       "APACHE_LOCK_DIR": name, "APACHE_LOG_DIR": name}
        server = subprocess.Popen(["/usr/sbin/apache2", "-d", configuration, "-f",
                                   configuration / "apache2.conf", "-D", "FOREGROUND"],
                                  env=environment, stdin=subprocess.DEVNULL,
                                  stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        try:
            yield
        finally:
            server.terminate()
            server.communicate()


@contextlib.contextmanager
def apache_in_sandbox(port):
    service = [GLOVEBOX, "service"]
    succeed([*service, "create", "bench", "--unit", "apache2.service", *CONTAINER, "--publish",
             f"127.0.0.1:{port}:80"])
    try:
        succeed([*service, "start", "bench"])
        yield
        succeed([*service, "stop", "bench"])
    finally:
        timed([*service, "stop", "bench"])
        timed([*service, "delete", "bench"])


def requests_a_second(port):
    out = succeed(["ab", "-q", "-n", str(REQUESTS), "-c", str(AT_ONCE),
                   f"http://127.0.0.1:{port}{PAGE}"])[1].decode()
    failed = re.search(r"^Failed requests:\s+(\d+)", out, re.M)
    found = re.search(r"^Requests per second:\s+([\d.]+)", out, re.M)
    if not found or failed is None or failed[1] != "0":
        raise Failure(f"ab: {out}")
    return float(found[1])


def bench_service(table, floor, rounds):
    ours, bare = [], []
    inside, outside = free_port(), free_port()
    with apache_on_host(outside), apache_in_sandbox(inside):
        if await_page(inside, "the service") != await_page(outside, "Apache on the host"):
            raise Failure("the two servers give different pages")
        for _ in range(rounds):
            bare.append(requests_a_second(outside))
            ours.append(requests_a_second(inside))
    table.add("pages of Apache in a sandbox", ours, "1/s", "Apache on the host", bare)
