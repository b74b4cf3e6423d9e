#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits are measured: what the kernel of the host says of the processes of a sandbox, and what
they get while they want more."""

import ctypes
import os
import pathlib
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import tap  # noqa: E402
from sandbox import SandboxTest  # noqa: E402

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


class TestMachine(SandboxTest):
    """What holds for the emulator and its helpers."""

    def pid_of(self, word):
        found = [pid for pid, command in self.our_processes().items() if word in command]
        self.assertTrue(found, f"no {word} in {self.our_processes()}")
        return found[0]

    def test_processes(self):
        """niceness, disk priority and memory nodes hold for emulator and helpers"""
        (self.folder / "share").mkdir()
        own = os.getpriority(os.PRIO_PROCESS, 0)
        nice = max(own, 12)
        process = self.start_sleeper("tuned", "--nice", str(nice), "--disk-weight", "25", "--numa-nodes", "0",
                                     "--network", "user", "--share", str(self.folder / "share"),
                                     command=SPIN)
        for word in "guest=glovebox-tuned", "virtiofsd", "passt ":
            pid = self.pid_of(word)
            with self.subTest(process=word):
                for task in threads(pid):
                    self.assertEqual(int(stat_fields(task / "stat")[19]), nice)
                    if not word.startswith("passt"):
                        self.assertEqual(io_priority(int(task.name)), (2, 6))
        process.terminate()
        self.finish(process)
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
