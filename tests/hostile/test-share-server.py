#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What code reaches that has taken over the server of a shared folder: that folder."""

import contextlib
import errno
import os
import pathlib
import signal
import stat
import unittest

from common import (Ended, Injector, PATIENCE, SECRET, SandboxTest, bystander, tap, wait_until,
                    why_not)

AT_FDCWD = -100
SERVERS = "/usr/lib/qemu/virtiofsd", "/usr/libexec/qemu/virtiofsd"
# What the application itself tries in its writable share, told in a file.
ATTEMPTS = """
cp /usr/bin/touch /rw/t; chmod 755 /rw/t; echo usual $?
chmod 4755 /rw/t; echo setuid $?
chmod 2755 /rw/t; echo setgid $?
install -m 4755 /usr/bin/touch /rw/i; echo install $?
mkdir -m 2755 /rw/d; echo folder $?
umask 002; mkdir /rw/team/d; echo team $?
mkdir /rw/team/d/e; echo below $?
setfattr -n user.x -v y /rw/t; echo attribute $?
echo bad >/ro/note; echo write $?
chmod 777 /ro/note; echo mode $?
"""


def why_no_server():
    if why_not():
        return why_not()
    return None if any(map(os.path.exists, SERVERS)) else "virtiofsd is not installed"


@unittest.skipIf(why_no_server(), why_no_server())
class ShareServer(SandboxTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls("boot")
        super(ShareServer, cls.first).setUp()
        try:
            cls.first.boot()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        for process in cls.first.started:
            process.terminate()
            with contextlib.suppress(Exception):
                process.communicate(timeout=PATIENCE)
        super(ShareServer, cls.first).tearDown()
        super().tearDownClass()

    def boot(self):
        """Not a test: what the tests here have in common."""
        cls = type(self)
        cls.rw, cls.ro, cls.hidden = (self.folder / name for name in ("rw", "ro", "hidden"))
        for folder in cls.rw, cls.ro:
            folder.mkdir()
            (folder / "note").write_text(folder.name)
        (cls.rw / "team").mkdir()
        (cls.rw / "team").chmod(0o2775)
        cls.hidden.write_text(SECRET)
        cls.sandbox = self.start_sleeper(
            "one", "--share", f"{cls.rw}:/rw:rw", "--share", f"{cls.ro}:/ro", quiet=False,
            command=("sh", "-c", f"({ATTEMPTS}) >/rw/log 2>/dev/null; mv /rw/log /rw/told; "
                                 "sleep 1000"))
        cls.servers = {pathlib.Path(f"/proc/{pid}/root/note").read_text(): pid
                       for pid, command in self.our_processes().items()
                       if "virtiofsd" in command}
        self.assertEqual(sorted(cls.servers), ["ro", "rw"])

    def inject(self, name):
        return Injector(self.servers[name])

    def assert_ends(self, name, *call):
        with self.inject(name) as inside, self.assertRaises(Ended) as ended:
            inside.call(*call)
        self.assertEqual(ended.exception.signal, signal.SIGSYS)

    def test_own(self):
        """the server has all its walls, and no capability"""
        for name, pid in self.servers.items():
            with self.subTest(name):
                status = dict(line.split(":\t", 1) for line
                              in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
                              if ":\t" in line)
                self.assertEqual((status["Seccomp"], status["Seccomp_filters"],
                                  status["NoNewPrivs"]), ("2", "2", "1"))
                for kind in "CapPrm", "CapEff", "CapBnd", "CapAmb":
                    self.assertEqual(int(status[kind], 16), 0, kind)
                for namespace in "net", "mnt", "user", "ipc":
                    self.assertNotEqual(os.readlink(f"/proc/{pid}/ns/{namespace}"),
                                        os.readlink(f"/proc/self/ns/{namespace}"))

    def test_files(self):
        """its root is the folder, and there is no way out"""
        self.assertEqual(sorted(os.listdir(f"/proc/{self.servers['ro']}/root")), ["note"])
        with bystander() as process, Injector(process.pid) as outside:
            self.assertGreaterEqual(outside.call("openat", AT_FDCWD, self.hidden, os.O_RDONLY, 0), 0)
        for name in self.servers:
            with self.inject(name) as inside:
                for path in (self.hidden, self.rw / "note", os.path.expanduser("~"), "/etc/passwd",
                             "/../../etc/passwd", "../../../etc/passwd", "/proc/self/root"):
                    self.assertEqual(inside.call("openat", AT_FDCWD, path, os.O_RDONLY, 0),
                                     -errno.ENOENT, path)
                fd = inside.call("openat", AT_FDCWD, "/note", os.O_RDONLY, 0)
                self.assertGreaterEqual(fd, 0)
                inside.call("close", fd)

    def test_read_only_share(self):
        """a folder that is shared read-only cannot be changed by its server"""
        with self.inject("rw") as inside:
            self.assertEqual(inside.call("fchmodat", AT_FDCWD, "/note", 0o600), 0)
        with self.inject("ro") as inside:
            for call in (("fchmodat", AT_FDCWD, "/note", 0o666),
                         ("openat", AT_FDCWD, "/note", os.O_WRONLY, 0),
                         ("openat", AT_FDCWD, "/new", os.O_WRONLY | os.O_CREAT, 0o600),
                         ("mkdirat", AT_FDCWD, "/new", 0o700),
                         ("unlinkat", AT_FDCWD, "/note", 0)):
                with self.subTest(call[0]):
                    self.assertIn(inside.call(*call), (-errno.EROFS, -errno.EACCES))

    def test_server_modes(self):
        """it makes no setuid or setgid file, no device, and sets no attribute"""
        with self.inject("rw") as inside:
            fd = inside.call("openat", AT_FDCWD, "/note", os.O_RDWR, 0)
            self.assertGreaterEqual(fd, 0)
            for bit in stat.S_ISUID, stat.S_ISGID:
                mode = bit | 0o755
                for call in (("fchmod", fd, mode),
                             ("fchmodat", AT_FDCWD, "/note", mode | stat.S_IFREG),
                             ("openat", AT_FDCWD, "/fresh", os.O_CREAT | os.O_WRONLY, mode),
                             ("openat", AT_FDCWD, "/", os.O_TMPFILE | os.O_WRONLY, mode),
                             ("mknodat", AT_FDCWD, "/fresh", stat.S_IFREG | mode, 0)):
                    with self.subTest(call[0], bit=oct(bit)):
                        self.assertEqual(inside.call(*call), -errno.EPERM)
            for kind in stat.S_IFCHR, stat.S_IFBLK:
                self.assertEqual(inside.call("mknodat", AT_FDCWD, "/n", kind | 0o600, 0x103),
                                 -errno.EPERM)
            self.assertEqual(inside.call("fsetxattr", fd, "user.x", b"y", 1, 0),
                             -errno.EOPNOTSUPP)
            inside.call("close", fd)

    def test_server_processes(self):
        """it touches no other process, and makes none"""
        with bystander() as other, self.inject("rw") as inside:
            self.assertEqual(inside.call("tgkill", other.pid, other.pid, 0), -errno.EPERM)
            self.assertEqual(inside.call("clone", signal.SIGCHLD, 0, 0, 0, 0), -errno.EPERM)

    def test_share_of_application(self):
        """the application works in its shares, and makes no setuid file there"""
        wait_until((self.rw / "told").exists, PATIENCE, "the application did not tell")
        answers = dict(line.split() for line in (self.rw / "told").read_text().splitlines())
        for what in "usual", "team", "below":
            self.assertEqual(answers[what], "0", answers)
        for what in "setuid", "setgid", "install", "attribute", "write", "mode":
            self.assertNotEqual(answers[what], "0", answers)
        self.assertEqual(stat.S_IMODE((self.rw / "team" / "d").stat().st_mode), 0o2775)
        found = [path for path in self.rw.rglob("*") if self.rw / "team" not in (path, *path.parents)
                 and path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID)]
        self.assertEqual(found, [])

    def test_z_server_attacker(self):
        """a call that the server does not need ends it, and the user is told"""
        self.assert_ends("rw", "unshare", 0x10000000)
        self.assert_ends("ro", "socket", 1, 1, 0)
        line = b""
        while b"lost a shared folder" not in line:
            line = self.sandbox.stderr.readline()
            self.assertTrue(line, "the sandbox has ended without a word of the share")
        self.assertIsNone(self.sandbox.poll())


if __name__ == "__main__":
    tap.main()
