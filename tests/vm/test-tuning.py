#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits are measured: what the kernel of the host says of the processes of a sandbox, and what
they get while they want more."""

import ctypes
import os
import pathlib
import subprocess
import sys
import time
import unittest
import xml.etree.ElementTree as xml_tree

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import tap  # noqa: E402
from sandbox import PATIENCE, SandboxTest  # noqa: E402

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
                             timeout=PATIENCE, env=self.environment)
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
        with self.subTest("memory"):
            status, limit, peak = map(int, lines["memory"])
            self.assertEqual((status, limit), (137, 24 * MIB))
            self.assertLessEqual(peak, limit)
            self.assertGreater(peak, limit // 2)


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


if __name__ == "__main__":
    tap.main()
