#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox top: what running sandboxes use, in a terminal and in a pipe."""

import fcntl
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

from common import PATIENCE, SandboxTest, tap, wait_until

SPIN = ("sh", "-c", "dd if=/dev/urandom of=$HOME/f bs=64k count=16 2>/dev/null; while :; do :; done")
# Of a terminal: what moves the cursor and sets colours.
SEQUENCE = re.compile(rb"\x1b(\[[0-9;?]*[A-Za-z]|[()][A-Z0-9]|[=>78])|[\x0e\x0f]")


class Top(SandboxTest):
    def tearDown(self):
        super().tearDown()
        self.assert_nothing_left()

    # ------------------------------------------------------------ pieces --

    def measure(self):
        status, out, err = self.glovebox("top", "--once", "--json")
        self.assertEqual((status, err), (0, b""))
        return {each["name"]: each for each in json.loads(out)["sandboxes"]}

    def open_terminal(self):
        self.master, self.slave = pty.openpty()
        self.addCleanup(os.close, self.master)
        self.addCleanup(os.close, self.slave)
        self.rows, self.seen = 24, b""
        self.set_size(self.rows, 110)
        before = termios.tcgetattr(self.slave)

        def take_terminal():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        process = self.start("top", preexec_fn=take_terminal, pass_fds=[self.slave],
                             stdin=self.slave, stdout=self.slave, stderr=self.slave,
                             env={**self.environment, "TERM": "xterm"})
        return process, before

    def set_size(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def read(self, seconds=0.2):
        if select.select([self.master], [], [], seconds)[0]:
            self.seen += os.read(self.master, 65536)

    def look(self, columns=110):
        """The words on the screen, drawn anew: a new size makes all of it be sent."""
        self.seen = b""
        self.rows = 49 - self.rows
        self.set_size(self.rows, columns)
        deadline = time.monotonic() + PATIENCE
        while b"quit" not in self.seen and b"(y/n)" not in self.seen and b"goes back" not in self.seen:
            self.assertLess(time.monotonic(), deadline, self.seen)
            self.read()
        self.read(0.3)
        return SEQUENCE.sub(b" ", self.seen).decode(errors="replace")

    def expect(self, *words, columns=110):
        def shown():
            screen = self.look(columns)
            return screen if all(word in screen for word in words) else None
        return wait_until(shown, 60, f"the screen has not {words}")

    def type(self, keys):
        os.write(self.master, keys)

    def hangs(self, pid, stop):
        os.kill(pid, signal.SIGSTOP if stop else signal.SIGCONT)

    # -------------------------------------------------------------- tests --

    def test_top(self):
        """figures in text and JSON, a terminal with keys, a process that hangs, the end"""
        self.assertEqual(self.glovebox("top", "--once"), (0, b"", b""))
        self.assertEqual(self.measure(), {})
        sleeper = self.start_sleeper("calm")
        busy = self.start_sleeper("busy", command=SPIN)
        self.check_figures(sleeper)
        self.check_pipe()
        process, before = self.open_terminal()
        self.check_screen()
        self.check_hang(sleeper)
        self.check_keys(busy)
        self.type(b"q")
        wait_until(lambda: (self.read(0.05), process.poll() is not None)[1], 30, "q does not quit")
        self.assertEqual(process.returncode, 0)
        self.assertEqual(termios.tcgetattr(self.slave), before)
        self.finish_all(sleeper)

    def finish_all(self, process):
        self.assertEqual(self.glovebox("stop", "--all")[0], 0)
        self.finish(process)

    def check_figures(self, sleeper):
        def has_worked():
            found = self.measure()
            self.assertEqual(sorted(found), ["busy", "calm"])
            busy, calm = found["busy"], found["calm"]
            # A guest tells of its processes with its first heartbeat.
            if calm["cpu-percent"] is None or None in (busy["processes"], calm["processes"]):
                return None
            return found if (busy["cpu-percent"] or 0) > calm["cpu-percent"] \
                and busy["cpu-seconds"] > 0.2 else None

        found = wait_until(has_worked, 60, "the busy one is not seen to be busy")
        for each in found.values():
            self.assertGreater(each["memory"], 100 << 10)
            self.assertGreaterEqual(each["memory-limit"], 160 << 20)
            self.assertGreaterEqual(each["disk-read"], 0)
            self.assertGreaterEqual(each["processes"], 1)
            self.assertEqual(each["processes-told-by-guest"], each["backend"] != "lxc")
            self.assertEqual(each["state"], "running")
            self.assertIsNone(each["received"], "a network where there is none")
        self.assertEqual(found["calm"]["pid"], sleeper.pid)
        status, out, err = self.glovebox("top", "--once")
        self.assertEqual((status, err), (0, b""))
        lines = out.decode().splitlines()
        self.assertRegex(lines[0], r"^NAME +APPLICATION +BACKEND +STATE +CPU% +MEMORY")
        self.assertEqual(sorted(line.split()[0] for line in lines[1:]), ["busy", "calm"])

    def check_pipe(self):
        """Without a terminal it goes on until it is interrupted, or nobody reads."""
        process = self.start("top", "--json")
        first = json.loads(process.stdout.readline())
        second = json.loads(process.stdout.readline())
        self.assertEqual(len(first["sandboxes"]), len(second["sandboxes"]))
        process.send_signal(signal.SIGINT)
        self.assertEqual(self.finish(process)[0], 0)
        process = self.start("top")
        process.stdout.readline()
        process.stdout.close()
        process.stdout = None
        self.assertEqual(self.finish(process)[0], 0)

    def check_screen(self):
        screen = self.expect("busy", "calm", "CPU%", "2 sandboxes", "running")
        self.assertNotIn("no answer", screen)
        self.assertNotIn("APPLICATION", self.expect("busy", "CPU%", columns=40))
        self.type(b"h")
        self.expect("goes back")
        self.type(b"x")
        self.expect("sorted by CPU%")
        self.type(b"n")
        self.expect("sorted by NAME")
        self.type(b">")
        self.expect("sorted by APPLICATION")

    def check_hang(self, sleeper):
        """One that hangs is shown as such, and the rest goes on."""
        self.hangs(sleeper.pid, True)
        try:
            self.expect("no answer", "busy", "running")
            found = self.measure()
            self.assertIsNone(found["calm"]["cpu-percent"])
            self.assertIsNotNone(found["busy"]["cpu-percent"])
        finally:
            self.hangs(sleeper.pid, False)
        wait_until(lambda: "no answer" not in self.look(), 60, "it still does not answer")

    def check_keys(self, busy):
        self.type(b"n")
        self.type(b"\x1bOH")
        self.type(b"p")
        self.expect("paused")
        self.assertIn(b"paused", self.glovebox("list")[1])
        self.type(b"p")
        wait_until(lambda: "paused" not in self.look(), 60, "it stays paused")
        self.type(b"k")
        self.expect("Stop “busy”? (y/n)")
        self.type(b"n")
        self.expect("2 sandboxes")
        self.type(b"k")
        self.expect("(y/n)")
        self.type(b"y")
        self.finish(busy)

        def gone():
            screen = self.look()
            return "1 sandbox," in screen and "busy" not in screen
        wait_until(gone, 60, "the sandbox that has ended is still shown")

    def test_wrong_use(self):
        """options that mean nothing are refused"""
        for wrong in ["--interval=0"], ["--interval=nan"], ["--interval=1e9"], ["name"], ["--nothing"]:
            with self.subTest(wrong):
                self.assert_refused("top", *wrong)

    def test_dumb_terminal(self):
        """a terminal that cannot move the cursor gets text"""
        master, slave = pty.openpty()
        process = subprocess.Popen([os.environ["GLOVEBOX"], "top", "--once"], stdin=slave, stdout=slave,
                                   stderr=slave, env={**self.environment, "TERM": "dumb"})
        self.started.append(process)
        os.close(slave)
        self.assertEqual(process.wait(PATIENCE), 0)
        os.close(master)


if __name__ == "__main__":
    tap.main()
