#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the application of a container reaches, if it makes any call it likes: nothing but its own.

Other than in a virtual machine, nothing has to be taken over first: the calls go to the host's
kernel.  Each is also made outside, by the same program, where it must succeed.
"""

import contextlib
import errno
import json
import os
import pathlib
import platform
import signal
import socket
import subprocess
import unittest

from common import PATIENCE, SECRET, SandboxTest, number, tap, wait_until

from sandbox import GLOVEBOX, only
from screen import Screen, end

AT_FDCWD = -100
NEW_NAMESPACES = {"mount": 0x20000, "cgroup": 0x2000000, "uts": 0x4000000, "ipc": 0x8000000,
                  "user": 0x10000000, "pid": 0x20000000, "net": 0x40000000}
CALLS = ("mount umount2 unshare setns pivot_root chroot fsopen fsmount open_tree move_mount ptrace "
         "process_vm_readv pidfd_open pidfd_getfd kill tgkill add_key keyctl request_key mknodat "
         "ioctl openat bpf perf_event_open io_uring_setup userfaultfd init_module kexec_load "
         "open_by_handle_at sethostname syslog swapon reboot socket fchmodat chmod fchmod clone "
         "clone3 personality getpid mount_setattr memfd_secret fanotify_init openat2 mkdirat "
         "setxattr").split()
ATTACKER = (pathlib.Path(__file__).parent / "attacker.py").read_text()
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
SYS_ADMIN = 1 << 21


class Attacker:
    """The program, here or in a sandbox."""

    def __init__(self, command, environment):
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        text=True, env=environment)

    def _ask(self, question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise AssertionError(f"the attacker has ended: {self.process.wait()}")
        return json.loads(answer)

    def call(self, *call):
        return self._ask(call)[0]

    def run(self, code):
        return self._ask([f"exec:{code}"])

    def close(self):
        self.process.stdin.close()
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE)
        self.process.stdout.close()


def status_of(pid):
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)


@unittest.skipUnless(platform.machine() == "x86_64", "its calls are those of x86-64")
@only("lxc", "the other programs of this folder are about virtual machines")
class Container(SandboxTest):

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        numbers = {}
        for name in CALLS:
            with contextlib.suppress(KeyError):
                numbers[name] = number(name)
        cls.numbers = json.dumps(numbers)
        cls.environment = {**cls.environment, "NUMBERS": cls.numbers}
        cls.first = cls("boot")
        super(Container, cls.first).setUp()
        try:
            cls.first.boot()
        except BaseException:
            cls.tearDownClass()
            raise

    @classmethod
    def tearDownClass(cls):
        for attacker in (getattr(cls, "inside", None), getattr(cls, "outside", None)):
            if attacker:
                attacker.close()
        super(Container, cls.first).tearDown()
        super().tearDownClass()

    def boot(self):
        """Not a test: what the tests here have in common."""
        cls = type(self)
        cls.rw, cls.ro = self.folder / "rw", self.folder / "ro"
        for folder in cls.rw, cls.ro:
            folder.mkdir()
            (folder / "note").write_text(folder.name)
        cls.hidden = self.folder / "hidden"
        cls.hidden.write_text(SECRET)
        program = ["/usr/bin/python3", "-c", ATTACKER]
        cls.outside = Attacker(program, cls.environment)
        cls.inside = Attacker(
            [GLOVEBOX, "exec", "--quiet", "--backend", "lxc", "--name", "one", "--share",
             f"{cls.rw}:/rw:rw", "--share", f"{cls.ro}:/ro", "--env", f"NUMBERS={cls.numbers}",
             "--", *program], cls.environment)
        cls.started_here = [cls.inside.process, cls.outside.process]
        self.assertGreater(cls.inside.call("getpid"), 1)

    def assert_refused(self, call, errors=(errno.EPERM, errno.ENOSYS), control=0):
        """Outside, the result is at least the control, unless that is None."""
        with self.subTest(call):
            if control is not None:
                self.assertGreaterEqual(self.outside.call(*call), control)
            self.assertIn(self.inside.call(*call), [-error for error in errors])

    def tree(self):
        """The processes of this world's containers, as the host sees them: {pid: its status}"""
        controllers = {int(entry.name) for entry in pathlib.Path("/proc").iterdir()
                       if entry.name.isdigit() and self.is_controller(entry)}
        found = {}
        everything = {}
        for entry in pathlib.Path("/proc").iterdir():
            with contextlib.suppress(OSError):
                if entry.name.isdigit():
                    everything[int(entry.name)] = status_of(entry.name)
        grown = controllers
        while grown:
            grown = {pid for pid, status in everything.items()
                     if int(status["PPid"]) in grown and pid not in found}
            found.update((pid, everything[pid]) for pid in grown)
        return found

    def is_controller(self, entry):
        with contextlib.suppress(OSError):
            command = (entry / "cmdline").read_bytes().split(b"\0")
            return (command[0].endswith(b"libvirt_lxc")
                    and any(name.encode() in command for name in self.containers()))
        return False

    # ---------------------------------------------------------------- walls --

    def assert_confined(self, status):
        name = status["Name"]
        with self.subTest(name):
            if status["NSpid"].split()[-1] == "1":
                # Init: root in there, nobody out here, and it can change no mount any more.
                self.assertNotIn("0", status["Uid"].split())
                for kind in "CapEff", "CapPrm", "CapBnd":
                    self.assertEqual(int(status[kind], 16) & SYS_ADMIN, 0, kind)
                return
            self.assertEqual((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"))
            for kind in "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb":
                self.assertEqual(int(status[kind], 16), 0, kind)
            for kind in "Uid", "Gid":
                self.assertNotIn("0", status[kind].split())

    def test_container_walls(self):
        """the application has no privileges, and init none that it does not need"""
        tree = self.tree()
        self.assertIn("python3", [status["Name"] for status in tree.values()])
        self.assertIn("1", [status["NSpid"].split()[-1] for status in tree.values()])
        for status in tree.values():
            self.assert_confined(status)

    def test_container_display(self):
        """the display server, the bus and the carrier of the network are confined too"""
        with Screen() as screen:
            window = subprocess.Popen(
                [GLOVEBOX, "run", "--backend", "lxc", "--name", "shown", "--network", "user", "--",
                 "xterm", "-e", "dbus-send --session --dest=org.freedesktop.DBus / "
                 "org.freedesktop.DBus.ListNames; exec sleep 1000"],
                env={**self.environment, **screen.environment}, stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
            self.started.append(window)

            def names():
                self.assertIsNone(window.poll(), window.stderr.read() if window.poll() else "")
                return {status["Name"] for status in self.tree().values()}
            # The bus begins with its first client.
            wanted = {"xterm", "Xtigervnc", "dbus-daemon", "glovebox-frames"}
            wait_until(lambda: wanted <= names(), PATIENCE, "the sandbox does not run")
            for status in self.tree().values():
                self.assert_confined(status)
            end(window)

    # --------------------------------------------------------------- kernel --

    def test_namespaces(self):
        """it makes no namespace, enters none, and mounts nothing"""
        for name, flag in NEW_NAMESPACES.items():
            with self.subTest(name):
                self.assertEqual(self.inside.call("unshare", flag), -errno.EPERM)
                self.assertEqual(self.inside.call("clone", flag | signal.SIGCHLD, 0, 0, 0, 0),
                                 -errno.EPERM)
        # Flags in memory, where no filter sees them: the C library then takes clone().
        self.assertEqual(self.inside.call("clone3", {"size": 88}, 88), -errno.ENOSYS)
        for call in (("mount", "tmpfs", "/tmp", "tmpfs", 0, 0), ("mount", "", "/", "", 0x1021, 0),
                     ("umount2", "/proc", 2), ("pivot_root", "/tmp", "/tmp"), ("chroot", "/tmp"),
                     ("setns", 0, 0), ("fsopen", "tmpfs", 0), ("fsmount", 0, 0, 0),
                     ("open_tree", AT_FDCWD, "/", 1), ("move_mount", 0, "", 0, "", 4),
                     ("mount_setattr", AT_FDCWD, "/", 0, {"size": 32}, 32)):
            self.assert_refused(call, control=None)

    def test_namespaces_outside(self):
        """outside, the same call makes a namespace"""
        made = self.outside.run(
            "pid = os.fork()\n"
            "if pid == 0:\n"
            "    os._exit(ctypes.CDLL(None).unshare(0x10000000) & 1)\n"
            "answer = os.waitpid(pid, 0)[1]")
        if made != 0:
            self.skipTest("this computer has no user namespaces for ordinary accounts")
        self.assertEqual(self.inside.call("unshare", NEW_NAMESPACES["user"]), -errno.EPERM)

    def test_kernel_interfaces(self):
        """it gets none of the kernel's interfaces that are attacked most"""
        for call in (("bpf", 0, {"size": 64}, 64), ("perf_event_open", {"size": 128}, 0, -1, -1, 0),
                     ("userfaultfd", 1), ("init_module", 0, 0, ""), ("kexec_load", 0, 0, 0, 0),
                     ("open_by_handle_at", 0, 0, 0), ("sethostname", "x", 1), ("syslog", 3, 0, 0),
                     ("swapon", "/x", 0), ("reboot", 0, 0, 0, 0), ("memfd_secret", 0),
                     ("fanotify_init", 0, 0), ("personality", 0x40000)):
            self.assert_refused(call, control=None)
        self.assert_refused(("io_uring_setup", 1, {"size": 120}), control=None)
        for family in 16, 17, 38, 40:
            with self.subTest(family=family):
                # An ordinary account has these of NETLINK_ROUTE; others are not for it.
                protocol = 6 if family == 16 else 0
                self.assertLess(self.inside.call("socket", family, 3, protocol), 0)

    def test_calls_of_32_bit(self):
        """the same calls are refused by their 32-bit numbers"""
        self.assertGreater(self.outside.run("answer = call32(20)"), 1)
        self.assertGreater(self.inside.run("answer = call32(20)"), 1)
        for name, which in {"mount": 21, "ptrace": 26, "unshare": 310, "keyctl": 288,
                            "bpf": 357}.items():
            with self.subTest(name):
                result = self.inside.run(f"answer = call32({which}, 0x10000000)")
                self.assertIn(result, (-errno.EPERM, -errno.ENOSYS))

    def test_keys(self):
        """the keyrings of the kernel are out of reach"""
        self.assertGreaterEqual(self.outside.call("keyctl", 0, -3, 1), 0)
        for call in (("keyctl", 0, -3, 1), ("add_key", "user", "x", "y", 1, -3),
                     ("request_key", "user", "x", "", -3)):
            self.assert_refused(call, errors=(errno.EPERM,), control=None)

    def test_terminal(self):
        """it types nothing into a terminal"""
        opened = self.inside.run("answer = os.openpty()")
        for request in TIOCSTI, TIOCLINUX, TIOCSTI | 1 << 32:
            with self.subTest(hex(request)):
                self.assertEqual(self.inside.call("ioctl", opened[1], request, "x"), -errno.EPERM)

    # ---------------------------------------------------------------- files --

    def test_kernel_files(self):
        """no file of the kernel can be written, and there is none of control groups"""
        for path in ("/proc/sys/kernel/core_pattern", "/proc/sys/kernel/hostname",
                     "/proc/sys/vm/overcommit_memory", "/proc/sys/net/ipv4/ip_forward",
                     "/proc/sysrq-trigger", "/proc/1/uid_map", "/proc/1/mem", "/proc/kcore",
                     "/sys/kernel/uevent_helper", "/sys/power/state"):
            with self.subTest(path):
                self.assertLess(self.inside.call("openat", AT_FDCWD, path, os.O_WRONLY, 0), 0)
        for path in ("/proc/kcore", "/proc/1/environ", "/proc/1/root", "/proc/kmsg",
                     "/sys/fs/cgroup", "/sys/kernel", "/sys/firmware"):
            with self.subTest(path):
                fd = self.inside.call("openat", AT_FDCWD, path, os.O_RDONLY, 0)
                # What is hidden may be there, and empty.
                if fd >= 0:
                    self.assertEqual(self.inside.run(
                        f"import stat\nd = stat.S_ISDIR(os.fstat({fd}).st_mode)\n"
                        f"answer = os.listdir({fd}) if d else len(os.read({fd}, 1))"),
                        [] if path.startswith("/sys") else 0)

    def test_devices_of_container(self):
        """it has the usual devices only, and makes none"""
        for kind in 0o020000, 0o060000:
            self.assert_refused(("mknodat", AT_FDCWD, "/tmp/device", kind | 0o666, 0x101),
                                control=None)
        for name in ("mem", "kmsg", "kvm", "fuse", "sda", "vda", "net/tun", "dri/card0", "snd/timer",
                     "uinput", "vhost-net", "loop-control", "mapper/control", "input/event0"):
            with self.subTest(name):
                self.assertLess(self.inside.call("openat", AT_FDCWD, f"/dev/{name}", os.O_RDWR, 0),
                                0)
        self.assertGreaterEqual(self.inside.call("openat", AT_FDCWD, "/dev/null", os.O_RDWR, 0), 0)

    def test_host_files(self):
        """the files of the host and of other sandboxes are not there"""
        other = self.start_sleeper("two", "--backend", "lxc")
        paths = [self.hidden, self.runtime, self.world, pathlib.Path.home() / "glovebox",
                 "/run/libvirt", "/run/dbus", "/var/log/wtmp", "/var/lib/libvirt", "/gbx-exports",
                 "/.oldroot", "/etc/shadow", "/root/.ssh", "/boot", "/proc/1/cwd"]
        for path in paths:
            with self.subTest(str(path)):
                fd = self.inside.call("openat", AT_FDCWD, str(path), os.O_RDONLY, 0)
                self.assertIn(fd, (-errno.ENOENT, -errno.EACCES), self.describe(fd))
        self.assertGreaterEqual(self.outside.call("openat", AT_FDCWD, str(self.hidden), 0, 0), 0)
        end(other)

    def describe(self, fd):
        if fd < 0:
            return ""
        return self.inside.run(f"answer = os.listdir({fd})")

    def test_read_only_of_container(self):
        """what is shared read-only, and the system, cannot be changed"""
        for path in "/ro/note", "/etc/bash.bashrc", "/etc/passwd", "/usr/bin/env":
            for call in (("openat", AT_FDCWD, path, os.O_WRONLY, 0),
                         ("fchmodat", AT_FDCWD, path, 0o666)):
                with self.subTest(path=path, call=call[0]):
                    self.assertIn(self.inside.call(*call), (-errno.EROFS, -errno.EACCES,
                                                            -errno.EPERM))
        self.assertEqual(self.inside.call("openat", AT_FDCWD, "/ro/new",
                                          os.O_WRONLY | os.O_CREAT, 0o600), -errno.EROFS)
        fd = self.inside.call("openat", AT_FDCWD, "/rw/note", os.O_WRONLY, 0)
        self.assertGreaterEqual(fd, 0)

    def test_modes_of_container(self):
        """it makes no setuid or setgid file in a share, which others on the host could run"""
        fd = self.inside.call("openat", AT_FDCWD, "/rw/note", os.O_RDWR, 0)
        self.assertGreaterEqual(self.outside.call("chmod", str(self.rw / "note"), 0o4755), 0)
        (self.rw / "note").chmod(0o644)
        for bit in 0o4000, 0o2000:
            mode = bit | 0o755
            for call in (("chmod", "/rw/note", mode), ("fchmod", fd, mode),
                         ("fchmodat", AT_FDCWD, "/rw/note", mode),
                         ("openat", AT_FDCWD, "/rw/fresh", os.O_CREAT | os.O_WRONLY, mode),
                         ("mknodat", AT_FDCWD, "/rw/fresh", 0o100000 | mode, 0)):
                with self.subTest(call=call[0], bit=oct(bit)):
                    self.assertEqual(self.inside.call(*call), -errno.EPERM)
        self.assertEqual(self.inside.call("chmod", "/rw/note", 0o755), 0)
        # Its flags and mode are in memory.
        self.assertEqual(self.inside.call("openat2", AT_FDCWD, "/rw/note", {"size": 24}, 24),
                         -errno.ENOSYS)

    # -------------------------------------------------------------- outside --

    def test_processes_of_host(self):
        """it sees, traces and ends no process of the host, nor its own init"""
        with contextlib.ExitStack() as stack:
            other = stack.enter_context(subprocess.Popen(["sleep", "1000"]))
            stack.callback(other.kill)
            self.assertEqual(self.outside.call("kill", other.pid, 0), 0)
            self.assertEqual(self.inside.call("kill", 1, signal.SIGKILL), -errno.EPERM)
            # All that it may signal, but itself.
            self.inside.call("kill", -1, signal.SIGURG)
            self.assertLess(self.inside.call("kill", 2 ** 22 - 1, 0), 0)
            self.assertIsNone(other.poll())
        for call in (("ptrace", 0x4206, 1, 0, 0), ("ptrace", 0, 0, 0, 0),
                     ("process_vm_readv", 1, 0, 0, 0, 0, 0), ("pidfd_getfd", 0, 0, 0)):
            self.assert_refused(call, control=None)
        seen = self.inside.run("answer = [int(n) for n in os.listdir('/proc') if n.isdigit()]")
        self.assertNotIn(1, seen)
        self.assertLess(len(seen), 8)

    def test_sockets_of_host(self):
        """it connects to no socket of the host: of the loopback, abstract, or of libvirt"""
        with socket.socket() as tcp, socket.socket(socket.AF_UNIX) as abstract:
            tcp.bind(("127.0.0.1", 0))
            tcp.listen()
            name = f"\0gbx-hostile-{os.getpid()}"
            abstract.bind(name)
            abstract.listen()
            port = tcp.getsockname()[1]
            for address in ("('127.0.0.1', %d)" % port, repr(name), repr("/run/libvirt/libvirt-sock"),
                            repr("/run/dbus/system_bus_socket"),
                            repr(str(self.runtime / "glovebox" / "one" / "control"))):
                kind = "AF_INET" if address.startswith("(") else "AF_UNIX"
                code = (f"import socket\ns = socket.socket(socket.{kind})\ns.settimeout(5)\n"
                        f"answer = s.connect_ex({address})\ns.close()")
                with self.subTest(address):
                    if address in (repr(name), "('127.0.0.1', %d)" % port):
                        self.assertEqual(self.outside.run(code), 0)
                    self.assertNotEqual(self.inside.run(code), 0)

    def test_z_attacker_of_container(self):
        """after all of it, the sandbox runs, and ends as usual"""
        self.assertGreater(self.inside.call("getpid"), 1)
        self.assertIn("one", self.sandbox_folders())


if __name__ == "__main__":
    tap.main()
