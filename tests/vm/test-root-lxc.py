#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Containers with a daemon of their own, which may be killed, for an ordinary account; and on file
systems that only root can mount.  All of it is in a mount namespace of this program."""

import ctypes
import os
import pathlib
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

import tap  # noqa: E402
from sandbox import GLOVEBOX, wait_until  # noqa: E402

ACCOUNT = "glovebox-test"
STATE = pathlib.Path("/run/libvirt")
CLONE_NEWNS = 0x20000
CONFIGURATION = """unix_sock_group = "libvirt"
unix_sock_ro_perms = "0777"
unix_sock_rw_perms = "0770"
auth_unix_ro = "none"
auth_unix_rw = "none"
"""


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True, stdin=subprocess.DEVNULL)


def groups_of(account):
    return os.getgrouplist(account.pw_name, account.pw_gid)


class OwnDaemon(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.daemon = None
        cls.world = pathlib.Path(tempfile.mkdtemp(prefix="gbx-", dir="/tmp"))
        cls.missing = cls.find_missing()
        if cls.missing:
            return
        if ctypes.CDLL(None, use_errno=True).unshare(CLONE_NEWNS) != 0:
            raise OSError(ctypes.get_errno(), "unshare")
        mount("--make-rprivate", "/")
        # Two kinds of control groups are more than libvirt 9 can tell apart.
        if os.path.isdir("/sys/fs/cgroup/memory"):
            subprocess.run(["umount", "/sys/fs/cgroup/unified"], stderr=subprocess.DEVNULL, check=False)
        mount("-t", "tmpfs", "tmpfs", str(STATE))
        mount("-t", "tmpfs", "-o", "nosuid,nodev,mode=0755", "tmpfs", str(cls.world))
        cls.runtime = cls.world / "run"
        cls.runtime.mkdir(mode=0o700)
        os.chown(cls.runtime, cls.account.pw_uid, cls.account.pw_gid)
        cls.start_daemon()

    @classmethod
    def find_missing(cls):
        try:
            cls.account = pwd.getpwnam(ACCOUNT)
        except KeyError:
            return f"there is no account {ACCOUNT}"
        if not STATE.is_dir() or not shutil.which("libvirtd"):
            return "libvirt's system daemon is not installed"
        if subprocess.run([GLOVEBOX, "--version"], user=cls.account.pw_uid, group=cls.account.pw_gid,
                          extra_groups=[], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                          check=False).returncode != 0:
            return f"the account {ACCOUNT} cannot run {GLOVEBOX}"
        return None

    @classmethod
    def tearDownClass(cls):
        cls.end_daemon()
        if not cls.missing:
            subprocess.run(["umount", "-l", str(cls.world)], check=False)
        shutil.rmtree(cls.world, ignore_errors=True)

    def setUp(self):
        if self.missing:
            self.skipTest(self.missing)

    @classmethod
    def start_daemon(cls, hidden=""):
        """hidden: a kind of control groups that it does not find"""
        configuration = STATE / "own.conf"
        configuration.write_text(CONFIGURATION)
        hide = f"umount /sys/fs/cgroup/{hidden} && " if hidden else ""
        cls.daemon = subprocess.Popen(
            ["unshare", "-m", "sh", "-c", f'{hide}exec libvirtd --config "$1" --pid-file "$2"', "sh",
             str(configuration), str(STATE / "own.pid")],
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        wait_until(lambda: subprocess.run(["virsh", "-q", "-c", "lxc:///system", "uri"],
                                          capture_output=True, check=False).returncode == 0,
                   60, "libvirtd does not answer")

    @classmethod
    def end_daemon(cls, number=signal.SIGTERM):
        if cls.daemon:
            cls.daemon.send_signal(number)
            cls.daemon.wait()
            cls.daemon = None

    def start(self, *arguments):
        environment = {
            "HOME": self.account.pw_dir, "USER": ACCOUNT, "LOGNAME": ACCOUNT, "LC_ALL": "C.UTF-8",
            "PATH": "/usr/local/bin:/usr/bin:/bin", "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_CACHE_HOME": str(self.runtime / "cache"), "XDG_STATE_HOME": str(self.runtime / "state"),
            **{key: os.environ[key] for key in ("GLOVEBOX_PROGRAM_PATH", "GLOVEBOX_PROFILE_PATH")
               if key in os.environ},
        }
        return subprocess.Popen(
            [GLOVEBOX, "exec", "--quiet", "--backend", "lxc", *arguments], cwd="/", env=environment,
            user=self.account.pw_uid, group=self.account.pw_gid,
            extra_groups=groups_of(self.account), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def execute(self, *arguments):
        process = self.start(*arguments)
        out, err = process.communicate(timeout=120)
        return process.returncode, out.decode(), err.decode()

    def start_sleeper(self, name):
        process = self.start("--name", name, "--", "sh", "-c", "echo ready; exec sleep 1000")
        self.assertEqual(process.stdout.readline(), b"ready\n", process.stderr)
        return process

    def assert_nothing_left(self):
        """Neither folder nor process, nor a domain once the daemon has been asked."""
        def left():
            folders = [p.name for p in (self.runtime / "glovebox").iterdir() if p.is_dir()]
            run = subprocess.run(["virsh", "-q", "-c", "lxc:///system", "list", "--name"],
                                 capture_output=True, check=False)
            return folders + run.stdout.decode().split()

        wait_until(lambda: not left(), 20, "something is left")

    def test_killed_daemon(self):
        """after SIGKILL of the daemon a container ends with its command, and the name is free"""
        process = self.start_sleeper("orphan")
        self.end_daemon(signal.SIGKILL)
        process.terminate()
        _, err = process.communicate(timeout=120)
        self.assertIn(process.returncode, (125, 143), err)
        self.start_daemon()
        self.assert_nothing_left()
        self.assertEqual(self.execute("--name", "orphan", "--", "echo", "again"), (0, "again\n", ""))
        self.assert_nothing_left()

    def test_killed_both(self):
        """after SIGKILL of daemon and command the next launch cleans up"""
        process = self.start_sleeper("both")
        self.end_daemon(signal.SIGKILL)
        process.kill()
        process.communicate(timeout=120)
        self.start_daemon()
        self.assertEqual(self.execute("--name", "both", "--", "echo", "again"), (0, "again\n", ""))
        self.assert_nothing_left()

    def test_no_control_groups(self):
        """without control groups for memory nothing starts, and a sentence says why"""
        if not os.path.ismount("/sys/fs/cgroup/memory"):
            self.skipTest("here they are of the second kind, all in one tree")
        self.end_daemon()
        self.start_daemon(hidden="memory")
        try:
            status, out, err = self.execute("--", "true")
            self.assertEqual((status, out), (125, ""), err)
            self.assertRegex(err, "^glovebox: .*control groups.*memory.*\n$")
            self.assert_nothing_left()
        finally:
            self.end_daemon()
            self.start_daemon()

    def test_mount_in_share(self):
        """a folder with another file system in it is refused with a sentence"""
        folder = self.world / "outer"
        (folder / "inner").mkdir(parents=True)
        os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        self.end_daemon()
        mount("-t", "tmpfs", "tmpfs", str(folder / "inner"))
        self.start_daemon()
        try:
            status, out, err = self.execute("--share", f"{folder}:/mnt", "--", "true")
            self.assertEqual((status, out), (125, ""), err)
            self.assertRegex(err, "^glovebox: .*another file system.*\n$")
            self.assert_nothing_left()
        finally:
            subprocess.run(["umount", "-l", str(folder / "inner")], check=False)

    def test_flags(self):
        """what is read-only is so on a file system without devices and setuid programs too"""
        folder = self.world / "share"
        folder.mkdir()
        written = self.world / "written"
        written.mkdir()
        (folder / "file").write_text("before\n")
        os.chown(folder, self.account.pw_uid, self.account.pw_gid)
        os.chown(written, self.account.pw_uid, self.account.pw_gid)
        os.chown(folder / "file", self.account.pw_uid, self.account.pw_gid)
        self.assertEqual(
            self.execute("--share", f"{folder}:/mnt/ro", "--share", f"{folder / 'file'}:/mnt/file",
                         "--share", f"{written}:/mnt/rw:rw", "--", "sh", "-c",
                         "for f in /new /usr/new /mnt/ro/new /etc/passwd /mnt/file; do"
                         "  (echo no >>$f) 2>/dev/null && echo $f; done; echo yes >/mnt/rw/new;"
                         "cat /mnt/file"),
            (0, "before\n", ""))
        self.assertEqual((written / "new").read_text(), "yes\n")
        self.assertEqual((written / "new").stat().st_uid, self.account.pw_uid)
        self.assertEqual((folder / "file").read_text(), "before\n")


if __name__ == "__main__":
    if os.getuid() != 0:
        print("TAP version 13", "1..0 # SKIP only root can do this", sep="\n")
        sys.exit(0)
    tap.main()
