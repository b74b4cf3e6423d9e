#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox service: real servers, Apache and Redis, in sandboxes of their own, from create to delete
with crashes in between."""

import contextlib
import hashlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import unittest
import urllib.request

from common import PATIENCE, SandboxTest, only, tap, wait_until
from sandbox import BACKEND

APACHE = pathlib.Path("/usr/sbin/apache2")
REDIS = pathlib.Path("/usr/bin/redis-server")
# For what needs no guest.
SOON = 60


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def fetch(port):
    """The page, or None."""
    with contextlib.suppress(OSError):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as answer:
            return answer.read().decode()
    return None


def curl(port):
    return subprocess.run(["curl", "-sS", "--max-time", "30", f"http://127.0.0.1:{port}/"],
                          capture_output=True, check=False).stdout.decode()


class Redis:
    """The few words of its protocol that are needed."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 20)
        self.file = self.socket.makefile("rb")

    def ask(self, *words):
        self.socket.sendall(" ".join(words).encode() + b"\r\n")
        line = self.file.readline().strip()
        if line.startswith(b"$") and line != b"$-1":
            line = self.file.readline().strip()
        return line.decode()

    def close(self):
        self.file.close()
        self.socket.close()


class ServiceTest(SandboxTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment["XDG_DATA_HOME"] = str(cls.world / "data")
        cls.services = cls.world / "data" / "glovebox" / "services"

    @classmethod
    def tearDownClass(cls):
        for path in cls.services.glob("[a-z]*") if cls.services.exists() else []:
            with contextlib.suppress(OSError, ValueError, KeyError):
                pid = int(next(line for line in (path / "state").read_text().splitlines()
                               if line.startswith("Pid=")).split("=")[1])
                if pid > 1:
                    os.kill(pid, signal.SIGKILL)
        super().tearDownClass()

    def service(self, *arguments, **options):
        return self.glovebox("service", *arguments, **options)

    def succeed(self, *arguments, **options):
        """What it printed, and what it told."""
        status, out, err = self.service(*arguments, **options)
        self.assertEqual(status, 0, err.decode() + out.decode())
        return out.decode(), err.decode()

    def refuse(self, *arguments, words=(), **options):
        status, out, err = self.service(*arguments, **options)
        self.assertEqual((status, out), (125, b""), err)
        self.assert_sentence(err, *words, notices=False)

    def create(self, name, unit, *options):
        # The backend is part of the service.
        return self.succeed("create", name, "--unit", unit, "--backend", BACKEND, *options)

    def status(self, name):
        return json.loads(self.service("status", name, "--json")[1])

    def root(self, name):
        return self.services / name / "root"

    def log(self, name):
        return self.succeed("logs", name)[0]


@unittest.skipUnless(APACHE.exists(), "apache2 is not installed")
class Apache(ServiceTest):
    """The points depend on each other: one sandbox is used for as long as it can be."""

    port = free_port()
    other = free_port()

    def test_1_create(self):
        """a service has the files of its packages, and names of its own"""
        _, told = self.create("web", "apache2.service", "--publish", f"127.0.0.1:{self.port}:80")
        self.assertIn("PrivateTmp" if "PrivateTmp" in told else "replaced", told)
        root = self.root("web")
        self.assertTrue((root / "etc/apache2/mods-enabled/alias.load").is_symlink())
        self.assertEqual((root / "etc/apache2/apache2.conf").stat().st_uid, os.getuid())
        self.assertTrue((root / "var/log/apache2").is_dir())
        # Nothing that only this computer has.
        self.assertEqual(list((root / "var/www").rglob("*.html")), [])
        (root / "var/www/html").mkdir(parents=True, exist_ok=True)
        (root / "var/www/html/index.html").write_text("the first page\n")
        self.assertEqual(self.status("web")["state"], "stopped")
        self.refuse("create", "web", "--unit", "apache2", words=["web", "already"])
        self.refuse("stop", "web", words=["does not run"])
        self.refuse("exec", "web", "--", "true", words=["does not run"])

    def test_2_page(self):
        """a page is served through the published port; the service is seen where sandboxes are"""
        self.succeed("start", "web", patience=PATIENCE * 2)
        self.assertEqual(curl(self.port), "the first page\n")
        status = self.status("web")
        self.assertEqual((status["state"], status["restarts"]), ("running", 0))
        self.assertIn("The Apache HTTP Server", self.glovebox("list")[1].decode())
        listed = json.loads(self.succeed("list", "--json")[0])["services"]
        self.assertEqual([one["name"] for one in listed], ["web"])
        self.assertIn("the service is ready", self.log("web"))
        out = self.succeed("exec", "web", "--", "sh", "-c",
                           "id -un; id -u; hostname; cat /etc/machine-id; cat /proc/self/status")[0]
        user, uid, host, machine = out.split()[:4]
        self.assertEqual((user, int(uid), host), ("www-data", os.getuid(), "web"))
        self.assertNotEqual(machine, pathlib.Path("/etc/machine-id").read_text().strip())
        self.assertIn(f"MachineId={machine}", (self.services / "web/service").read_text())
        self.assertIn("CapEff:\t0000000000000000", out)
        self.assertIn('"GET / HTTP', (self.root("web") / "var/log/apache2/access.log").read_text())
        self.refuse("start", "web", words=["runs already"])
        self.refuse("delete", "web", words=["runs", "stop"])
        self.refuse("clone", "web", "web9", words=["runs", "stop"])
        self.assertTrue((self.services / "web").is_dir())

    def test_3_reload(self):
        """a changed configuration is read again; one that is wrong is refused, and the service runs on"""
        (self.root("web") / "var/www/other").mkdir()
        (self.root("web") / "var/www/other/index.html").write_text("the other page\n")
        site = self.root("web") / "etc/apache2/sites-available/000-default.conf"
        text = site.read_text()
        site.write_text(text.replace("/var/www/html", "/var/www/other"))
        self.succeed("reload", "web")
        wait_until(lambda: curl(self.port) == "the other page\n", PATIENCE, "the page is the former")
        site.write_text("Nonsense\n")
        self.refuse("reload", "web", words=["Nonsense"])
        self.assertEqual(curl(self.port), "the other page\n")
        site.write_text(text)
        self.succeed("reload", "web")
        wait_until(lambda: curl(self.port) == "the first page\n", PATIENCE, "the page is the other")

    def test_4_crash(self):
        """a killed server, and a killed sandbox, are started again"""
        main = self.succeed("exec", "web", "--", "cat", "/run/apache2/apache2.pid")[0].strip()
        self.succeed("exec", "web", "--", "kill", "-9", main)
        wait_until(lambda: self.status("web")["restarts"] == 1
                   and self.status("web")["state"] == "running", PATIENCE, self.log("web"))
        self.assertEqual(curl(self.port), "the first page\n")
        self.kill_sandbox("web")
        wait_until(lambda: self.status("web")["restarts"] == 2, PATIENCE, "nobody noticed")
        wait_until(lambda: self.status("web")["state"] != "starting", PATIENCE * 2, "it does not start")
        self.assertEqual(self.status("web")["state"], "running", self.log("web"))
        self.assertEqual(curl(self.port), "the first page\n")

    def kill_sandbox(self, name):
        if BACKEND == "qemu":
            os.kill(self.emulators()[0], signal.SIGKILL)
        else:
            connection = "lxc:///system"
            listed = subprocess.run(["virsh", "-q", "-c", connection, "list", "--name"],
                                    capture_output=True, text=True, check=True).stdout.split()
            domain = [one for one in listed if one.endswith(f"-{name}") and str(os.getuid()) in one]
            subprocess.run(["virsh", "-q", "-c", connection, "destroy", domain[0]], check=True,
                           capture_output=True)

    def test_5_killed(self):
        """of a service whose process was killed nothing is left, and it can be started again"""
        if BACKEND == "qemu":
            # The service does not need it.
            self.end_libvirtd(signal.SIGKILL)
            self.assertEqual(curl(self.port), "the first page\n")
        os.kill(self.status("web")["pid"], signal.SIGKILL)
        wait_until(lambda: self.status("web")["state"] == "failed", PATIENCE, "it is not noticed")
        self.assertIn("killed", self.status("web")["problem"])
        self.assert_nothing_left(seconds=60)
        self.assertIsNone(fetch(self.port))

    @only("lxc", "two more boots; what they show is the same")
    def test_6_clone(self):
        """two sites in two sandboxes cannot read each other's files, and have their own names"""
        secret = "only the first may read this"
        (self.root("web") / "var/www/html/secret").write_text(secret)
        self.succeed("clone", "web", "copy", "--publish", f"127.0.0.1:{self.other}:80")
        (self.root("copy") / "var/www/html/index.html").write_text("the copy\n")
        (self.root("copy") / "var/www/html/secret").unlink()
        self.succeed("start", "web", "copy", patience=PATIENCE * 2)
        self.assertEqual((curl(self.port), curl(self.other)), ("the first page\n", "the copy\n"))
        names = {self.succeed("exec", name, "--", "sh", "-c", "hostname; cat /etc/machine-id")[0]
                 for name in ("web", "copy")}
        self.assertEqual(len(names), 2)
        search = f"grep -rsl '{secret}' /etc /var /srv /home /run /tmp; true"
        self.assertEqual(self.succeed("exec", "copy", "--", "sh", "-c", search)[0], "")
        self.assertIn("/var/www/html/secret",
                      self.succeed("exec", "web", "--", "sh", "-c", search)[0])
        self.assertEqual(self.glovebox("stop", "copy")[0], 0)
        wait_until(lambda: self.status("copy")["state"] == "stopped", PATIENCE, "it does not end")
        self.assertIsNone(fetch(self.other))

    @only("lxc", "a boot that shows nothing of the virtual machine")
    def test_7_port(self):
        """a port that somebody else has is a sentence, and no sandbox is left"""
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]
            self.succeed("clone", "copy", "taken", "--publish", f"127.0.0.1:{port}:80")
            self.refuse("start", "taken", words=["taken", str(port)], patience=PATIENCE * 2)
            self.assertEqual(self.status("taken")["state"], "failed")

    def test_9_delete(self):
        """a stopped service can be deleted, with all that it had"""
        for name in [one["name"] for one in json.loads(self.succeed("list", "--json")[0])["services"]]:
            if self.status(name)["pid"]:
                self.succeed("stop", name)
                self.assertEqual(self.status(name)["state"], "stopped")
            self.succeed("delete", name)
        self.assertEqual(list(self.services.iterdir()), [])
        self.assert_nothing_left(seconds=60)
        self.refuse("status", "web", words=["no service"])


@unittest.skipUnless(REDIS.exists(), "redis-server is not installed")
class Database(ServiceTest):
    port = free_port()

    def test_1_data(self):
        """Redis tells when it is ready, and its data survive a stop and a kill"""
        _, told = self.create("db", "redis-server", "--publish", f"127.0.0.1:{self.port}:6379")
        self.assertRegex(told, "2[0-9] settings .* replaced")
        config = self.root("db") / "etc/redis/redis.conf"
        # As Debian has it, it listens to its own computer only.
        with config.open("a") as file:
            file.write("bind * -::*\nprotected-mode no\nappendonly yes\nappendfsync always\n")
        self.succeed("start", "db", patience=PATIENCE * 2)
        redis = Redis(self.port)
        self.assertEqual(redis.ask("SET", "key", "kept"), "+OK")
        redis.close()
        os.kill(self.status("db")["pid"], signal.SIGKILL)
        wait_until(lambda: self.status("db")["state"] == "failed", PATIENCE, "it is not noticed")
        self.assert_nothing_left(seconds=60)
        self.succeed("start", "db", patience=PATIENCE * 2)
        redis = Redis(self.port)
        self.assertEqual(redis.ask("GET", "key"), "kept")
        redis.ask("SET", "key", "again")
        redis.close()
        self.assertIn("Ready to accept connections", self.status("db")["status"] or "")

    @only("lxc", "one more boot; what it shows is the same")
    def test_2_restart(self):
        """a restart is a stop and a start"""
        self.succeed("restart", "db", patience=PATIENCE * 2)
        redis = Redis(self.port)
        self.assertEqual(redis.ask("GET", "key"), "again")
        redis.close()

    def test_3_end(self):
        """a service that is stopped as a sandbox ends in peace"""
        self.assertEqual(self.glovebox("stop", "db")[0], 0)
        wait_until(lambda: self.status("db")["state"] == "stopped", PATIENCE, "it does not end")
        self.assert_nothing_left(seconds=60)
        self.succeed("delete", "db")


class Made(ServiceTest):
    """Units and packages that the test makes: a database of dpkg and archives of its own."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.units = cls.world / "units"
        cls.units.mkdir()
        cls.admin = cls.world / "dpkg"
        (cls.admin / "info").mkdir(parents=True)
        (cls.admin / "updates").mkdir()
        cls.archives = cls.world / "archives"
        cls.archives.mkdir()
        cls.environment.update(SYSTEMD_UNIT_PATH=f"{cls.units}:", DPKG_ADMINDIR=str(cls.admin),
                               GLOVEBOX_PACKAGE_ARCHIVES=str(cls.archives))

    def package(self, version, files, unit):
        """An installed version of the package "gbx-demo", of which apt has the archive."""
        tree = self.folder / version
        for path, text in files.items():
            file = tree / path.lstrip("/")
            file.parent.mkdir(parents=True)
            file.write_text(text)
        (tree / "DEBIAN").mkdir(parents=True)
        control = f"Package: gbx-demo\nVersion: {version}\nArchitecture: all\nMaintainer: A <a@b.c>\n"
        (tree / "DEBIAN/control").write_text(control + "Description: x\n")
        subprocess.run(["dpkg-deb", "--root-owner-group", "--build", tree,
                        self.archives / f"gbx-demo_{version}_all.deb"], check=True, capture_output=True)
        conffiles = "".join(f" {path} {hashlib.md5(text.encode()).hexdigest()}\n"
                            for path, text in files.items())
        (self.admin / "status").write_text(
            control.replace("Version", "Status: install ok installed\nVersion")
            + f"Conffiles:\n{conffiles}Description: x\n")
        (self.units / "gbx-demo.service").write_text(unit)
        folders = {str(parent) for path in files for parent in pathlib.Path(path).parents}
        (self.admin / "info/gbx-demo.list").write_text(
            "\n".join(["/.", *sorted((folders | set(files)) - {"/"}),
                       str(self.units / "gbx-demo.service")]) + "\n")

    UNIT = "[Service]\nExecStart=/bin/sleep 1000\nStateDirectory=gbx-demo\n"

    @unittest.skipUnless(shutil.which("dpkg-deb"), "dpkg-deb is not installed")
    def test_1_upgrade(self):
        """an upgrade brings what the package has changed, and leaves what the user has"""
        self.package("1.0", {"/etc/gbx-demo/a": "one\n", "/etc/gbx-demo/b/c": "one\n",
                             "/etc/gbx-demo/old/file": "one\n", "/etc/gbx-demo/gone/x": "one\n"}, self.UNIT)
        self.create("demo", "gbx-demo")
        root = self.root("demo") / "etc/gbx-demo"
        self.assertEqual((root / "a").read_text(), "one\n")
        self.assertTrue((self.root("demo") / "var/lib/gbx-demo").is_dir())
        (root / "b/c").write_text("mine\n")
        (root / "gone/x").unlink()
        self.package("2.0", {"/etc/gbx-demo/a": "two\n", "/etc/gbx-demo/b/c": "two\n",
                             "/etc/gbx-demo/gone/x": "two\n", "/etc/gbx-demo/new/n": "new\n"}, self.UNIT)
        _, told = self.succeed("upgrade", "demo")
        self.assertEqual({str(path.relative_to(root)): path.read_text()
                          for path in root.rglob("*") if path.is_file()},
                         {"a": "two\n", "b/c": "mine\n", "b/c.dpkg-dist": "two\n", "new/n": "new\n"})
        for words in ("/etc/gbx-demo/a has", "b/c has been changed", "old/file is no longer"):
            self.assertIn(words, told)
        self.assertEqual(self.status("demo")["packages"], ["gbx-demo 2.0"])
        self.assertEqual(self.succeed("upgrade", "demo")[1], "")
        # Nothing is lost in a copy, and a copy that fails leaves nothing.
        (root / "b/c").chmod(0)
        self.refuse("clone", "demo", "other", words=["b/c", "read"])
        self.assertEqual(sorted(path.name for path in self.services.iterdir()), ["demo"])
        (root / "b/c").chmod(0o600)
        self.succeed("clone", "demo", "other")
        self.assertEqual((self.root("other") / "etc/gbx-demo/b/c").read_text(), "mine\n")
        self.succeed("delete", "other")
        # A link of the service's own making leads nowhere on the host.
        victim = self.folder / "victim"
        victim.mkdir()
        shutil.rmtree(root)
        root.symlink_to(victim)
        self.service("upgrade", "demo")
        self.assertEqual(list(victim.iterdir()), [])
        self.succeed("delete", "demo")

    def test_2_errors(self):
        """what cannot be run is refused in a sentence that names it, and nothing is left"""
        self.package("1.0", {"/etc/gbx-demo/a": "one\n"}, self.UNIT)
        self.refuse("create", "x", "--unit", "there-is-no-such", words=["there-is-no-such.service"])
        self.refuse("create", "x", "--unit", "dbus.socket", words=["no service"])
        self.refuse("create", "x", "--unit", "gbx@.service", words=["template"])
        self.refuse("create", "X!", "--unit", "gbx-demo", words=["name"])
        self.refuse("create", "x", words=["--unit"])
        self.refuse("create", "x", "--unit", "gbx-demo", "--memory", "1", words=["memory"])
        for text, words in (
                ("[Service]\nExecStart=/opt/no/such/program\n", ["/opt/no/such/program", "installed"]),
                ("[Unit]\nRequires=a.socket\n[Service]\nExecStart=/bin/true\nPAMName=login\nTTYPath=/dev/tty9\n"
                 "RootImage=/x\n", ["a.socket", "PAMName=login", "TTYPath=/dev/tty9", "RootImage=/x"]),
                ("[Service]\nType=dbus\nBusName=a.b\nExecStart=/bin/true\n", ["Type=dbus", "BusName=a.b"]),
                ("[Service]\nExecStart=/bin/true\nExecStart=/bin/false\n", ["one command"]),
                ("[Service]\nExecStart=/bin/echo %z\n", ["%z"]),
                ("[Service]\nExecStart=/bin/echo 'a\n", ["quote"])):
            (self.units / "gbx-demo.service").write_text(text)
            self.refuse("create", "x", "--unit", "gbx-demo", words=words)
        (self.units / "gbx-masked.service").symlink_to("/dev/null")
        self.refuse("create", "x", "--unit", "gbx-masked", words=["masked"])
        (self.units / "gbx-own.service").write_text(self.UNIT)
        self.refuse("create", "x", "--unit", "gbx-own", words=["package"])
        (self.units / "gbx-demo.service").write_text(
            self.UNIT + "MemoryMax=1G\nExecStartPre=+/bin/true\nSomethingNew=1\nPrivateTmp=yes\n")
        _, told = self.create("x", "gbx-demo")
        for words in ("MemoryMax=1G", "SomethingNew=1", "privileges", "1 setting"):
            self.assertIn(words, told)
        self.succeed("delete", "x")
        self.assertEqual(list(self.services.iterdir()), [])
        self.assert_nothing_left()

    @only("lxc", "several boots")
    def test_3_life(self):
        """types, restarts and limits of a unit hold; a start that fails says why"""
        self.package("1.0", {"/etc/gbx-demo/a": "one\n"}, "")
        base = "[Service]\nStateDirectory=gbx-demo\nEnvironment=\"A=b c\"\n"
        state = self.root("demo") / "var/lib/gbx-demo"

        def start(text, *words):
            (self.units / "gbx-demo.service").write_text(base + text)
            if not (self.services / "demo").exists():
                self.create("demo", "gbx-demo")
            if words:
                self.refuse("start", "demo", words=words, patience=PATIENCE * 2)
            else:
                self.succeed("start", "demo", patience=PATIENCE * 2)

        start("ExecStart=/bin/sh -c 'echo a complaint >&2; exit 3'\nType=notify\n", "a complaint", "demo")
        self.assertEqual(self.status("demo")["state"], "failed")
        start("ExecStart=/bin/sh -c 'exit 4'\nExecStartPre=/bin/sh -c 'echo before >&2; exit 1'\n", "before")
        start("Type=forking\nPIDFile=gbx-demo/pid\nRuntimeDirectory=gbx-demo\n"
              "ExecStart=/bin/sh -c 'sleep 1000 & echo $! >/run/gbx-demo/pid'\n"
              "ExecStartPost=/bin/sh -c 'echo \"$MAINPID:${A}:$$\" >$STATE_DIRECTORY/post'\n"
              "ExecStopPost=/bin/sh -c 'echo $SERVICE_RESULT >$STATE_DIRECTORY/end'\n")
        main = self.succeed("exec", "demo", "--", "cat", "/run/gbx-demo/pid")[0].strip()
        self.assertTrue((state / "post").read_text().startswith(f"{main}:b c:"))
        self.succeed("stop", "demo")
        self.assertEqual((state / "end").read_text(), "success\n")
        start("Restart=on-failure\nRestartSec=50ms\nStartLimitBurst=3\nStartLimitIntervalSec=1h\n"
              "ExecStart=/bin/sh -c 'echo x >>$STATE_DIRECTORY/starts; sleep 0.2; exit 1'\n")
        wait_until(lambda: self.status("demo")["state"] == "failed", PATIENCE, "it does not give up")
        self.assertEqual((state / "starts").read_text(), "x\nx\nx\n")
        self.assertIn("too often", self.status("demo")["problem"])
        start("Type=oneshot\nExecStart=/bin/sh -c 'echo 1 >$STATE_DIRECTORY/once'\n"
              "ExecStart=/bin/sh -c 'echo 2 >>$STATE_DIRECTORY/once'\n")
        wait_until(lambda: self.status("demo")["state"] == "stopped", PATIENCE, "it does not end")
        self.assertEqual((state / "once").read_text(), "1\n2\n")
        self.succeed("delete", "demo")
        self.assert_nothing_left(seconds=60)

    @only("lxc", "one more boot; what it shows is the same")
    def test_4_systemd(self):
        """the process that runs a service tells systemd when it is ready, and when it stops"""
        self.package("1.0", {"/etc/gbx-demo/a": "one\n"}, self.UNIT)
        self.create("demo", "gbx-demo")
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
            listener.bind(str(self.folder / "notify"))
            listener.settimeout(PATIENCE)
            process = self.start("service", "run", "demo", env={
                **self.environment, "NOTIFY_SOCKET": str(self.folder / "notify")})
            self.assertEqual(listener.recv(99), b"READY=1")
            self.assertEqual(self.status("demo")["state"], "running")
            self.refuse("reload", "demo", words=["no command", "restart"])
            process.send_signal(signal.SIGTERM)
            self.assertEqual(listener.recv(99), b"STOPPING=1")
        self.assertEqual(self.finish(process), (0, b"", b""))
        self.assertEqual(self.status("demo")["state"], "stopped")
        self.succeed("delete", "demo")
        self.assert_nothing_left(seconds=60)


if __name__ == "__main__":
    tap.main()
