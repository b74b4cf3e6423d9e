#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Limits of a running sandbox: what “glovebox set” changes, and what it refuses.  One sandbox for
all of it, and one launch that is refused."""

import contextlib
import os
import pathlib
import subprocess
import time

from common import BACKEND, SandboxTest, only, tap

MIB = 1 << 20


def threads(pid):
    """Paths of a process's threads."""
    return list(pathlib.Path(f"/proc/{pid}/task").iterdir())


class TestSet(SandboxTest):
    def ask(self, process, command):
        """Has the shell in the sandbox run it: seconds."""
        begin = time.monotonic()
        process.stdin.write(command.encode() + b"; echo; echo end\n")
        process.stdin.flush()
        while (line := process.stdout.readline()) not in (b"end\n", b""):
            pass
        self.assertEqual(line, b"end\n")
        return time.monotonic() - begin

    def set(self, key, value):
        status, out, err = self.glovebox("set", "changed", key, value)
        self.assertEqual((status, out, err), (0, b"", b""), (key, value))

    def refuse_arguments(self, arguments, *words):
        """The sandbox runs on, so something is left."""
        with self.subTest(arguments=arguments):
            status, out, err = self.glovebox("set", *arguments)
            self.assertEqual((status, out), (125, b""))
            self.assert_sentence(err, *words)

    def refuse(self, key, value, *words):
        self.refuse_arguments(("changed", key, value), *words)

    def start_shell(self, *options):
        return self.start_sleeper("changed", *options, command=("sh",), stdin=subprocess.PIPE)

    def stop(self, process):
        process.stdin.close()
        process.stdin = None
        self.finish(process)
        self.assert_nothing_left()

    def refuse_all(self):
        """The same on both backends."""
        self.refuse("resources.memory", "1G", "while the sandbox runs", "profile")
        self.refuse("network.mode", "user", "while the sandbox runs")
        self.refuse("no.such", "1", "no.such", "glovebox settings")
        self.refuse("resources.cpu-quota", "1000000", "use 1 to")
        self.refuse("resources.cpu-set", "8000", "no processor 8000")
        self.refuse("resources.numa-nodes", "4000", "no NUMA node 4000")
        self.refuse_arguments(("nobody", "resources.nice", "3"), "nobody")
        self.refuse_arguments(("changed", "resources.nice"), "a key and a value")

    @only("qemu", "a container has no emulator and no disk of its own")
    def test_machine(self):
        """threads of the emulator and the disk of a home get new limits"""
        cpu = str(max(os.sched_getaffinity(0)))
        nice = max(os.getpriority(os.PRIO_PROCESS, 0), 15)
        process = self.start_shell("--home", "private", "--home-name", "changed", "--network", "user",
                                   "--disk-write", "1M")
        pid = self.emulators()[0]
        self.set("resources.cpu-set", cpu)
        self.set("resources.scheduler", "batch")
        self.set("resources.nice", str(nice))
        for task in threads(pid):
            self.assertEqual(os.sched_getaffinity(int(task.name)), {int(cpu)})
            self.assertEqual(os.sched_getscheduler(int(task.name)), os.SCHED_BATCH)
            self.assertEqual(os.getpriority(os.PRIO_PROCESS, int(task.name)), nice)
        self.set("resources.cpu-set", "")
        self.assertEqual(os.sched_getaffinity(pid), os.sched_getaffinity(0))
        write = "cd && dd if=/dev/zero of=file oflag=direct bs=128k count=24 2>&1"
        self.assertGreater(self.ask(process, write), 2)
        self.set("resources.disk-write", "64M")
        self.assertLess(self.ask(process, write), 2)
        self.set("network.download", "1M")
        self.refuse("network.publish", "80:80", "while the sandbox runs")
        self.refuse("resources.nice", str(nice - 1), "can only give a running sandbox less")
        self.refuse_all()
        self.stop(process)

    def group_file(self, controller, name):
        """A file of the container's control group."""
        for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
            with contextlib.suppress(OSError):
                words = entry.read_bytes().split(b"\0")
                if words[0].endswith(b"libvirt_lxc") and any(w.endswith(b"-changed") for w in words):
                    for line in entry.with_name("cgroup").read_text().splitlines():
                        _, controllers, path = line.split(":", 2)
                        if controller in controllers.split(","):
                            return pathlib.Path(f"/sys/fs/cgroup/{controller}{path}/{name}")
        self.fail(f"there is no group for {controller}")

    @only("lxc", "libvirt's control groups hold the limits of containers")
    def test_container(self):
        """the control group of a container gets new limits"""
        cpu = str(max(os.sched_getaffinity(0)))
        process = self.start_shell("--cpu-set", cpu, "--cpus", "1", "--memory", "200M",
                                   "--cpu-weight", "50", "--numa-nodes", "0")
        shares = self.group_file("cpu", "cpu.shares")
        quota = shares.with_name("cpu.cfs_quota_us")
        soft = self.group_file("memory", "memory.soft_limit_in_bytes")
        self.assertEqual(shares.read_text(), "512\n")
        self.assertEqual(self.group_file("cpuset", "cpuset.cpus").read_text(), f"{cpu}\n")
        self.assertEqual(self.group_file("cpuset", "cpuset.mems").read_text(), "0\n")
        self.set("resources.cpu-weight", "200")
        self.assertEqual(shares.read_text(), "2048\n")
        self.set("resources.cpu-quota", "40")
        self.assertEqual(quota.read_text(), "40000\n")
        # The number of processors is a limit too.
        self.set("resources.cpu-quota", "0")
        self.assertEqual(quota.read_text(),
                         "100000\n" if os.sysconf("SC_NPROCESSORS_ONLN") > 1 else "-1\n")
        self.set("resources.memory-soft", "128M")
        self.assertEqual(soft.read_text(), f"{128 * MIB}\n")
        self.set("resources.memory-soft", "0")
        self.assertGreater(int(soft.read_text()), 1 << 40)
        both = soft.with_name("memory.memsw.limit_in_bytes")
        if both.exists():
            self.set("resources.swap", "64M")
            self.assertEqual(both.read_text(), f"{264 * MIB}\n")
        self.refuse("resources.nice", "19", "libvirt cannot set")
        self.refuse("resources.cpu-set", "0", "while the sandbox runs")
        self.refuse("network.download", "1M", "no network")
        self.refuse_all()
        self.stop(process)

    def test_strict(self):
        """a strict launch names each limit that nothing holds, and starts nothing"""
        options = ("--lock-memory", "--nice", "5", "--io-threads", "1")
        words = ["resources.io-threads", "resources.nice"] if BACKEND == "lxc" else \
                ["resources.io-threads"]
        self.assert_refused("exec", "--strict", *options, "--", "true", words=words)
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
