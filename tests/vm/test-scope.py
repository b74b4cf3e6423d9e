#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A virtual machine in a scope of the user's systemd, which something imitates."""

import pathlib

from common import SandboxTest, only, tap
from systemd import Bus, Systemd

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


@only("qemu", "libvirt's own groups hold the limits of a container")
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
        process = self.start_sleeper("scoped", "--memory", "300M", "--cpu-weight", "300",
                                     "--swap", "0", "--network", "user", "--share",
                                     str(self.folder / "share"))
        unit, values = next(iter(manager.units.items()))
        self.assertEqual(unit, "app-glovebox-scoped.scope")
        self.assertEqual(seen["state"], ["paused"])
        self.assertEqual((values["MemoryMax"], values["MemorySwapMax"], values["CPUWeight"]),
                         ((300 + 768) * MIB, 0, 300))
        for word in "guest=glovebox-scoped", "virtiofsd", "pasta", "glovebox-network-guard":
            self.assertTrue(any(word in line for line in seen["processes"]),
                            f"no {word} in {seen['processes']}")
        self.assertEqual(self.virsh("domstate", "glovebox-scoped"), ["running"])
        status, _, err = self.glovebox("set", "scoped", "resources.cpu-weight", "50")
        self.assertEqual((status, values["CPUWeight"]), (0, 50), err)
        status, _, err = self.glovebox("set", "scoped", "resources.disk-weight", "50")
        self.assertEqual(status, 125)
        self.assert_sentence(err, "disk", "(io)")
        # The imitated systemd does not notice when the last process has ended.
        group = self.folder / "tree" / "app.slice" / unit / "cgroup.events"
        group.write_text("populated 0\n")
        process.terminate()
        self.finish(process)
        self.assert_nothing_left()

    def test_failure(self):
        """a limit that does not hold because the scope fails is told, and the sandbox runs"""
        self.manager(failures=["fails"])
        status, out, err = self.glovebox("exec", "--cpu-quota", "50", "--", "echo", "there")
        self.assertEqual((status, out), (0, b"there\n"), err)
        self.assertIn("limits do not hold: systemd could not do its job", err.decode())
        self.assert_nothing_left()

    def test_lack(self):
        """a strict launch is refused if the administrator has not allowed a limit"""
        self.manager(controllers="memory pids")
        self.assert_refused("exec", "--strict", "--cpu-quota", "50", "--", "true",
                            words=("resources.cpu-quota", "(cpu)", "glovebox doctor"))


if __name__ == "__main__":
    tap.main()
