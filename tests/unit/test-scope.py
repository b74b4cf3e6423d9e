#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Scopes of the user's systemd, which something imitates on a bus of its own."""

import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))
import tap  # noqa: E402
from systemd import Bus, Systemd  # noqa: E402

TOOL = os.environ["GLOVEBOX_TEST_SCOPE_TOOL"]
UNIT = "app-glovebox-box.scope"
NOTHING = 2**64 - 1


class ScopeTest(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gbx-"))
        self.addCleanup(shutil.rmtree, self.folder)
        self.bus = Bus(self.folder)
        self.addCleanup(self.bus.stop)
        self.sleeper = subprocess.Popen(["sleep", "1000"])
        self.addCleanup(self.sleeper.wait)
        self.addCleanup(self.sleeper.kill)

    def manager(self, **options):
        manager = Systemd(self.bus, self.folder / "tree", **options)
        self.addCleanup(manager.stop)
        return manager

    def tool(self, *arguments, lines="", address=None):
        """Its answers, a list of lines."""
        environment = {**os.environ, "GLOVEBOX_CGROUPS": str(self.folder / "tree"),
                       "DBUS_SESSION_BUS_ADDRESS": address or self.bus.address, "LC_ALL": "C.UTF-8"}
        run = subprocess.run([TOOL, *arguments], input=lines, text=True, timeout=90,
                             stdout=subprocess.PIPE, env=environment)
        self.assertIn(run.returncode, (0, 1))
        return run.stdout.splitlines()

    def start(self, *settings, lines="", **options):
        return self.tool("start", "box", str(self.sleeper.pid), *settings, lines=lines, **options)

    def test_properties(self):
        """each limit is a property that systemd accepts, with the right amount"""
        manager = self.manager(controllers="cpu io memory pids")
        manager.StopUnit = lambda invocation, unit, parameters: manager.finish(invocation, unit)
        answers = self.start(
            "resources.cpu-weight=300", "resources.cpu-quota=150", "resources.memory=1000000000",
            "resources.memory-soft=500000000", "resources.swap=0", "resources.disk-weight=50")
        self.assertEqual(answers, [str(self.folder / "tree" / "app.slice" / UNIT)])
        given = dict(manager.units[UNIT])
        for name in "object", "times":
            del given[name]
        self.assertEqual(given, {
            "Description": "Glovebox sandbox box", "Slice": "app.slice",
            "CollectMode": "inactive-or-failed", "PIDs": [self.sleeper.pid],
            "CPUWeight": 300, "CPUQuotaPerSecUSec": 1500000, "MemoryMax": 1000000000,
            "MemoryHigh": 500000000, "MemorySwapMax": 0, "IOWeight": 50})

    def test_ends(self):
        """what still runs in a scope is ended with it"""
        manager = self.manager()
        self.start()
        self.assertEqual(self.sleeper.wait(30), -15)
        self.assertEqual(manager.units, {})

    def test_change(self):
        """a limit is changed, and lifted, while the scope runs"""
        manager = self.manager()
        units = []
        manager.StopUnit = lambda invocation, unit, parameters: (
            units.append(dict(manager.units[unit])), manager.finish(invocation, unit))
        answers = self.start("resources.cpu-weight=300", "resources.cpu-quota=50",
                             lines=f"resources.cpu-weight=20\nresources.cpu-quota={NOTHING}\n")
        self.assertEqual(answers[1:], ["set", "set"])
        self.assertEqual((units[0]["CPUWeight"], units[0]["CPUQuotaPerSecUSec"]), (20, NOTHING))

    def test_lacking_controller(self):
        """a limit whose controller the scope does not have is not taken for held"""
        self.manager()
        answers = self.start("resources.cpu-weight=300", "resources.disk-weight=50",
                             lines="resources.disk-weight=60\n")
        self.assertEqual(answers[0].split()[1:], ["resources.disk-weight"])
        self.assertIn("error Your account may not limit: disk accesses (io).", answers[1])
        self.assertIn("glovebox doctor", answers[1])

    def test_probe(self):
        """before a start it is known what will be missing"""
        self.manager(controllers="cpuset memory")
        answer, = self.tool("probe")
        for word in "(cpu)", "(io)", "(pids)":
            self.assertIn(word, answer)
        self.assertNotIn("(memory)", answer)

    def test_doctor(self):
        """the doctor says what is missing, and offers what the administrator can do"""
        self.manager(controllers="cpu memory pids")
        said, command = self.tool("doctor")
        self.assertTrue(said.startswith("1 "), said)
        self.assertIn("disk accesses (io)", said)
        self.assertIn("Delegate=cpu cpuset io memory pids", command)
        self.assertIn("user@.service.d", command)

    def test_doctor_content(self):
        """with all controllers there is nothing to do"""
        self.manager(controllers="cpu io memory pids")
        said, command = self.tool("doctor")
        self.assertTrue(said.startswith("0 The systemd of your account"), said)
        self.assertEqual(command, "")

    def test_left_scope(self):
        """a scope of that name that has not ended yet is ended first"""
        manager = self.manager(failures=["exists"])
        answers = self.start()
        self.assertEqual(answers, [str(self.folder / "tree" / "app.slice" / UNIT)])
        self.assertEqual([method for method, _ in manager.calls if method != "GetUnit"],
                         ["StartTransientUnit", "StopUnit", "StartTransientUnit", "StopUnit"])

    def test_early_signal(self):
        """the end of a job may be told before the job's name"""
        self.manager(failures=["early"])
        self.assertFalse(self.start()[0].startswith("error"))

    def test_failed_job(self):
        """a job that fails is an error"""
        self.manager(failures=["fails"])
        answer, = self.start()
        self.assertIn("error systemd could not do its job for app-glovebox-box.scope (failed)", answer)

    def test_silent(self):
        """a job that never ends is an error after some seconds"""
        self.manager(failures=["silent"])
        answer, = self.start()
        self.assertIn("(timeout)", answer)

    def test_hanging_bus(self):
        """a bus that does not answer holds nothing up for long"""
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.folder / "hangs"))
            listener.listen(1)
            begin = time.monotonic()
            answer, = self.tool("probe", address=f"unix:path={self.folder}/hangs")
        self.assertIn("error Your session bus cannot be reached", answer)
        self.assertLess(time.monotonic() - begin, 22)

    def test_refusal(self):
        """what systemd refuses is told in its words"""
        self.manager()
        self.sleeper.kill()
        self.sleeper.wait()
        answer, = self.start()
        self.assertIn(f"refuses app-glovebox-box.scope: Process with ID {self.sleeper.pid} does not "
                      "exist.", answer)

    def test_no_manager(self):
        """a bus without systemd, and no bus at all"""
        self.assertEqual(self.start(), ["error No systemd runs for your account"])
        answer, = self.tool("probe", address=f"unix:path={self.folder}/nothing")
        self.assertIn("error Your session bus cannot be reached", answer)
        said, command = self.tool("doctor")
        self.assertIn("1 No systemd of your account", said)
        self.assertEqual(command, "")
        answer, = self.tool("probe", address="autolaunch:")
        self.assertIn("there is none", answer)


if __name__ == "__main__":
    tap.main()
