#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits are measured: what the kernel of the host says of the processes of a sandbox, and what
they get while they want more."""

import contextlib
import ctypes
import os
import pathlib
import subprocess
import tempfile
import time
import unittest
import xml.etree.ElementTree as xml_tree

from common import BACKEND, PATIENCE, SandboxTest, only, tap

MIB = 1 << 20
SPIN = ("sh", "-c", "while :; do :; done")
SCHED_BATCH = 3
SYS_IOPRIO_GET = {"x86_64": 252, "aarch64": 31}.get(os.uname().machine)


def stat_fields(path):
    """The fields of a "stat" file, by their numbers in proc(5)."""
    text = pathlib.Path(path).read_text()
    return ["", *text.split(" (", 1)[:1], "", *text.rsplit(")", 1)[1].split()]


def threads(pid):
    """Paths of a process's threads."""
    return list(pathlib.Path(f"/proc/{pid}/task").iterdir())


def io_priority(tid):
    """(class, level)"""
    value = ctypes.CDLL(None).syscall(ctypes.c_long(SYS_IOPRIO_GET), ctypes.c_int(1),
                                      ctypes.c_int(tid))
    return value >> 13, value & 7


def allowed(task):
    """The list of processors that a thread may use."""
    for line in (task / "status").read_text().splitlines():
        if line.startswith("Cpus_allowed_list:"):
            return line.split()[1]
    return None


@only("qemu", "it is about systemd's scopes, and libvirt holds the limits of containers")
class TestKernel(SandboxTest):
    """What the kernel makes of our limits, in a small guest with two NUMA nodes and a real
    systemd of a user, which this computer may not have."""

    def archive(self, files):
        """An initial file system of the kernel: {name: content}."""
        parts = []
        for number, (name, content) in enumerate([*files.items(), ("TRAILER!!!", b"")], 1):
            mode = 0o100755 if name != "TRAILER!!!" else 0
            fields = (number, mode, 0, 0, 1, 0, len(content), 0, 0, 0, 0, len(name) + 1, 0)
            head = b"070701" + b"".join(b"%08X" % field for field in fields) + name.encode() + b"\0"
            parts += [head + b"\0" * (-len(head) % 4), content + b"\0" * (-len(content) % 4)]
        return b"".join(parts)

    def boot(self):
        """The lines that the guest writes, as lists of words by their first."""
        build = pathlib.Path(os.environ["GLOVEBOX_TEST_BUILD"]).resolve()
        guest = pathlib.Path(os.environ.get("GLOVEBOX_TEST_TUNING_GUEST",
                                            build / "tests" / "vm" / "tuning-guest"))
        status, xml, err = self.glovebox("exec", "--print-xml", "--", "true")
        self.assertEqual(status, 0, err)
        os_ = xml_tree.fromstring(xml).find("os")
        initrd = self.folder / "initrd"
        script = pathlib.Path(__file__).with_name("tuning-guest.sh")
        initrd.write_bytes(
            pathlib.Path(os_.findtext("initrd")).read_bytes()
            + self.archive({"tuning-guest": guest.read_bytes(), "script": script.read_bytes()}))
        command = [
            "qemu-system-" + os.uname().machine, "-accel", "kvm", "-accel", "tcg", "-cpu", "max",
            "-m", "384", "-smp", "1", "-no-reboot", "-nodefaults", "-display", "none",
            "-serial", "stdio", "-kernel", os_.findtext("kernel"), "-initrd", initrd,
            "-object", "memory-backend-ram,id=m0,size=256M", "-numa", "node,memdev=m0,cpus=0",
            "-object", "memory-backend-ram,id=m1,size=128M", "-numa", "node,memdev=m1",
            "-append", f"console=ttyS0 quiet loglevel=1 panic=-1 rdinit=/tuning-guest "
                       f"gbx.uid={os.getuid()} gbx.build={build}",
        ]
        for tag, path in ("usr", "/usr"), ("etc", "/etc"), ("build", build):
            command += ["-virtfs", f"local,path={path},mount_tag={tag},security_model=none,readonly=on,multidevs=remap"]
        run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True,
                             timeout=2 * PATIENCE, env=self.environment)
        text = run.stdout.decode(errors="replace")
        self.assertIn("\nend", text.replace("\r", ""), text + run.stderr.decode())
        return {words[0]: words[1:] for words in map(str.split, text.splitlines()) if words}

    @unittest.skipUnless(os.uname().machine == "x86_64", "the guest is made for x86-64")
    def test_kernel(self):
        """memory stays on its nodes; scopes hold shares, quota and ceiling"""
        lines = self.boot()
        pages = 40 * MIB // 4096
        for title, nodes in (("any", (pages, 0)), ("strict", (0, pages)), ("preferred", (0, pages)),
                             ("interleave", (pages // 2, pages // 2))):
            with self.subTest(nodes=title):
                self.assertEqual(tuple(map(int, lines["nodes-" + title])), nodes)
        with self.subTest("controllers"):
            probe = " ".join(lines["probe"])
            self.assertIn("(io)", probe)
            self.assertNotIn("(cpu)", probe)
        with self.subTest("weights"):
            one, two = map(int, lines["weights"])
            self.assertGreater(two, 3 * one)
            self.assertLess(two, 5 * one)
        with self.subTest("quota"):
            used, hundredths = map(int, lines["quota"])
            self.assertLess(used, 0.25 * 1.15 * hundredths * 10000)
            self.assertGreater(used, 0.15 * hundredths * 10000)
        with self.subTest("soft limit"):
            peak, throttled = map(int, lines["soft"])
            self.assertLess(peak, 8 * MIB * 1.25)
            self.assertGreater(throttled, 0)
        with self.subTest("memory"):
            status, limit, peak = map(int, lines["memory"])
            self.assertEqual((status, limit), (137, 24 * MIB))
            self.assertLessEqual(peak, limit)


@only("qemu", "a container has no emulator, and processes of its own")
class TestMachine(SandboxTest):
    """What holds for the emulator and its helpers."""

    def pid_of(self, word):
        found = [pid for pid, command in self.our_processes().items() if word in command]
        self.assertTrue(found, f"no {word} in {self.our_processes()}")
        return found[0]

    def test_processes(self):
        """niceness, scheduler, processors and disk priority hold for emulator and helpers"""
        (self.folder / "share").mkdir()
        own = os.getpriority(os.PRIO_PROCESS, 0)
        nice = max(own, 12)
        cpu = max(os.sched_getaffinity(0))
        process = self.start_sleeper("tuned", "--nice", str(nice), "--disk-weight", "25", "--numa-nodes", "0",
                                     "--scheduler", "batch", "--cpu-set", str(cpu),
                                     "--network", "user", "--share", str(self.folder / "share"),
                                     command=SPIN)
        for word in "guest=glovebox-tuned", "virtiofsd", "passt ":
            pid = self.pid_of(word)
            with self.subTest(process=word):
                for task in threads(pid):
                    fields = stat_fields(task / "stat")
                    self.assertEqual((int(fields[19]), int(fields[41])), (nice, SCHED_BATCH))
                    if word.startswith("guest"):
                        self.assertEqual((allowed(task), int(fields[39])), (str(cpu), cpu))
                    if not word.startswith("passt"):
                        self.assertEqual(io_priority(int(task.name)), (2, 6))
        process.terminate()
        self.finish(process)
        self.assert_nothing_left()


class TestLimits(SandboxTest):
    """What both kinds of sandboxes get, measured from outside."""

    # A burst may come at once, and the clock of the measurement is another.
    TOLERANCE = 1.15

    def ask(self, process, command):
        """Has the shell in the sandbox run it: (what it prints, seconds)."""
        begin = time.monotonic()
        process.stdin.write(command.encode() + b"; echo; echo end\n")
        process.stdin.flush()
        lines = []
        while (line := process.stdout.readline()) not in (b"end\n", b""):
            lines.append(line.decode().strip())
        self.assertEqual(line, b"end\n", process.stderr.read() if not line else b"")
        return [text for text in lines if text], time.monotonic() - begin

    def start_shell(self, name, *options):
        return self.start_sleeper(name, *options, command=("sh",), stdin=subprocess.PIPE)

    def stop(self, process):
        process.stdin.close()
        process.stdin = None
        self.finish(process)

    def group(self, name, controller):
        """The folder of a container's control group, of version 1."""
        if not os.path.isdir(f"/sys/fs/cgroup/{controller}"):
            self.skipTest("the control groups here are of version 2, with other files")
        word = f"-{name}".encode()
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = entry.read_bytes().split(b"\0")
                if words[0].endswith(b"libvirt_lxc") and any(w.endswith(word) for w in words):
                    for line in entry.with_name("cgroup").read_text().splitlines():
                        _, controllers, path = line.split(":", 2)
                        if controller in controllers.split(","):
                            return pathlib.Path(f"/sys/fs/cgroup/{controller}{path}")
        self.fail(f"there is no group of {name} for {controller}")

    def test_disk(self):
        """bytes and operations a second stay below their limits"""
        # Here, since in memory there is no disk.
        with tempfile.TemporaryDirectory(dir=os.environ.get("GLOVEBOX_TEST_DISK", "/var/tmp")) as folder:
            share = pathlib.Path(folder)
            if os.major(share.stat().st_dev) == 0:
                self.skipTest(f"{share.parent} is on no disk")
            (share / "read").write_bytes(os.urandom(12 * MIB))
            os.sync()
            process = self.start_shell(
                "slow", "--share", f"{share}:rw", "--disk-read", "4M", "--disk-write", "2M",
                "--disk-read-operations", "200", "--disk-write-operations", "100")
            # What it does, how much of what is limited, and the limit a second.
            jobs = (
                ("reads bytes", "if=read of=/dev/null iflag=direct bs=128k count=80", 80 * 128, 4096),
                ("writes bytes", "if=/dev/zero of=one oflag=direct bs=128k count=48", 48 * 128, 2048),
                ("reads", "if=read of=/dev/null iflag=direct bs=4k count=600", 600, 200),
                ("writes", "if=/dev/zero of=two oflag=direct bs=4k count=300", 300, 100),
            )
            for what, arguments, amount, limit in jobs:
                lines, seconds = self.ask(process, f"cd {share} && dd {arguments} 2>&1 | tail -1")
                with self.subTest(what):
                    self.assertIn("copied", "".join(lines))
                    self.assertLess(amount / seconds, limit * self.TOLERANCE)
            self.stop(process)
        self.assert_nothing_left()

    def test_memory(self):
        """at its ceiling an application is ended, and the host does not notice"""
        options = ("--memory-soft", "150M", "--swap", "50M") if BACKEND == "lxc" else ()
        process = self.start_shell("hungry", "--memory", "200M", *options)
        lines, _ = self.ask(process, "sh -c 'exec tail /dev/zero'; echo $?")
        self.assertEqual(lines[-1], "137")
        if BACKEND == "lxc":
            group = self.group("hungry", "memory")
            peak = int((group / "memory.max_usage_in_bytes").read_text())
            soft = int((group / "memory.soft_limit_in_bytes").read_text())
            swap = int((group / "memory.memsw.limit_in_bytes").read_text())
            self.assertEqual((soft, swap), (150 * MIB, 250 * MIB))
            self.assertLessEqual(peak, 200 * MIB)
        else:
            status = pathlib.Path(f"/proc/{self.emulators()[0]}/status").read_text()
            peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
            self.assertLess(peak, (200 + 768) * MIB)
        self.assertGreater(peak, 100 * MIB)
        self.stop(process)
        self.assert_nothing_left()

    @only("lxc", "systemd holds it for a virtual machine; TestKernel measures that")
    def test_processor(self):
        """two spinning sandboxes share a processor by their weights; a quota holds"""
        cpu = str(max(os.sched_getaffinity(0)))
        names = {"light": "100", "heavy": "400"}
        for name, weight in names.items():
            self.start_sleeper(name, "--cpu-set", cpu, "--cpu-weight", weight, "--numa-nodes", "0",
                               command=SPIN)
        sets = self.group("heavy", "cpuset")
        self.assertEqual([(sets / f"cpuset.{what}").read_text().strip() for what in ("cpus", "mems")],
                         [cpu, "0"])
        self.start_sleeper("capped", "--cpu-quota", "30", command=SPIN)
        files = {name: self.group(name, "cpuacct") / "cpuacct.usage"
                 for name in (*names, "capped")}

        def usage():
            return {name: int(file.read_text()) for name, file in files.items()}

        before, begin = usage(), time.monotonic()
        time.sleep(5)
        after, seconds = usage(), time.monotonic() - begin
        used = {name: (after[name] - before[name]) / 1e9 for name in files}
        self.assertGreater(used["heavy"], 2.8 * used["light"], used)
        self.assertLess(used["heavy"], 5.6 * used["light"], used)
        self.assertLess(used["capped"], 0.3 * self.TOLERANCE * seconds)
        self.assertGreater(used["capped"], 0)
        status, _, err = self.glovebox("set", "capped", "resources.cpu-quota", "10")
        self.assertEqual(status, 0, err)
        before, begin = usage()["capped"], time.monotonic()
        time.sleep(2)
        self.assertLess((usage()["capped"] - before) / 1e9,
                        (0.1 * (time.monotonic() - begin) + 0.03) * self.TOLERANCE)
        for process in self.started[:3]:
            process.terminate()
            self.finish(process)
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
