#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an escape into the emulator reaches: nothing but its own sandbox.

Two sandboxes run side by side, and a plain virtual machine of the same user beside
them; libvirt's own filter is switched off, as the user may have it.
"""

import contextlib
import errno
import os
import pathlib
import signal
import socket
import stat
import struct
import subprocess
import unittest

from common import (Buffer, Ended, Executed, Injector, PATIENCE, SandboxTest, bystander, tap,
                    wait_until, why_not)

AT_FDCWD = -100
AF = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "alg": 38, "vsock": 40}
PLAIN = """<domain type='qemu'><name>plain</name><memory unit='MiB'>16</memory>
<os><type machine='pc'>hvm</type></os><devices><controller type='usb' model='none'/>
<memballoon model='none'/></devices></domain>"""
# What the application itself tries in its writable shares, told in a file.
ATTEMPTS = """
cp /usr/bin/touch /rw/t; chmod 755 /rw/t; echo usual $?
chmod 4755 /rw/t; echo setuid $?
chmod 2755 /rw/t; echo setgid $?
chmod 4755 /alone; echo file $?
install -m 4755 /usr/bin/touch /rw/i; echo install $?
mkdir /rw/d; echo folder $?
umask 002; mkdir /rw/team/d; echo team $?
mkdir /rw/team/d/e; echo below $?
chmod g+s /rw/d; echo asfolder $?
echo x >/rw/team/x; echo teamfile $?
echo x >/rw/d/x; mv /rw/d/x /rw/y; ln /rw/y /rw/z; ln -s y /rw/l; cat /rw/l; echo links $?
"""


@unittest.skipIf(why_not(), why_not())
class Emulator(SandboxTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # What libvirt escapes in QEMU's arguments, the jail has to read.
        config = cls.world / 'config "é'
        (config / "libvirt").mkdir(parents=True)
        cls.environment["XDG_CONFIG_HOME"] = str(config)
        # The emulator serves the shares itself; test-share-server.py tests the other way.
        cls.environment["GLOVEBOX_VIRTIOFSD"] = ""
        (config / "libvirt" / "qemu.conf").write_text("seccomp_sandbox = 0\n")
        cls.lib = config / "libvirt" / "qemu" / "lib"
        cls.environment["XDG_DATA_HOME"] = str(cls.world / "data")
        cls.homes = cls.world / "data" / "glovebox" / "homes"
        cls.first = cls("boot")
        super(Emulator, cls.first).setUp()
        try:
            cls.first.boot()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        cls.first.virsh("destroy", "plain")
        for process in cls.first.started:
            process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.communicate(timeout=PATIENCE)
        super(Emulator, cls.first).tearDown()
        super().tearDownClass()

    def boot(self):
        """Not a test: what the tests here have in common."""
        cls = type(self)
        cls.share, cls.alone, cls.hidden = (self.folder / name
                                            for name in ("share", "alone", "hidden"))
        cls.share.mkdir()
        cls.team = cls.share / "team"
        cls.team.mkdir()
        cls.team.chmod(0o2775)
        cls.alone.write_text("alone")
        # A single file lies in a folder of its own for the emulator.
        # By which names the emulator knows them.
        places = self.runtime / "glovebox" / "one"
        cls.share_inside = places / "gbx-share-0"
        cls.alone_inside = places / "gbx-share-1" / "file"
        cls.hidden.write_text("hidden")
        self.start_sleeper("one", "--share", f"{self.share}:/rw:rw",
                           "--share", f"{self.alone}:/alone:rw",
                           "--home", "private", "--home-name", "one",
                           command=("sh", "-c", f"({ATTEMPTS}) >/rw/log 2>/dev/null; "
                                                "mv /rw/log /rw/told; sleep 1000"))
        cls.pid, = self.emulators()
        self.start_sleeper("two", "--home", "template", "--home-name", "two")
        cls.sibling, = set(self.emulators()) - {cls.pid}
        (self.folder / "plain.xml").write_text(PLAIN)
        self.virsh("create", str(self.folder / "plain.xml"))
        cls.plain, = set(self.emulators()) - {cls.pid, cls.sibling}

    def setUp(self):
        super().setUp()
        self.inside = Injector(self.pid)

    def tearDown(self):
        self.inside.close()
        # Whatever was tried, the machines run on.
        for pid in self.pid, self.sibling, self.plain, self.libvirtd_pid():
            self.assertTrue(pathlib.Path(f"/proc/{pid}").exists(), pid)
        super().tearDown()

    @contextlib.contextmanager
    def outside(self):
        with bystander() as process, Injector(process.pid) as injector:
            yield injector

    def assert_refused_inside(self, call, error=errno.ENOSYS, control=0):
        """Succeeds outside (the result is at least that), and fails inside with that error."""
        with self.subTest(call), self.outside() as outside:
            self.assertGreaterEqual(outside.call(*call), control)
            self.assertEqual(self.inside.call(*call), -error)

    def folder_inside(self, path):
        """A folder as the emulator sees it."""
        return pathlib.Path(f"/proc/{self.pid}/root") / str(path).lstrip("/")

    # ---------------------------------------------------------------- itself --

    def test_own(self):
        """calls can be injected, and the emulator has all its walls without libvirt's"""
        self.assertEqual(self.inside.call("getpid"), self.pid)
        self.assertIn(b"\0-sandbox\0off\0", pathlib.Path(f"/proc/{self.pid}/cmdline").read_bytes())
        status = dict(line.split(":\t", 1) for line
                      in pathlib.Path(f"/proc/{self.pid}/status").read_text().splitlines()
                      if ":\t" in line)
        self.assertEqual((status["Seccomp"], status["Seccomp_filters"], status["NoNewPrivs"]),
                         ("2", "2", "1"))
        self.assertEqual(int(status["CapEff"], 16), 0)
        for namespace in "net", "mnt", "user", "ipc":
            self.assertNotEqual(os.readlink(f"/proc/{self.pid}/ns/{namespace}"),
                                os.readlink(f"/proc/self/ns/{namespace}"))

    def test_homes(self):
        """the image of its own home is there, and of no other; a template cannot be written"""
        mine, other = self.homes / "one" / "disk.img", self.homes / "two" / "disk.img"
        fd = self.inside.call("openat", AT_FDCWD, mine, os.O_RDWR, 0)
        self.assertGreaterEqual(fd, 0)
        self.inside.call("close", fd)
        self.assertEqual([path.name for path in self.folder_inside(self.homes).iterdir()], ["one"])
        self.assertEqual([path.name for path in self.folder_inside(mine.parent).iterdir()],
                         ["disk.img"])
        for path in other, mine.parent / "lock", mine.parent / "new":
            with self.subTest(path), self.outside() as outside:
                flags = os.O_RDWR | os.O_CREAT
                self.assertGreaterEqual(outside.call("openat", AT_FDCWD, path, flags, 0o600), 0)
                self.assertLess(self.inside.call("openat", AT_FDCWD, path, flags, 0o600), 0)
        mounts = pathlib.Path(f"/proc/{self.sibling}/mountinfo").read_text().splitlines()
        flags = [line.split()[5].split(",") for line in mounts if line.split()[4] == str(other)]
        self.assertEqual(["ro" in each for each in flags], [True])

    # -------------------------------------------------------- other machines --

    def test_monitors(self):
        """of other virtual machines no monitor and no key is there"""
        for machine in self.lib.iterdir():
            mine = machine.name.endswith("-one")
            self.assertTrue((machine / "monitor.sock").is_socket())
            for name in "master-key.aes", "monitor.sock":
                with self.subTest(f"{machine.name}/{name}"):
                    there = self.inside.call("faccessat", AT_FDCWD, machine / name, 0)
                    self.assertEqual(there == 0, mine and name == "master-key.aes")
        self.assertEqual(len(list(self.lib.iterdir())), 3)
        self.assertEqual([p.name for p in self.folder_inside(self.lib).iterdir()],
                         [p.name for p in self.lib.iterdir() if p.name.endswith("-one")])

    def test_no_socket_there(self):
        """there is no socket in all that the emulator sees, and none can appear"""
        found = []
        for top in self.folder_inside("/").iterdir():
            if top.name not in ("usr", "proc", "sys", "dev", "opt") and not top.is_symlink():
                for folder, _, names in os.walk(top):
                    found += [f"{folder}/{name}" for name in names
                              if stat.S_ISSOCK(os.lstat(f"{folder}/{name}").st_mode)]
        self.assertEqual(found, [])
        with socket.socket(socket.AF_UNIX) as late:
            late.bind(str(self.runtime / "late"))
            self.assertTrue((self.runtime / "late").is_socket())
            self.assertFalse(self.folder_inside(self.runtime / "late").exists())

    def test_no_new_socket(self):
        """no socket can be made, of any kind, nor one given another end"""
        for name, family in AF.items():
            with self.subTest(name):
                with self.outside() as outside:
                    if name not in ("packet", "alg", "vsock"):
                        self.assertGreaterEqual(outside.call("socket", family, 1 if family != 16
                                                             else 3, 0), 0)
                self.assertEqual(self.inside.call("socket", family, 1, 0), -errno.ENOSYS)
        self.assert_refused_inside(("socketpair", 1, 2, 0, Buffer(8)))
        with self.outside() as outside:
            pair = Buffer(8)
            self.assertEqual(self.inside.call("socketpair", 1, 1, 0, pair), 0)
            one, other = struct.unpack("ii", pair.data)
            address = struct.pack("H", 1) + os.fsencode(self.runtime / "libvirt/libvirt-sock\0")
            mine = outside.call("socket", 1, 1, 0)
            self.assertEqual(outside.call("connect", mine, address, len(address)), 0)
            self.assertEqual(self.inside.call("connect", one, address, len(address)),
                             -errno.ENOSYS)
            self.assertEqual(self.inside.call("sendto", one, b"x", 1, 0, address, len(address)),
                             -errno.ENOSYS)
            for fd in one, other:
                self.inside.call("close", fd)

    def test_socket_in_share(self):
        """a socket in a share is seen, and cannot be connected to"""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.share / "s"))
            listener.listen()
            self.assertEqual(self.inside.call("faccessat", AT_FDCWD, self.share_inside / "s", 0), 0)
            self.test_no_new_socket()
        (self.share / "s").unlink()

    # -------------------------------------------------------- other processes --

    def test_signals(self):
        """no other process is signalled, not even asked for"""
        with bystander() as other:
            for pid in other.pid, self.libvirtd_pid(), self.sibling, self.plain, 0, -1:
                control = -errno.EINVAL if pid <= 0 else 0
                info = struct.pack("iiiiii", 0, 0, -1, 0, os.getpid(), os.getuid()) + bytes(104)
                for call in (("kill", pid, 0), ("tkill", pid, 0), ("tgkill", pid, pid, 0),
                             ("pidfd_open", pid, 0), ("rt_sigqueueinfo", pid, 0, info),
                             ("rt_tgsigqueueinfo", pid, pid, 0, info)):
                    if call[0] in ("rt_sigqueueinfo",) and pid <= 0:
                        continue
                    self.assert_refused_inside(call, control=control)
        self.assertEqual(self.inside.call("kill", self.pid, 0), 0)
        self.assertEqual(self.inside.call("tgkill", self.pid, self.pid, 0), 0)

    def test_owners(self):
        """no descriptor is made to signal another process"""
        with bystander() as other:
            for call in (("fcntl", 0, 8, other.pid), ("fcntl", 0, 10, signal.SIGTERM),
                         ("fcntl", 0, 15, struct.pack("ii", 1, other.pid))):
                self.assert_refused_inside(call, errno.EPERM)

    def test_limits(self):
        """no other process is limited, slowed down or moved"""
        with bystander() as other:
            limit = struct.pack("QQ", 1 << 62, 1 << 62)
            for call in (("prlimit64", other.pid, 7, 0, Buffer(16)),
                         ("prlimit64", other.pid, 4, limit, 0),
                         ("setpriority", 0, other.pid, 19),
                         ("sched_setaffinity", other.pid, 8, struct.pack("Q", 1)),
                         ("sched_setscheduler", other.pid, 5, struct.pack("i", 0)),
                         ("ioprio_set", 1, other.pid, 3 << 13)):
                self.assert_refused_inside(call, control=-errno.EPERM
                                           if call[1:3] == (other.pid, 4) else 0)
        for call in (("setpriority", 2, os.getuid(), 19), ("sched_setattr", 0, bytes(56), 0),
                     ("sched_setparam", 0, bytes(4)), ("migrate_pages", 0, 0, 0, 0)):
            self.assertEqual(self.inside.call(*call), -errno.ENOSYS)
        self.assertEqual(self.inside.call("prlimit64", 0, 7, 0, Buffer(16)), 0)

    def test_other_processes_unseen(self):
        """of other processes nothing is to be read"""
        for pid in self.sibling, self.libvirtd_pid():
            for name in "environ", "root/etc/hostname", "mem":
                path = f"/proc/{pid}/{name}"
                self.assert_refused_inside(("openat", AT_FDCWD, path, os.O_RDONLY, 0),
                                           errno.ENOENT, control=-errno.EACCES)

    # ------------------------------------------------------- kernel, programs --

    def test_keyring(self):
        """neither the user's keys nor new ones"""
        self.assert_refused_inside(("add_key", "user", f"gbx-{os.getpid()}", b"secret", 6, -4))
        self.assert_refused_inside(("keyctl", 0, -4, 1))
        self.assert_refused_inside(("keyctl", 0, -3, 1))
        self.assert_refused_inside(("request_key", "user", f"gbx-{os.getpid()}", 0, -4))

    def test_kernel_interfaces(self):
        """no interface of the kernel that QEMU does without"""
        for call in (("io_uring_setup", 1, Buffer(120)), ("userfaultfd", 1),
                     ("openat2", AT_FDCWD, "/", struct.pack("QQQ", 0, 0, 0), 24),
                     ("memfd_secret", 0), ("semget", 0, 1, 0o600), ("msgget", 0, 0o600),
                     ("shmget", 0, 4096, 0o600), ("inotify_init",),
                     ("landlock_create_ruleset", 0, 0, 1)):
            self.assert_refused_inside(call, control=-errno.ENOSYS if call[0] in
                                       ("memfd_secret", "userfaultfd") else 0)
        self.assertEqual(self.inside.call("perf_event_open", 0, 0, -1, -1, 0), -errno.ENOSYS)

    def test_programs(self):
        """no other program is started, and no child"""
        arguments = ("/usr/bin/true", 0, 0)
        with self.outside() as outside, self.assertRaises(Executed):
            outside.call("execve", *arguments)
        self.assertEqual(self.inside.call("execve", *arguments), -errno.ENOSYS)
        self.assertEqual(self.inside.call("execveat", AT_FDCWD, *arguments, 0), -errno.ENOSYS)
        for call in (("fork",), ("vfork",), ("clone", signal.SIGCHLD, 0, 0, 0, 0),
                     ("clone", 0x10000000 | signal.SIGCHLD, 0, 0, 0, 0)):
            with self.subTest(call[0]):
                self.assertEqual(self.inside.call(*call), -errno.ENOSYS)

    def test_z_attacker(self):
        """one who asks for a namespace ends the sandbox, and only that"""
        process = self.first.start_sleeper("three")
        pid, = set(self.first.emulators()) - {self.pid, self.sibling, self.plain}
        with self.outside() as outside:
            self.assertEqual(outside.call("unshare", 0), 0)
        with Injector(pid) as inside, self.assertRaises(Ended) as ended:
            inside.call("unshare", 0)
        self.assertEqual(ended.exception.signal, signal.SIGSYS)
        status, _, _ = self.first.finish(process)
        self.assertEqual(status, 125)

    # ------------------------------------------------------------------ files --

    def test_files(self):
        """of the user's files only those of the sandbox"""
        home = os.path.expanduser("~")
        for path in (f"{home}/.ssh", home, self.hidden, "/", "/tmp", "/etc/fstab",
                     self.runtime / "libvirt", self.runtime / "glovebox" / "two",
                     self.runtime / "glovebox" / "one" / "state"):
            with self.subTest(path):
                self.assertIn(self.inside.call("openat", AT_FDCWD, path, os.O_RDONLY, 0),
                              (-errno.ENOENT, -errno.EACCES))
        self.assert_refused_inside(("openat", AT_FDCWD, self.hidden, os.O_RDONLY, 0), errno.ENOENT)
        # Not by its name on the host either.
        self.assert_refused_inside(("openat", AT_FDCWD, self.share, os.O_RDONLY, 0), errno.ENOENT)
        for path in self.share_inside, self.alone_inside:
            fd = self.inside.call("openat", AT_FDCWD, path, os.O_RDONLY, 0)
            self.assertGreaterEqual(fd, 0)
            self.inside.call("close", fd)

    def test_read_only(self):
        """what is not shared for writing cannot be changed, not even its mode"""
        root = self.runtime / "glovebox" / "one" / "root" / "etc" / "hostname"
        with self.outside() as outside:
            self.assertEqual(outside.call("chmod", root, 0o644), 0)
        self.assertEqual(self.inside.call("chmod", root, 0o666), -errno.EROFS)
        self.assertEqual(self.inside.call("truncate", root, 0), -errno.EROFS)

    # ------------------------------------------------------------------ modes --

    def found_set(self):
        return [path for path in [self.alone, *self.share.rglob("*")]
                if self.team not in (path, *path.parents) and path.lstat().st_mode & (stat.S_ISUID | stat.S_ISGID)]

    def test_modes(self):
        """no file of the user's gets a setuid or setgid bit, by no call"""
        probe_outside = self.share / "probe"
        probe_outside.write_text("probe")
        probe = self.share_inside / "probe"
        fd = self.inside.call("openat", AT_FDCWD, probe, os.O_RDWR, 0o7777)
        self.assertGreaterEqual(fd, 0)
        for bit in stat.S_ISUID, stat.S_ISGID:
            mode = bit | 0o755
            fresh = self.share_inside / "fresh"
            regular = mode | stat.S_IFREG
            for call in (("chmod", probe, regular), ("chmod", self.alone_inside, regular),
                         ("fchmod", fd, mode), ("fchmodat", AT_FDCWD, probe, regular),
                         ("open", fresh, os.O_CREAT | os.O_WRONLY, mode),
                         ("openat", AT_FDCWD, fresh, os.O_CREAT | os.O_WRONLY, mode),
                         ("openat", AT_FDCWD, self.share_inside, os.O_TMPFILE | os.O_WRONLY, mode),
                         ("creat", fresh, mode), ("mknod", fresh, stat.S_IFREG | mode, 0),
                         ("mknodat", AT_FDCWD, fresh, stat.S_IFREG | mode, 0)):
                with self.subTest(call[0], bit=oct(bit)):
                    self.assertEqual(self.inside.call(*call), -errno.EPERM)
                    self.assertEqual(self.found_set(), [])
            self.assertEqual(self.inside.call("fchmodat2", AT_FDCWD, probe, mode, 0),
                             -errno.ENOSYS)
            # What QEMU asks for after it has made a folder only seems to be done.
            seems = 0 if bit == stat.S_ISGID else -errno.EPERM
            for path in probe, self.alone_inside:
                self.assertEqual(self.inside.call("chmod", path, mode), seems)
                self.assertEqual(self.inside.call("fchmodat", AT_FDCWD, path, mode), seems)
            self.assertEqual(self.found_set(), [])
        with self.outside() as outside:
            self.assertEqual(outside.call("chmod", probe_outside, 0o6755), 0)
            self.assertEqual(self.found_set(), [probe_outside])
        self.assertEqual(self.inside.call("chmod", probe, 0o750), 0)
        self.assertEqual(stat.S_IMODE(probe_outside.stat().st_mode), 0o750)
        self.inside.call("close", fd)

    def test_devices(self):
        """no device node, and no attribute"""
        for kind in stat.S_IFCHR, stat.S_IFBLK:
            self.assertEqual(self.inside.call("mknodat", AT_FDCWD, self.share_inside / "n", kind | 0o600,
                                              0x103), -errno.EPERM)
        for name in "user.gbx", "system.posix_acl_access", "security.capability":
            self.assertEqual(self.inside.call("setxattr", self.alone_inside, name, b"x", 1, 0),
                             -errno.EOPNOTSUPP)
        with self.outside() as outside:
            self.assertIn(outside.call("setxattr", self.hidden, "user.gbx", b"x", 1, 0),
                          (0, -errno.EOPNOTSUPP))

    def test_application(self):
        """the application works in its shares, and makes no setuid file there"""
        told = wait_until((self.share / "told").exists, PATIENCE, "the application did not tell")
        self.assertTrue(told)
        answers = dict(line.split() for line in (self.share / "told").read_text().splitlines()
                       if " " in line)
        for what in "usual", "folder", "links", "team", "below", "teamfile":
            self.assertEqual(answers[what], "0", answers)
        for what in "setuid", "setgid", "file", "install", "asfolder":
            self.assertNotEqual(answers[what], "0", answers)
        # As the kernel of the host has it in such a folder.
        self.assertEqual(stat.S_IMODE((self.team / "d").stat().st_mode), 0o2775)
        self.assertEqual(self.found_set(), [])


if __name__ == "__main__":
    tap.main()
