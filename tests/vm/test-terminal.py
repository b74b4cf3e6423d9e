#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox exec in a terminal: the command has one too."""

import fcntl
import os
import pathlib
import pty
import select
import signal
import struct
import subprocess
import termios
import time

from common import PATIENCE, SandboxTest, tap, wait_until


class Terminal(SandboxTest):
    def setUp(self):
        super().setUp()
        self.master, self.slave = pty.openpty()
        self.set_size(30, 100)
        self.before = termios.tcgetattr(self.slave)
        self.seen = b""

    def tearDown(self):
        os.close(self.master)
        os.close(self.slave)
        self.assert_nothing_left()
        super().tearDown()

    def set_size(self, rows, columns):
        fcntl.ioctl(self.slave, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def start_in_terminal(self, *command, **options):
        def take_terminal():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        return self.start("exec", "--quiet", "--", *command, preexec_fn=take_terminal, pass_fds=[self.slave],
                          **{"stdin": self.slave, "stdout": self.slave, "stderr": self.slave,
                             **options})

    def read(self, seconds=0.2):
        if select.select([self.master], [], [], seconds)[0]:
            try:
                self.seen += os.read(self.master, 65536)
            except OSError:
                pass

    def expect(self, text):
        """Awaits it on the screen; returns all before and with it."""
        deadline = time.monotonic() + PATIENCE
        while text not in self.seen:
            self.assertLess(time.monotonic(), deadline, f"no {text!r} in {self.seen!r}")
            self.read()
        at = self.seen.index(text) + len(text)
        found, self.seen = self.seen[:at], self.seen[at:]
        return found

    def type(self, text):
        os.write(self.master, text)

    def end(self, process):
        deadline = time.monotonic() + PATIENCE
        while process.poll() is None:
            self.assertLess(time.monotonic(), deadline, f"no end: {self.seen!r}")
            self.read()
        self.read()
        status = process.returncode
        return status if status >= 0 else 128 - status

    def test_size_and_kind(self):
        """all three streams are a terminal of the same size"""
        process = self.start_in_terminal(
            "sh", "-c", "test -t 0 && test -t 1 && test -t 2 && echo all; stty size; tty; echo $TERM",
            env={**self.environment, "TERM": "xterm-256color"})
        self.expect(b"all\r\n30 100\r\n/dev/pts/")
        self.expect(b"xterm-256color\r\n")
        self.assertEqual(self.end(process), 0)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_resize(self):
        """a new size of the window is passed on, with its signal"""
        process = self.start_in_terminal(
            "sh", "-c", "trap 'stty size; exit 4' WINCH; echo ready; while :; do sleep 0.1; done")
        self.expect(b"ready\r\n")
        self.set_size(41, 132)
        self.expect(b"41 132\r\n")
        self.assertEqual(self.end(process), 4)

    def test_typing(self):
        """what is typed is echoed once, by the guest; ^D ends the input"""
        process = self.start_in_terminal("sh", "-c", "echo ready; cat; echo end")
        self.expect(b"ready\r\n")
        self.type(b"hello\r")
        self.assertEqual(self.expect(b"hello\r\nhello\r\n"), b"hello\r\nhello\r\n")
        self.type(b"\x04")
        self.expect(b"end\r\n")
        self.assertEqual(self.end(process), 0)

    def test_interrupt(self):
        """^C interrupts the command, not Glovebox"""
        process = self.start_in_terminal("sh", "-c", "echo ready; exec sleep 1000")
        self.expect(b"ready\r\n")
        self.type(b"\x03")
        self.assertEqual(self.end(process), 130)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_caught_interrupt(self):
        """a command that catches ^C goes on"""
        # A shell that blocks in "read" just after a look for signals would not see one.
        process = self.start_in_terminal(
            "sh", "-c", "trap 'caught=1; echo caught' INT; echo ready;"
                        "until [ \"$caught\" ]; do sleep 0.05; done; read a; echo \"got $a\"; exit 9")
        self.expect(b"ready\r\n")
        self.type(b"\x03")
        self.expect(b"caught\r\n")
        self.type(b"one\r")
        self.expect(b"got one\r\n")
        self.assertEqual(self.end(process), 9)

    def test_restored_after_kill(self):
        """SIGTERM from outside leaves the terminal as it was"""
        process = self.start_in_terminal("sh", "-c", "echo ready; exec sleep 1000")
        self.expect(b"ready\r\n")
        process.send_signal(signal.SIGTERM)
        self.assertEqual(self.end(process), 143)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def start_shell(self):
        """bash at a prompt, with this terminal."""
        def take_terminal():
            os.setsid()
            fcntl.ioctl(self.slave, termios.TIOCSCTTY, 0)

        shell = subprocess.Popen(
            ["bash", "--norc", "--noediting", "-i"],
            env={**self.environment, "PS1": "$ ", "TERM": "dumb"}, preexec_fn=take_terminal,
            pass_fds=[self.slave], stdin=self.slave, stdout=self.slave, stderr=self.slave)
        self.started.append(shell)
        self.expect(b"$ ")
        return shell

    def test_background(self):
        """a job in the background is not stopped, and reads once it is in the foreground"""
        shell = self.start_shell()
        self.type(b'"$GLOVEBOX" exec -q -- sh -c "echo u\'\'p; cat; test -t 1 || echo pla\'\'in" &\n')
        self.expect(b"up\r\n")
        # What is typed is the shell's.
        self.type(b"jobs; echo j''obs\n")
        self.assertIn(b"Running", self.expect(b"jobs\r\n$ "))
        self.type(b"fg\n")
        self.type(b"hello\n")
        for _ in "typed", "read":
            self.expect(b"hello\r\n")
        self.type(b"\x04")
        self.expect(b"plain\r\n")
        # A program that makes a job of its own, which the shell has in the foreground.
        self.type(b'timeout 100 "$GLOVEBOX" exec -q -- sh -c "stty size; cat"; echo status $?\n')
        self.expect(b"30 100\r\n")
        self.type(b"again\r\x04")
        for _ in "typed", "read":
            self.expect(b"again\r\n")
        self.expect(b"status 0\r\n")
        self.type(b"exit 0\n")
        self.assertEqual(self.end(shell), 0)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_stopped_and_continued(self):
        """after SIGTSTP or SIGSTOP and fg the command has the terminal again, and its new size"""
        shell = self.start_shell()
        self.type(b'"$GLOVEBOX" exec -q -- sh -c "echo re\'\'ady; while read -r a; do stty size; done"\n')
        self.expect(b"ready\r\n")
        raw = termios.tcgetattr(self.slave)
        self.assertFalse(raw[3] & termios.ICANON)
        pid = int(pathlib.Path(f"/proc/{shell.pid}/task/{shell.pid}/children").read_text())
        for n, number in enumerate((signal.SIGTSTP, signal.SIGSTOP)):
            with self.subTest(number.name):
                os.kill(pid, number)
                self.expect(b"Stopped")
                self.expect(b"$ ")
                if number == signal.SIGTSTP:
                    self.assertEqual(termios.tcgetattr(self.slave)[3], self.before[3])
                self.set_size(50 + n, 150)
                self.type(b"fg\n")
                wait_until(lambda: termios.tcgetattr(self.slave) == raw, PATIENCE,
                           "the terminal is not raw")
                self.type(b"\r")
                self.expect(b"%d 150\r\n" % (50 + n))
        self.type(b"\x04")
        self.expect(b"$ ")
        self.type(b"exit 3\n")
        self.assertEqual(self.end(shell), 3)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_interrupted_boot(self):
        """^C while it boots ends the launch with 130"""
        process = self.start_in_terminal("sleep", "1000")
        wait_until(self.emulators, PATIENCE, "no emulator was started")
        self.type(b"\x03")
        self.expect(b"interrupted")
        self.assertEqual(self.end(process), 130)
        self.assertEqual(termios.tcgetattr(self.slave), self.before)

    def test_redirected_output(self):
        """with stdout in a pipe it is a filter, and not a terminal"""
        process = self.start_in_terminal("sh", "-c", "test -t 0 || test -t 1 || echo none; echo err >&2",
                                         stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        status, out, err = self.finish(process)
        self.assertEqual((status, out, err), (0, b"none\n", b"err\n"))

    def test_redirected_errors(self):
        """with stderr in a file the rest is a terminal; a command may let go of it"""
        errors = self.folder / "errors"
        with errors.open("wb") as file:
            process = self.start_in_terminal(
                "sh", "-c", "test -t 0 && test -t 1 && ! test -t 2 && echo apart; echo oops >&2;"
                            "stty -a; exec </dev/null >/dev/null 2>&1; sleep 1; exit 3", stderr=file)
        self.expect(b"apart\r\n")
        self.expect(b"\r\niutf8")
        self.assertEqual(self.end(process), 3)
        self.assertEqual(errors.read_bytes(), b"oops\n")

    def test_shell(self):
        """an interactive shell has job control"""
        process = self.start_in_terminal("bash", "--norc", "-i",
                                         env={**self.environment, "TERM": "dumb"})
        self.expect(b"$ ")
        self.type(b"sleep 1000\r")
        self.expect(b"sleep 1000\r\n")
        time.sleep(1)
        self.type(b"\x1a")
        self.expect(b"Stopped")
        self.type(b"fg\r")
        self.expect(b"sleep 1000\r\n")
        time.sleep(1)
        self.type(b"\x03")
        self.expect(b"$ ")
        self.type(b"echo si\"\"gned; exit 3\r")
        self.expect(b"signed\r\n")
        self.assertEqual(self.end(process), 3)


if __name__ == "__main__":
    tap.main()
