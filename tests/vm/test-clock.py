#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The guest's clock is the host's, whatever becomes of the emulator's time."""

import os
import signal
import subprocess
import time

from common import PATIENCE, SandboxTest, only, tap, wait_until

# These show the fault; two minutes and one are for a run by hand.
STOPPED = float(os.environ.get("GLOVEBOX_TEST_STOPPED", "20"))
BUSY = float(os.environ.get("GLOVEBOX_TEST_BUSY", "20"))
OFF_MAX = 2
SOON = 10
# Answers each line with the time; what the busy guest does besides is of no use.
ANSWER = 'echo ready; while read -r line; do date +%s.%N; done'
TOIL = 'while :; do :; done & ' + ANSWER + '; kill $!'


@only("qemu", "a container has the clock of the host")
class Clock(SandboxTest):
    def tearDown(self):
        # At its end of stdin the guest's program ends by itself, in good order.
        for process in self.started:
            if process.stdin:
                process.stdin.close()
            process.wait(PATIENCE)
        super().tearDown()
        self.assert_nothing_left()

    def start_clock(self, *options, script=ANSWER):
        process = self.start("exec", "--name", "clock", *options, "--", "sh", "-c", script,
                             stdin=subprocess.PIPE)
        if process.stdout.readline() != b"ready\n":
            self.fail(f"the sandbox did not start: {self.finish(process)}")
        return process

    def off(self, process):
        """Seconds that the guest is behind (less than 0) or ahead, at the least."""
        before = time.time()
        process.stdin.write(b"\n")
        process.stdin.flush()
        guest = float(process.stdout.readline())
        after = time.time()
        return guest - after if guest > after else min(guest - before, 0)

    def assert_right_soon(self, process):
        wait_until(lambda: abs(self.off(process)) < OFF_MAX, SOON,
                   "the guest's clock is off by more than 2 s")

    def assert_stays_right(self, process):
        for _ in range(10):
            self.assertLess(abs(self.off(process)), OFF_MAX)
            time.sleep(0.3)

    def stop_emulator(self):
        (emulator,) = self.emulators()
        os.kill(emulator, signal.SIGSTOP)
        time.sleep(STOPPED)
        os.kill(emulator, signal.SIGCONT)

    def check_stopped(self, *options):
        process = self.start_clock(*options)
        self.assertLess(abs(self.off(process)), OFF_MAX)
        self.stop_emulator()
        self.assert_right_soon(process)
        self.assert_stays_right(process)

    def test_right(self):
        """from the start"""
        process = self.start_clock()
        self.assert_right_soon(process)
        self.assert_stays_right(process)

    def test_source(self):
        """the guest uses a hardware timer, not its own ticks, which get lost when it is busy"""
        folder = "/sys/devices/system/clocksource/clocksource0"
        available, current = self.output(
            "--", "cat", f"{folder}/available_clocksource", f"{folder}/current_clocksource",
        ).decode().splitlines()
        self.assertIn("acpi_pm", available.split())
        self.assertNotIn("jiffies", current)

    def test_stopped(self):
        """after the emulator has been stopped"""
        self.check_stopped()

    def test_stopped_processors(self):
        """the same with two processors, whose counters the guest does not trust"""
        self.check_stopped("--cpus", "2")

    def test_busy(self):
        """while guest and host are overloaded"""
        toil = [subprocess.Popen(["sh", "-c", "while :; do :; done"])
                for _ in range(3 * os.cpu_count())]
        try:
            process = self.start_clock(script=TOIL)
            begin = time.monotonic()
            while time.monotonic() - begin < BUSY:
                self.assertLess(abs(self.off(process)), OFF_MAX)
                time.sleep(1)
        finally:
            for spinner in toil:
                spinner.kill()
                spinner.wait()
        self.assert_stays_right(process)


if __name__ == "__main__":
    tap.main()
