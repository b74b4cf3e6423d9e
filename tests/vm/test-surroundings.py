#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Accounts and environments that are not as most are."""

import contextlib
import os
import pathlib
import resource
import signal

from common import SandboxTest, account, tap, wait_until

# What libvirt is given where the user's own folders do not do.
OWN = pathlib.Path(f"/tmp/glovebox-{os.getuid()}-session")


class Surroundings(SandboxTest):

    def tearDown(self):
        # The daemon that was started in other surroundings is not the test's own.
        for folder in OWN, self.folder / "session", *self.folder.glob("*"):
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
        for length in 85, 107:
            with self.subTest(length):
                path = self.folder / ("x" * (length - 1 - len(str(self.folder))))
                path.mkdir(mode=0o700)
                self.run_in({**self.environment, "XDG_RUNTIME_DIR": str(path)})
        if os.getuid() != 0:
            self.run_in({**self.environment, "XDG_RUNTIME_DIR": "/run"})

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
        status, out, err = self.execute("--", "id", "-un", env={
            **self.environment, "XDG_RUNTIME_DIR": str(session), "LD_PRELOAD": "libnss_wrapper.so",
            "NSS_WRAPPER_PASSWD": str(passwd), "NSS_WRAPPER_GROUP": str(group)})
        self.assertEqual((status, out.decode().strip()), (0, name), err.decode())


if __name__ == "__main__":
    tap.main()
