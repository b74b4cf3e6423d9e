#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest's clock, whatever becomes of the emulator's time."""

import os
import signal
import subprocess
import time

from common import SandboxTest, tap, wait_until

# Each line is the guest's time.
TICKS = "while :; do date +%s.%N; sleep 0.5; done"


class Clock(SandboxTest):
    def setUp(self):
        super().setUp()
        self.process = self.start_sleeper("clock", command=("sh", "-c", TICKS))

    def tearDown(self):
        self.process.terminate()
        self.finish(self.process)
        self.assert_nothing_left()
        super().tearDown()

    def difference(self):
        """How far the guest's clock is behind, by its next line: a line on its way makes it more."""
        return time.time() - float(self.process.stdout.readline())

    def await_right_clock(self, seconds):
        # What was written before is read on the way.
        wait_until(lambda: abs(self.difference()) < 2, seconds, "the guest's clock is wrong")

    def test_stopped(self):
        """a clock that stood still with the emulator is set soon after"""
        self.await_right_clock(20)
        emulators = self.emulators()
        for pid in emulators:
            os.kill(pid, signal.SIGSTOP)
        time.sleep(15)
        for pid in emulators:
            os.kill(pid, signal.SIGCONT)
        self.await_right_clock(10)
        self.assertLess(abs(self.difference()), 2)

    def test_busy(self):
        """a clock keeps time on a busy computer"""
        spinners = [subprocess.Popen(["sh", "-c", "while :; do :; done"], stdin=subprocess.DEVNULL)
                    for _ in range(2 * os.cpu_count())]
        try:
            time.sleep(20)
        finally:
            for spinner in spinners:
                spinner.kill()
                spinner.wait()
        self.await_right_clock(10)
        self.assertLess(abs(self.difference()), 2)


if __name__ == "__main__":
    tap.main()
