#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A virtual machine in a scope of the user's systemd, which something imitates."""

import pathlib
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import tap  # noqa: E402
from sandbox import SandboxTest, wait_until  # noqa: E402
from systemd import Bus, Systemd  # noqa: E402

MIB = 1 << 20


def command_line(pid):
    return pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


class Watching(Systemd):
    """Looks at what it is given, before it says that the scope is there."""

    look = None

    def finish(self, invocation, unit, result="done"):
        if self.look and unit in self.units:
            self.look(self.units[unit])
        super().finish(invocation, unit, result)


class TestScope(SandboxTest):
    def setUp(self):
        super().setUp()
        self.bus = Bus(self.folder)
        self.addCleanup(self.bus.stop)
        self.environment = {**self.environment, "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
                            "GLOVEBOX_CGROUPS": str(self.folder / "tree")}

    def manager(self, **options):
        manager = Watching(self.bus, self.folder / "tree", **options)
        self.addCleanup(manager.stop)
        return manager

    def test_scope(self):
        """the paused emulator and its helpers are put into a scope before the guest runs"""
        seen = {}

        def look(values):
            seen["state"] = self.virsh("domstate", "glovebox-scoped")
            seen["processes"] = [command_line(pid) for pid in values["PIDs"]]

        manager = self.manager()
        manager.look = look
        (self.folder / "share").mkdir()
        process = self.start_sleeper("scoped", "--memory", "300M", "--network", "user", "--share",
                                     str(self.folder / "share"))
        unit, values = next(iter(manager.units.items()))
        self.assertEqual(unit, "app-glovebox-scoped.scope")
        self.assertEqual(seen["state"], ["paused"])
        self.assertEqual(values["MemoryMax"], (300 + 768) * MIB)
        for word in "guest=glovebox-scoped", "virtiofsd", "pasta", "glovebox-network-guard":
            self.assertTrue(any(word in line for line in seen["processes"]),
                            f"no {word} in {seen['processes']}")
        self.assertEqual(self.virsh("domstate", "glovebox-scoped"), ["running"])
        # The imitated systemd does not notice when the last process has ended.
        group = self.folder / "tree" / "app.slice" / unit / "cgroup.events"
        group.write_text("populated 0\n")
        process.terminate()
        self.finish(process)
        self.assert_nothing_left()

    def test_without_limits(self):
        """without a limit that needs it, a scope that fails is no reason to complain"""
        self.manager(failures=["fails"])
        self.assertEqual(self.output("--", "echo", "there"), b"there\n")
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
