#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an escape into the emulator reaches: nothing but its own sandbox."""

import errno
import os
import unittest

from common import Injector, SandboxTest, bystander, tap, why_not


@unittest.skipIf(why_not(), why_not())
class Emulator(SandboxTest):
    """One sandbox, into whose emulator the tests inject."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.first = cls("boot")
        cls.first.setUp()
        cls.process = cls.first.start_sleeper("one")
        cls.pid, = cls.first.emulators()

    @classmethod
    def tearDownClass(cls):
        cls.process.terminate()
        cls.first.finish(cls.process)
        cls.first.tearDown()
        super().tearDownClass()

    def boot(self):
        """Not a test: what the tests here have in common."""

    def both(self, *call):
        """The result outside of the jail, and in it."""
        with bystander() as process, Injector(process.pid) as outside:
            control = outside.call(*call)
        with Injector(self.pid) as inside:
            return control, inside.call(*call)

    def test_own_identity(self):
        """calls can be injected, and the emulator goes on"""
        with Injector(self.pid) as inside:
            self.assertEqual(inside.call("getpid"), self.pid)
            self.assertEqual(inside.call("geteuid"), os.geteuid())

    def test_home(self):
        """the user's home is not there"""
        control, result = self.both("openat", -100, os.path.expanduser("~"), os.O_RDONLY, 0)
        self.assertGreaterEqual(control, 0)
        self.assertIn(result, (-errno.ENOENT, -errno.EACCES))


if __name__ == "__main__":
    tap.main()
