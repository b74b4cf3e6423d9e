# SPDX-License-Identifier: LGPL-2.1-or-later
"""What every test program here starts with: system calls in the name of another process."""

import contextlib
import ctypes
import errno
import os
import pathlib
import platform
import re
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "harness"))

import tap  # noqa: E402
from sandbox import PATIENCE, SECRET, SandboxTest, account, wait_until  # noqa: E402,F401

__all__ = ["tap", "PATIENCE", "SECRET", "SandboxTest", "account", "wait_until", "Buffer", "Ended",
           "Executed", "Injector", "bystander", "number", "why_not"]

INJECT = os.environ.get("GLOVEBOX_TEST_INJECT", "")
PR_SET_PTRACER = 0x59616D61
SCRATCH_SIZE = 65536


def why_not():
    """Why injection is impossible here; None if it is possible."""
    if platform.machine() != "x86_64":
        return "system calls are injected on x86-64 only"
    if not INJECT:
        return "GLOVEBOX_TEST_INJECT does not name the program inject"
    with contextlib.suppress(OSError):
        scope = pathlib.Path("/proc/sys/kernel/yama/ptrace_scope").read_text().strip()
        if int(scope) > 2:
            return f"kernel.yama.ptrace_scope is {scope}"
    return None


def number(name):
    """The number of a system call, as the C library's headers have it; of some newer ones."""
    newer = {"open_tree_attr": 467, "fchmodat2": 452, "setxattrat": 463}
    if name in newer:
        return newer[name]
    if not _numbers:
        text = subprocess.run(["cpp", "-dM", "-include", "asm/unistd_64.h", "/dev/null"],
                              capture_output=True, text=True, check=True).stdout
        _numbers.update((key, int(value)) for key, value
                        in re.findall(r"^#define __NR_(\w+) (\d+)$", text, re.M))
    return _numbers[name]


_numbers = {}


class Buffer:
    """Memory that a call writes to; what it wrote is in "data" afterwards."""

    def __init__(self, size):
        self.data = bytes(size)


class Ended(Exception):
    """The call has ended the process, by this signal."""

    def __init__(self, signal_number):
        super().__init__(f"ended by signal {signal_number}")
        self.signal = signal_number


class Executed(Exception):
    """The call has replaced the process's program."""


class Injector:
    """Makes system calls in a process, as one who has escaped into it would.

    A call gives its result, or -errno.  Arguments are numbers, text and bytes, of
    which the call gets the address, and Buffers.
    """

    def __init__(self, pid):
        self.pid = pid
        self.process = subprocess.Popen([INJECT, str(pid)], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.scratch = int(self._answer().split()[1], 0)

    def __enter__(self):
        return self

    def __exit__(self, *details):
        self.close()

    def close(self):
        with contextlib.suppress(OSError):
            self.process.stdin.close()
        self.process.wait()
        self.process.stdout.close()
        self.process.stderr.close()

    def _answer(self):
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"inject into {self.pid}: {self.process.stderr.read()}")
        return line.strip()

    def _ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self._answer()

    def put(self, address, data):
        self._ask(f"put {address} {data.hex()}")

    def get(self, address, size):
        return bytes.fromhex(self._ask(f"get {address} {size}").removeprefix("=").strip())

    def call(self, name, *arguments):
        """The result of a system call, or -errno; a call that waits gives -EINTR."""
        at, values, buffers = self.scratch, [], []
        for argument in arguments:
            if isinstance(argument, (str, os.PathLike)):
                argument = os.fsencode(argument) + b"\0"
            if isinstance(argument, int):
                values.append(argument)
                continue
            data = argument.data if isinstance(argument, Buffer) else argument
            if at + len(data) > self.scratch + SCRATCH_SIZE:
                raise AssertionError("too much for the memory there")
            self.put(at, data)
            values.append(at)
            if isinstance(argument, Buffer):
                buffers.append((argument, at))
            at += (len(data) + 63) & ~63
        which = name if isinstance(name, int) else number(name)
        answer = self._ask(" ".join(["call", str(which), *map(str, values)])).split()
        if answer[0] == "ended":
            raise Ended(int(answer[1]))
        if answer[0] == "executed":
            raise Executed()
        if answer[0] == "blocked":
            return -errno.EINTR
        for buffer, address in buffers:
            buffer.data = self.get(address, len(buffer.data))
        return int(answer[1])


@contextlib.contextmanager
def bystander(**options):
    """A process of this account outside of any jail, into which one may inject: for the
    positive control, and for being reached or not."""
    def let_trace():
        ctypes.CDLL(None).prctl(PR_SET_PTRACER, ctypes.c_ulong(-1), 0, 0, 0)

    process = subprocess.Popen(["sleep", "1000"], preexec_fn=let_trace, stdin=subprocess.DEVNULL,
                               **options)
    try:
        # The kernel closes our pipe to it, which ends Popen(), before it has mapped the program.
        deadline = time.monotonic() + 10
        while ("[vdso]" not in pathlib.Path(f"/proc/{process.pid}/maps").read_text()
               and time.monotonic() < deadline):
            time.sleep(0.01)
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
