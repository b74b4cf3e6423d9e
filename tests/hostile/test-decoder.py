#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What somebody reaches who has taken over the program that decodes the display."""

import contextlib
import errno
import importlib.util
import os
import pathlib
import signal
import socket
import struct
import unittest

from common import INJECT, PATIENCE, Buffer, Injector, bystander, tap, wait_until, why_not

# That of the suite "ui" is called "common" as well.
spec = importlib.util.spec_from_file_location(
    "ui_common", pathlib.Path(__file__).resolve().parent.parent / "ui" / "common.py")
ui_common = importlib.util.module_from_spec(spec)
spec.loader.exec_module(ui_common)

REFUSED = (-errno.EPERM, -errno.ENOENT, -errno.EACCES)
NAME = "glovebox-display"


class FromStart(Injector):
    """At the back of the program since its first instruction."""

    def __init__(self, pid, folder):
        self.pid = pid
        self.pipes = open(folder / "in", "r+b", 0), open(folder / "out", "r+b", 0)
        self.scratch = int(self._answer().split()[1], 0)

    def close(self):
        for pipe in self.pipes:
            pipe.close()

    def _answer(self):
        line = b""
        while not line.endswith(b"\n"):
            line += self.pipes[1].read(1)
        return line.decode().strip()

    def _ask(self, line):
        self.pipes[0].write(line.encode() + b"\n")
        return self._answer()


class Decoder(ui_common.WindowTest):
    """A real window with a real sandbox, for each test."""

    protocol = "spice"

    def program(self):
        """The build's own."""
        for folder in os.environ["GLOVEBOX_PROGRAM_PATH"].split(":"):
            path = pathlib.Path(folder, NAME)
            if path.exists():
                return path
        raise AssertionError(f"{NAME} is not built")

    def decoders(self):
        found = []
        for pid in self.children(self.window_process.pid):
            with contextlib.suppress(OSError):
                if NAME in pathlib.Path(f"/proc/{pid}/cmdline").read_bytes().decode().split("\0")[0]:
                    found.append(pid)
        return found

    @staticmethod
    def children(pid):
        with contextlib.suppress(OSError):
            for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
                yield from map(int, (task / "children").read_text().split())

    def show(self):
        """A window whose guest has drawn: the decoder has read from it."""
        self.window_process = self.open("--display", self.protocol, "--", "sh", "-c",
                                        "echo up >/s/ready; exec xterm -bg '#205080'")
        self.await_file("ready", self.window_process)
        self.await_picture()
        pid, = self.decoders()
        return pid

    def await_picture(self):
        wait_until(lambda: self.screen.picture().share_of((0x20, 0x50, 0x80)) > 0.05, PATIENCE,
                   f"the terminal is not seen\n{self.tree()}")

    def status(self, pid):
        text = pathlib.Path(f"/proc/{pid}/status").read_text()
        return dict(line.split(":\t", 1) for line in text.splitlines() if ":\t" in line)

    def test_status(self):
        """the running decoder is confined, and closed to other processes of the account"""
        pid = self.show()
        status = self.status(pid)
        self.assertEqual(status["Seccomp"], "2")
        self.assertEqual(status["NoNewPrivs"], "1")
        self.assertEqual(int(status["CapEff"], 16), 0)
        self.assertEqual(status["Threads"], "1")
        if os.geteuid() != 0:
            for what in ("fd", "root", "environ", "mem"):
                with self.assertRaises(PermissionError):
                    path = f"/proc/{pid}/{what}"
                    os.listdir(path) if what in ("fd", "root") else open(path, "rb").read(1)

    def test_crash(self):
        """the window reports a decoder that dies, and can start another one"""
        pid = self.show()
        os.kill(pid, signal.SIGSEGV)
        self.await_text("ended unexpectedly")
        self.press("Reconnect")
        wait_until(lambda: self.decoders() not in ([], [pid]), 30, "there is no other decoder")
        self.await_picture()

    def test_end_of_the_window(self):
        """a killed window leaves no decoder"""
        pid = self.show()
        self.window_process.kill()
        self.window_process.wait()
        wait_until(lambda: not pathlib.Path(f"/proc/{pid}").exists(), 10, "the decoder is left")

    @unittest.skipIf(why_not(), why_not())
    def test_injected(self):
        """system calls in the running decoder reach nothing"""
        folder = self.stand_between()
        secret = self.folder / "secret"
        secret.write_text("secret")
        pid = self.show()
        with bystander() as other, contextlib.ExitStack() as stack:
            server = stack.enter_context(socket.socket(socket.AF_UNIX))
            server.bind(str(self.folder / "socket"))
            server.listen()
            calls = list(self.hostile_calls(secret, other.pid))
            for call in calls:
                with self.subTest(call[0]), bystander() as outside, Injector(outside.pid) as injector:
                    self.assertNotIn(injector.call(*call), REFUSED)
            decoder = stack.enter_context(FromStart(pid, folder))
            self.assertEqual(decoder.call("getpid"), pid)
            for call in calls:
                with self.subTest(call[0], inside=True):
                    self.assertIn(decoder.call(*call), REFUSED)
            self.assertIsNone(other.poll())
        # It goes on, and shows what the guest draws.
        self.await_picture()

    def hostile_calls(self, secret, victim):
        """Each works in another process of the account."""
        address = struct.pack("H108s", socket.AF_UNIX, bytes(self.folder / "socket"))
        yield "openat", -100, secret, os.O_RDONLY, 0
        yield "openat", -100, os.path.expanduser("~"), os.O_RDONLY | os.O_DIRECTORY, 0
        yield "openat", -100, self.folder / "new", os.O_WRONLY | os.O_CREAT, 0o600
        yield "newfstatat", -100, secret, Buffer(256), 0
        yield "readlink", "/proc/self/exe", Buffer(256), 256
        yield "socket", socket.AF_UNIX, socket.SOCK_STREAM, 0
        yield "socket", socket.AF_INET, socket.SOCK_STREAM, 0
        yield "connect", 999, address, len(address)
        yield "kill", victim, 0
        yield "tgkill", victim, victim, 0
        yield "prlimit64", victim, 4, 0, Buffer(16)
        yield "memfd_create", "code", 0
        yield "mmap", 0, 4096, 5, 0x22, -1, 0
        yield "keyctl", 0, -3, 1

    def stand_between(self):
        """The window is to start the real program with somebody at its back."""
        folder = self.folder / "pipes"
        folder.mkdir()
        for name in ("in", "out"):
            os.mkfifo(folder / name)
        wrapper = self.folder / "bin" / NAME
        wrapper.parent.mkdir()
        wrapper.write_text(f"#!/bin/sh\nexec {INJECT} --from-start {folder} {self.program()} \"$@\"\n")
        wrapper.chmod(0o755)
        self.environment = {**self.environment, "GLOVEBOX_PROGRAM_PATH":
                            f"{wrapper.parent}:{os.environ['GLOVEBOX_PROGRAM_PATH']}"}
        return folder


class DecoderOfVnc(Decoder):
    protocol = "vnc"


if __name__ == "__main__":
    tap.main()
