#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox exec --in, pause and resume: several commands in one sandbox, which all tests share."""

import fcntl
import hashlib
import os
import pty
import select
import signal
import struct
import termios
import time

from common import PATIENCE, SandboxTest, tap, wait_until


class Inside(SandboxTest):
    owner = None

    def setUp(self):
        super().setUp()
        if Inside.owner is None:
            # Not one of those that the end of a test kills.
            Inside.owner = self.start_sleeper("shared", "--env", "FIRST=1")
            self.started.clear()

    @classmethod
    def tearDownClass(cls):
        if cls.owner is not None:
            cls.owner.kill()
            cls.owner.wait()
            cls.owner.stdout.close()
            cls.owner.stderr.close()
        super().tearDownClass()

    def inside(self, *arguments, **options):
        return self.glovebox("exec", "--in", "shared", *arguments, **options)

    def wait_line(self, process):
        line = process.stdout.readline()
        self.assertEqual(line, b"ready\n", process.stderr.read() if not line else b"")

    def test_1_streams(self):
        """each command has its own streams and its own status"""
        data = os.urandom(3_000_000)
        others = [self.start("exec", "--in", "shared", "--", "sh", "-c",
                             f"echo out{n}; echo err{n} >&2; exec sleep 1 && exit; exit {n}")
                  for n in range(3)]
        status, out, err = self.inside("--", "sh", "-c", "sha256sum; echo end >&2; exit 7", data=data)
        self.assertEqual((status, err), (7, b"end\n"))
        self.assertEqual(out.split()[0].decode(), hashlib.sha256(data).hexdigest())
        for n, process in enumerate(others):
            self.assertEqual(self.finish(process), (0, f"out{n}\n".encode(), f"err{n}\n".encode()))
        self.assertIsNone(self.owner.poll())

    def test_2_status(self):
        """the status is the command's own, or tells why it could not be run"""
        self.assertEqual(self.inside("--", "sh", "-c", "kill -9 $$")[0], 137)
        self.assertEqual(self.inside("--", "false")[0], 1)
        status, _, err = self.inside("--", "there-is-no-such-command")
        self.assertEqual(status, 127)
        self.assert_sentence(err, "no such command")
        status, _, err = self.inside("--", "/etc/passwd")
        self.assertEqual(status, 126)
        self.assert_sentence(err, "cannot be executed")
        status, _, err = self.inside("--chdir", "/there/is/none", "--", "true")
        self.assertEqual(status, 126)
        self.assert_sentence(err, "/there/is/none")
        for option in (["--share", "/tmp"], ["--network", "user"], ["--profile", "x"], ["--name", "x"]):
            status, _, err = self.inside(*option, "--", "true")
            self.assertEqual(status, 125)
            self.assert_sentence(err, option[0], "--in")
        status, _, err = self.glovebox("exec", "--in", "nobody", "--", "true")
        self.assertEqual(status, 125)
        self.assert_sentence(err, "nobody")
        status, _, err = self.glovebox("run", "--in", "shared", "--", "xterm")
        self.assertEqual(status, 125)
        self.assert_sentence(err, "display")

    def test_3_environment(self):
        """the environment is the first command's, with variables of its own"""
        status, out, _ = self.inside("--env", "SECOND=2", "--chdir", "/tmp", "--", "sh", "-c",
                                     "echo $FIRST $SECOND $PWD; pwd; id -u; grep NoNewPrivs /proc/self/status")
        self.assertEqual(status, 0)
        self.assertEqual(out.decode().split(), ["1", "2", "/tmp", "/tmp", str(os.getuid()),
                                                "NoNewPrivs:", "1"])

    def test_4_signals(self):
        """signals reach this command alone; a client that is killed hangs its command up"""
        process = self.start("exec", "--in", "shared", "--", "sh", "-c",
                             "trap 'echo term; exit 5' TERM; echo ready; while :; do sleep 0.1; done")
        self.wait_line(process)
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.finish(process)[:2], (5, b"term\n"))
        process = self.start("exec", "--in", "shared", "--", "sh", "-c", "echo ready; exec sleep 4711")
        self.wait_line(process)
        process.kill()
        wait_until(lambda: b"4711" not in self.inside("--", "ps", "ax")[1], PATIENCE,
                   "the command still runs")
        self.assertIsNone(self.owner.poll())

    def test_5_terminal(self):
        """a command in a terminal has one too, and follows its size"""
        master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 99, 0, 0))

        def take_terminal():
            os.setsid()
            fcntl.ioctl(slave, termios.TIOCSCTTY, 0)

        process = self.start("exec", "--in", "shared", "--", "sh", "-c",
                             "trap 'stty size; exit 4' WINCH; tty; stty size; echo ready; while :; do sleep 0.1; done",
                             preexec_fn=take_terminal, pass_fds=[slave], stdin=slave, stdout=slave, stderr=slave)
        seen, deadline, resized = b"", time.monotonic() + PATIENCE, False
        while process.poll() is None or select.select([master], [], [], 0)[0]:
            self.assertLess(time.monotonic(), deadline, seen)
            if select.select([master], [], [], 0.2)[0]:
                seen += os.read(master, 65536)
            if b"ready" in seen and not resized:
                resized = True
                fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 44, 88, 0, 0))
        os.close(master)
        os.close(slave)
        self.assertIn(b"/dev/pts/", seen)
        self.assertIn(b"33 99\r\n", seen)
        self.assertIn(b"44 88\r\n", seen)
        self.assertEqual(process.returncode, 4)

    def state(self):
        out = self.glovebox("list")[1].decode()
        return next(line for line in out.splitlines() if line.startswith("shared "))

    def test_6_pause(self):
        """a paused sandbox stands still, is listed as paused, and has the right time afterwards"""
        process = self.start("exec", "--in", "shared", "--", "sh", "-c",
                             "while :; do date +%s.%N; sleep 0.1; done")
        process.stdout.readline()
        self.assertEqual(self.glovebox("pause", "shared"), (0, b"", b""))
        self.assertIn("paused", self.state())
        status, _, err = self.inside("--", "true")
        self.assertEqual(status, 125)
        self.assert_sentence(err, "paused")
        # Longer than a guest may be silent.
        time.sleep(13)
        self.assertIn("paused", self.state())
        os.set_blocking(process.stdout.fileno(), False)
        while process.stdout.read(65536):
            pass
        os.set_blocking(process.stdout.fileno(), True)
        self.assertEqual(self.glovebox("resume", "shared"), (0, b"", b""))
        # The clock is set within a moment.
        deadline = time.monotonic() + PATIENCE
        while abs(float(process.stdout.readline()) - time.time()) > 2:
            self.assertLess(time.monotonic(), deadline)
        wait_until(lambda: "running" in self.state(), PATIENCE, "it does not run again")
        process.kill()
        self.assertEqual(self.glovebox("pause", "nobody")[0], 125)

    def test_9_end(self):
        """when the sandbox ends, its commands do, and say so; a paused one can be stopped"""
        process = self.start("exec", "--in", "shared", "--", "sh", "-c", "echo ready; exec sleep 1000")
        self.wait_line(process)
        self.assertEqual(self.glovebox("pause", "shared")[0], 0)
        self.assertEqual(self.glovebox("stop", "shared")[0], 0)
        status, _, err = self.finish(process)
        self.assertEqual(status, 125)
        self.assert_sentence(err, "ended")
        self.owner.wait(timeout=PATIENCE)
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
