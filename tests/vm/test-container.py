#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What holds an application in a container, where a machine has a kernel of its own."""

import os
import pathlib
import subprocess

from common import SandboxTest, account, only, tap

EPERM, ENOSYS, EAFNOSUPPORT = 1, 38, 97

# Each is called with arguments that would do no harm; 64-bit number, arguments.
REFUSED = {
    "ptrace": (101, 0, 0, 0, 0), "process_vm_readv": (310, 1, 0, 0, 0, 0, 0),
    "mount": (165, 0, 0, 0, 0, 0), "umount2": (166, 0, 0), "pivot_root": (155, 0, 0),
    "chroot": (161, 0), "setns": (308, -1, 0), "open_tree": (428, -100, 0, 0),
    "move_mount": (429, -1, 0, -1, 0, 0), "fsopen": (430, 0, 0), "mount_setattr": (442, -1, 0, 0, 0, 0),
    "keyctl": (250, 0, -3, 1), "add_key": (248, 0, 0, 0, 0, 0), "request_key": (249, 0, 0, 0, 0),
    "bpf": (321, 0, 0, 0), "perf_event_open": (298, 0, 0, -1, -1, 0), "userfaultfd": (323, 0),
    "io_uring_setup": (425, 1, 0), "kexec_load": (246, 0, 0, 0, 0), "init_module": (175, 0, 0, 0),
    "finit_module": (313, -1, 0, 0), "delete_module": (176, 0, 0), "reboot": (169, 0, 0, 0, 0),
    "syslog": (103, 3, 0, 0), "settimeofday": (164, 0, 0), "clock_settime": (227, 0, 0),
    "clock_adjtime": (305, 0, 0), "swapon": (167, 0, 0), "sethostname": (170, 0, 0), "acct": (163, 0),
    "quotactl": (179, 0, 0, 0, 0), "open_by_handle_at": (304, -1, 0, 0), "kcmp": (312, 0, 0, 0, 0, 0),
    "pidfd_getfd": (438, -1, 0, 0), "mbind": (237, 0, 0, 0, 0, 0, 0), "move_pages": (279, 0, 0, 0, 0, 0, 0),
    "fanotify_init": (300, 0, 0), "iopl": (172, 3), "personality": (135, 0x0400000),
    "unshare user": (272, 0x10000000), "unshare mounts": (272, 0x20000), "unshare network": (272, 0x40000000),
    "clone user": (56, 0x10000000 | 17, 0, 0, 0, 0), "clone processes": (56, 0x20000000 | 17, 0, 0, 0, 0),
}
# The same by their 32-bit numbers; one argument.
REFUSED_32 = {
    "ptrace": (26, 0), "mount": (21, 0), "keyctl": (288, 0), "bpf": (357, 0), "unshare": (310, 0x10000000),
    "clone": (120, 0x10000000 | 17), "io_uring_setup": (425, 1), "userfaultfd": (374, 0), "reboot": (88, 0),
    "perf_event_open": (336, 0), "setns": (346, -1), "chroot": (61, 0), "process_vm_readv": (347, 1),
}

CALLS = """
import ctypes, fcntl, mmap, os, socket, sys, termios, threading
pages = []
def program(code):
    page = mmap.mmap(-1, 4096, prot=mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC)
    page.write(bytes.fromhex(code))
    pages.append(page)
    return ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_int, ctypes.c_int)(
        ctypes.addressof(ctypes.c_char.from_buffer(page)))
# The number in EDI and the argument in ESI; for x32 only the number.
by_32_bits = program("53 89f8 89f3 31c9 31d2 31f6 31ff cd80 5b c3")
by_x32 = program("89f8 0d00000040 31ff 31f6 0f05 c3")
libc = ctypes.CDLL(None, use_errno=True)

def name_of(result, error):
    return "done" if result >= 0 else error

def tell(kind, name, result):
    print(kind, name.replace(" ", "-"), result)

for name, call in REFUSED.items():
    result = libc.syscall(*[ctypes.c_long(each) for each in call])
    if result == 0 and name.startswith("clone"):
        os._exit(0)
    tell("64", name, name_of(result, ctypes.get_errno()))
for name, (number, argument) in REFUSED_32.items():
    result = by_32_bits(number, argument)
    if result == 0 and name == "clone":
        os._exit(0)
    tell("32", name, name_of(result, -result))
tell("x32", "getpid", by_x32(39, 0))
tell("64", "clone3", name_of(libc.syscall(435, 0, 0), ctypes.get_errno()))
tell("64", "newer", name_of(libc.syscall(999, 0, 0), ctypes.get_errno()))
master, slave = os.openpty()
sys.stdout.flush()
child = os.fork()
if child == 0:
    # Into its own terminal a process could type, but for the filter.
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for name, request in ("typing", termios.TIOCSTI), ("console", 0x541C):
        try:
            fcntl.ioctl(slave, request, b"x")
            tell("ioctl", name, "done")
        except OSError as error:
            tell("ioctl", name, error.errno)
    sys.stdout.flush()
    os._exit(0)
os.waitpid(child, 0)
for family, kind, protocol in ((socket.AF_VSOCK, 1, 0), (38, 5, 0), (17, 3, 0), (16, 3, 9), (16, 3, 12)):
    try:
        socket.socket(family, kind, protocol)
        tell("socket", f"{family}:{protocol}", "done")
    except OSError as error:
        tell("socket", f"{family}:{protocol}", error.errno)
# What has to work, also with 32 bits.
tell("works", "getpid", by_32_bits(20, 0) == os.getpid())
thread = threading.Thread(target=lambda: tell("works", "thread", True))
thread.start()
thread.join()
for arguments in (socket.AF_UNIX, 1), (socket.AF_INET, 1), (socket.AF_INET6, 2), (16, 3, 0):
    socket.socket(*arguments)
tell("works", "sockets", True)
tell("works", "unshare", libc.unshare(0x400) == 0)
os.close(os.memfd_create("x"))
tell("works", "fork", os.waitpid(os.fork() or os._exit(7), 0)[1] >> 8 == 7)
"""


@only("lxc", "a machine's kernel is the sandbox's own")
class Container(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def script(self, text, *options):
        return self.output(*options, "--", "sh", "-c", text + "\ntrue").decode(errors="replace")

    def test_calls(self):
        """each dangerous call is refused, with 64 and with 32 bits, and ordinary ones work"""
        out = self.output("--", "python3", "-c",
                          f"REFUSED = {REFUSED!r}\nREFUSED_32 = {REFUSED_32!r}\n{CALLS}").decode()
        told = {tuple(line.split()[:2]): line.split()[2] for line in out.splitlines()}
        expected = {("64", name.replace(" ", "-")): str(EPERM) for name in REFUSED}
        expected |= {("32", name): str(EPERM) for name in REFUSED_32}
        expected |= {("x32", "getpid"): str(-ENOSYS), ("64", "clone3"): str(ENOSYS),
                     ("64", "newer"): str(ENOSYS), ("ioctl", "typing"): str(EPERM),
                     ("ioctl", "console"): str(EPERM), ("64", "personality"): str(ENOSYS)}  # not one of the usual
        expected |= {("socket", each): str(ENOSYS) for each in ("40:0", "38:0", "17:0", "16:9", "16:12")}
        expected |= {("works", each): "True" for each in ("getpid", "thread", "sockets", "unshare", "fork")}
        self.assertEqual({key: told.get(key) for key in expected if told.get(key) != expected[key]}, {})
        self.assertEqual(set(told), set(expected))

    def test_every_process(self):
        """each process has the filter, no capabilities, and no way to any; nobody sees init"""
        out = self.script("cat /proc/[0-9]*/status; ls -d /proc/1 2>&1; ls /proc/self/fd | wc -l")
        for name, value in (("NoNewPrivs", "1"), ("Seccomp", "2"), ("CapEff", "0" * 16),
                            ("CapBnd", "0" * 16), ("CapPrm", "0" * 16)):
            values = {line.split()[1] for line in out.splitlines() if line.startswith(name + ":")}
            self.assertEqual(values, {value}, name)
        self.assertIn("No such file", out)

    def test_kernel_files(self):
        """of the host's kernel there is little to read, and nothing to write"""
        out = self.script(
            "for f in cmdline kallsyms modules kcore kmsg keys key-users timer_list diskstats partitions"
            "  interrupts iomem ioports slabinfo config.gz; do"
            "  [ -n \"$(head -c1 /proc/$f 2>/dev/null | tr '\\0' x)\" ] && echo read $f; done;"
            "for d in acpi bus fs irq driver tty; do ls /proc/$d 2>/dev/null; done;"
            "find /proc/sys /proc/sysrq-trigger /sys -type f -writable 2>/dev/null;"
            "find /sys -type f; ls -A /dev; ls /gbx-exports /.oldroot /gbx-init 2>/dev/null;"
            "ls -A /run/gbx-private 2>/dev/null")
        lines = out.splitlines()
        processors = [f"/sys/devices/system/cpu/{name}" for name in ("online", "possible", "present")]
        devices = ["fd", "full", "null", "ptmx", "pts", "random", "shm", "stderr", "stdin", "stdout",
                   "tty", "urandom", "zero"]
        self.assertEqual(sorted(lines), sorted(processors + devices))

    def test_figures(self):
        """the memory that programs see is the sandbox's, and can be read again and again"""
        out = self.script("free -m; dd if=/dev/zero of=/tmp/x bs=1M count=64 2>/dev/null; sleep 2; free -m",
                          "--memory", "256M")
        totals = [line.split() for line in out.splitlines() if line.startswith("Mem:")]
        self.assertEqual([each[1] for each in totals], ["256", "256"])
        self.assertGreaterEqual(int(totals[1][2]) - int(totals[0][2]), 60, out)

    def test_out_of_memory(self):
        """a process that needs more than the sandbox has is ended, and that is told"""
        status, _out, err = self.glovebox("exec", "--memory", "256M", "--", "python3", "-c",
                                          "bytearray(600 << 20)")
        self.assertEqual(status, 137)
        self.assertIn(b"memory", err)

    def test_owner(self):
        """root of the container is nobody outside; the user's files stay the user's"""
        share = self.folder / "share"
        share.mkdir()
        (share / "old").write_text("x")
        self.script("cd /s; echo y >new; mkdir folder; stat -c %u new folder old; id -u",
                    "--share", f"{share}:/s:rw")
        for name in "new", "folder", "old":
            self.assertEqual((share / name).stat().st_uid, os.getuid(), name)
        process = self.start_sleeper("owner")
        owners = {}
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and b"--container" in (entry / "cmdline").read_bytes().split(b"\0"):
                    owners[int(entry.name)] = entry.stat().st_uid
            except OSError:
                continue
        ranges = [line.split(":") for line in pathlib.Path("/etc/subuid").read_text().splitlines()]
        mine = [(int(first), int(count)) for name, first, count in ranges
                if name in (account().pw_name, str(os.getuid()))]
        self.assertTrue(any(first <= owner < first + count for owner in owners.values()
                            for first, count in mine), (owners, mine))
        process.terminate()
        self.finish(process)

    def test_processes_of_host(self):
        """no process outside can be seen or signalled, not even of the same account"""
        outside = subprocess.Popen(["sleep", "600"])
        self.started.append(outside)
        out = self.script(f"ls -d /proc/{outside.pid} 2>/dev/null; kill {outside.pid} 2>/dev/null &&"
                          " echo killed; ls -d /proc/[0-9]* | wc -l")
        self.assertLess(int(out.split()[-1]), 10)
        self.assertIsNone(outside.poll())


if __name__ == "__main__":
    tap.main()
