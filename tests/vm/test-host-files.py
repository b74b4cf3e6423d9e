#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Data of the host's packages that lie outside of /usr are in the guest."""

import os
import pathlib
import stat
import subprocess
import sys

from common import SandboxTest, tap

# What links of /usr may lead to and yet has to be absent, or the guest's own.
EXCEPTIONS = (
    "/etc/shadow", "/etc/gshadow", "/etc/sudoers", "/etc/ssh", "/etc/ssl/private", "/etc/machine-id",
    "/etc/passwd", "/etc/group", "/etc/hostname", "/etc/hosts", "/etc/resolv.conf", "/etc/mailname",
    "/etc/nsswitch.conf", "/etc/fstab", "/etc/mtab", "/etc/NetworkManager", "/etc/network",
    "/etc/pam.d", "/etc/security", "/etc/cups", "/etc/systemd", "/etc/xdg/systemd",
    "/etc/xdg/autostart", "/var/lib/dbus", "/var/lib/systemd", "/var/log",
    "/var/mail", "/var/spool", "/var/run", "/var/lock", "/var/www", "/var/tmp", "/var/backups",
)

# Runs on both sides: for each path on stdin what it leads to, by contents.
LOOK = r"""
import hashlib, os, stat, sys
def digest(path):
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            real = os.path.realpath(path)
            if not real.startswith(("/etc/", "/var/")):
                return "folder"
            return "folder " + " ".join(sorted(
                name + ":" + digest(os.path.join(path, name)) for name in os.listdir(path)))
        if not status.st_mode & stat.S_IROTH:
            return "closed"
        if not os.path.realpath(path).startswith(("/etc/", "/var/")):
            return str(status.st_size)
        with open(path, "rb") as file:
            return hashlib.sha256(file.read()).hexdigest()
    except OSError:
        return "missing"
def size(path):
    try:
        return os.stat(path).st_size
    except OSError:
        return "missing"
for word in sys.stdin.buffer.read().split(b"\0"):
    # What stays in /usr needs only a look: the guest has all of it.
    if word:
        print(repr(word), (digest if word[:1] == b"+" else size)(os.fsdecode(word[1:])))
"""


def open_to_all(path):
    """Whether every account may read that, by the modes of all that is on the way."""
    *folders, last = [*reversed(pathlib.Path(path).parents), pathlib.Path(path)]
    if not all(folder.stat().st_mode & stat.S_IXOTH for folder in folders):
        return False
    mode = last.stat().st_mode
    return bool(mode & stat.S_IROTH and (not stat.S_ISDIR(mode) or mode & stat.S_IXOTH))


def links_of_packages():
    for top in "/usr", "/opt":
        for folder, folders, files in os.walk(top):
            for name in folders + files:
                path = os.path.join(folder, name)
                if os.path.islink(path):
                    yield path


def is_expected(path):
    real = os.path.realpath(path)
    if not os.path.exists(real) or any(real == e or real.startswith(e + "/") for e in EXCEPTIONS):
        return False
    try:
        return real.startswith(("/usr/", "/opt/", "/etc/", "/var/")) and open_to_all(real)
    except OSError:
        return False


class HostFiles(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def test_links_of_usr(self):
        """each link of /usr that leads to something leads to the same in the guest"""
        paths = [path for path in links_of_packages() if is_expected(path)]
        leaving = {path for path in paths if os.path.realpath(path).startswith(("/etc/", "/var/"))}
        self.assertGreater(len(leaving), 3, "hardly a link of /usr leads out of it here")
        data = b"\0".join((b"+" if path in leaving else b"-") + os.fsencode(path) for path in paths)
        here = subprocess.run([sys.executable, "-c", LOOK], input=data, capture_output=True,
                              check=True).stdout.decode().splitlines()
        there = self.output("--", "python3", "-c", LOOK, data=data).decode().splitlines()
        self.assertEqual(len(here), len(paths))
        self.assertEqual([(one, other) for one, other in zip(here, there) if one != other], [])

    def test_exceptions(self):
        """what is secret, or tells of the host, is absent or the guest's own, link or not"""
        mine = ["/etc/passwd", "/etc/group", "/etc/hosts", "/etc/machine-id", "/etc/hostname"]
        absent = [path for path in EXCEPTIONS if path not in mine and path not in (
            "/etc/resolv.conf", "/etc/nsswitch.conf", "/var/lib/dbus", "/var/log", "/var/tmp")]
        out = self.output("--", "sh", "-c", f"ls -d {' '.join(absent)} 2>/dev/null; ls -A /var/log;"
                                            f"sha256sum {' '.join(mine)}").decode().splitlines()
        self.assertEqual(len(out), len(mine), out)
        here = subprocess.run(["sha256sum", *mine], capture_output=True, check=False).stdout
        self.assertEqual(set(out) & set(here.decode().splitlines()), set())


if __name__ == "__main__":
    tap.main()
