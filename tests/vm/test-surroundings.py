#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Accounts and environments that are not as most are."""

import contextlib
import os
import pathlib
import resource
import signal
import subprocess

from common import SandboxTest, account, only, tap, wait_until
from sandbox import GLOVEBOX

# What libvirt is given where the user's own folders do not do.
OWN = pathlib.Path(f"/tmp/glovebox-{os.getuid()}-session")


class Surroundings(SandboxTest):

    def tearDown(self):
        # The daemon that was started in other surroundings is not the test's own.
        for folder in (OWN, self.folder / "session", self.folder / "cache",
                       *self.folder.glob("*")):
            with contextlib.suppress(OSError, ValueError):
                pid = int((folder / "libvirt" / "libvirtd.pid").read_text())
                os.kill(pid, signal.SIGTERM)
                wait_until(lambda pid=pid: not pathlib.Path(f"/proc/{pid}").exists(), 20,
                           "libvirtd still runs")
        super().tearDown()

    def run_in(self, environment, **options):
        status, out, err = self.execute("--", "sh", "-c", "echo it runs", env=environment,
                                        **options)
        self.assertEqual((status, out), (0, b"it runs\n"), err.decode())

    def test_runtime_folder(self):
        """a runtime folder with a long path, and one of somebody else's"""
        for length in 79, 107:
            with self.subTest(length):
                path = self.folder / ("x" * (length - 1 - len(str(self.folder))))
                path.mkdir(mode=0o700)
                self.run_in({**self.environment, "XDG_RUNTIME_DIR": str(path)})
        if os.getuid() != 0:
            self.run_in({**self.environment, "XDG_RUNTIME_DIR": "/run"})

    def own_cache(self):
        """A cache of its own, which has what takes long to make."""
        (self.cache / "glovebox").mkdir(exist_ok=True)
        (self.folder / "cache").mkdir()
        (self.folder / "cache" / "glovebox").symlink_to(self.cache / "glovebox")
        return str(self.folder / "cache")

    def test_no_runtime_folder(self):
        """no runtime folder, and hardly a variable, as in cron or with env -i"""
        environment = {name: self.environment[name] for name in self.environment
                       if name == "GLOVEBOX_PROGRAM_PATH"}
        self.run_in({**environment, "XDG_CACHE_HOME": self.own_cache()})

    @only("qemu", "the daemon of containers is root's")
    def test_other_home(self):
        """another HOME than that of the libvirt daemon which runs already"""
        self.run_in(self.environment)
        self.assertIsNotNone(self.libvirtd_pid())
        home = self.folder / "home"
        (home / ".cache").mkdir(parents=True)
        (home / ".cache" / "glovebox").symlink_to(self.cache / "glovebox")
        environment = {**self.environment, "HOME": str(home)}
        for name in "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME":
            environment.pop(name, None)
        self.run_in(environment)

    def on_a_host_with(self, changes):
        """Runs glovebox where these commands have changed a copy of /etc."""
        wrapper, etc = self.folder / "wrapper", self.folder / "etc"
        etc.mkdir()
        subprocess.run(["cp", "-a", "/etc/.", etc], stderr=subprocess.DEVNULL, check=False)
        subprocess.run(["sh", "-ec", changes], cwd=etc, check=True)
        wrapper.write_text("#!/bin/sh\n"
                           "exec unshare --map-current-user --mount --keep-caps sh -c '"
                           f'mount --bind {etc} /etc && exec {GLOVEBOX} "$@"\' sh "$@"\n')
        wrapper.chmod(0o755)
        self.end_libvirtd(signal.SIGTERM)
        return {"executable": str(wrapper)}

    def test_time_zone(self):
        """/etc/localtime may be reached through other links, absolute and relative"""
        options = self.on_a_host_with("mkdir zone; ln -sf /etc/alternatives/zone localtime;"
                                      "ln -sf ../zone/local alternatives/zone;"
                                      "ln -s /usr/share/zoneinfo/Asia/Tokyo zone/local")
        environment = {key: value for key, value in self.environment.items() if key != "TZ"}
        status, out, err = self.execute("--", "date", "+%Z", env=environment, **options)
        self.end_libvirtd(signal.SIGTERM)
        self.assertEqual((status, out), (0, b"JST\n"), err)

    def test_long_home(self):
        """a home whose path leaves no room for libvirt's sockets, and a umask of 0777"""
        home = self.folder / ("h" * 60)
        home.mkdir()
        environment = {**self.environment, "HOME": str(home)}
        for name in "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME":
            environment.pop(name, None)
        self.run_in(environment, umask=0o777)

    def test_empty_home(self):
        """an empty HOME is the account's own"""
        status, out, err = self.execute("--", "sh", "-c", "echo $HOME",
                                        env={**self.environment, "HOME": ""})
        self.assertEqual((status, out.decode().strip()), (0, account().pw_dir), err.decode())

    def test_file_size(self):
        """a limit of files' sizes that does not do is told in a sentence"""
        environment = {**self.environment, "XDG_CACHE_HOME": str(self.folder / "cache")}
        status, out, err = self.glovebox(
            "exec", "--quiet", "--", "true", env=environment,
            preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (10240, 10240)))
        self.assertEqual((status, out), (125, b""), err.decode())
        self.assert_sentence(err)

    def test_accounts(self):
        """an account after a line of 8 KiB, with a name of 100 letters and no group"""
        if not list(pathlib.Path("/usr/lib").glob("*/libnss_wrapper.so*")):
            self.skipTest("libnss-wrapper is not installed")
        passwd, group = self.folder / "passwd", self.folder / "group"
        name = "n" * 100
        passwd.write_text(f"long:x:4242:4242:{'l' * 8192}:/:/bin/sh\n"
                          f"{name}:x:{os.getuid()}:{os.getgid()}::{account().pw_dir}:/bin/sh\n")
        group.write_text("other:x:4242:\n")
        session = self.folder / "session"
        session.mkdir(mode=0o700)
        # What a container needs is that of the account with its usual name.
        for kind in "subuid", "subgid":
            if os.path.exists(f"/etc/{kind}"):
                text = pathlib.Path(f"/etc/{kind}").read_text()
                (self.folder / kind).write_text(text.replace(f"{account().pw_name}:", f"{name}:"))
        status, out, err = self.execute("--", "id", "-un", env={
            **self.environment, "GLOVEBOX_SUBORDINATE_IDS": str(self.folder), "XDG_RUNTIME_DIR": str(session), "LD_PRELOAD": "libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": str(passwd), "NSS_WRAPPER_GROUP": str(group)})
        self.assertEqual((status, out.decode().strip()), (0, name), err.decode())


if __name__ == "__main__":
    tap.main()
