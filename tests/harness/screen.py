# SPDX-License-Identifier: LGPL-2.1-or-later
"""An X display of its own, and a pointer and a keyboard for it."""

import contextlib
import os
import pathlib
import re
import signal
import subprocess
import tempfile
import time


class Screen:
    """Xvfb, and a session bus, until the end of the "with"."""

    def __init__(self, width=1280, height=1024, window_manager=None):
        self.size = (width, height)
        self.window_manager = window_manager
        self.processes = []
        self.environment = {}

    def __enter__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="gbx-screen-")
        authority = pathlib.Path(self.folder.name, "Xauthority")
        authority.touch(mode=0o600)
        # One cookie for any display: the server reads it before it has a number.
        authority.write_bytes(b"\xff\xff\0\0\0\0\0\x12MIT-MAGIC-COOKIE-1\0\x10" + os.urandom(16))
        reader, writer = os.pipe()
        self._start(["Xvfb", "-displayfd", str(writer), "-screen", "0", "%dx%dx24" % self.size,
                     "-nolisten", "tcp", "-noreset", "-auth", str(authority)], pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as numbers:
            number = numbers.readline().strip()
        if not number:
            self.__exit__()
            raise RuntimeError("Xvfb did not start")
        self.environment = {"DISPLAY": f":{number}", "XAUTHORITY": str(authority),
                            "NO_AT_BRIDGE": "0", "GDK_BACKEND": "x11"}
        self._start_bus()
        if self.window_manager:
            self._start(self.window_manager)
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
        for process in reversed(self.processes):
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.folder.cleanup()

    def _start(self, command, **options):
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL,
                                   env={**os.environ, **self.environment}, **options)
        self.processes.append(process)
        return process

    def _start_bus(self):
        reader, writer = os.pipe()
        self._start(["dbus-daemon", "--session", "--nofork", f"--print-address={writer}"],
                    pass_fds=[writer])
        os.close(writer)
        with os.fdopen(reader) as addresses:
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = addresses.readline().strip()

    # ----------------------------------------------------------- hand --

    def xdotool(self, *arguments, check=True):
        run = subprocess.run(["xdotool", *map(str, arguments)], env={**os.environ,
                             **self.environment}, stdin=subprocess.DEVNULL, capture_output=True,
                             text=True, timeout=60, check=False)
        if check and run.returncode != 0:
            raise RuntimeError(f"xdotool {arguments}: {run.stderr}")
        return run.stdout.strip()

    def windows(self, pattern):
        """Visible windows by a regular expression on their title."""
        return self.xdotool("search", "--onlyvisible", "--name", pattern, check=False).split()

    def geometry(self, window):
        """x, y, width, height on the screen"""
        # xdotool adds a window manager's frame twice.
        run = subprocess.run(["xwininfo", "-id", str(window)], env={**os.environ,
                             **self.environment}, capture_output=True, text=True, timeout=60,
                             check=True)
        fields = dict(re.findall(r"^\s*([A-Za-z -]+):\s+(-?\d+)\s*$", run.stdout, re.M))
        return tuple(int(fields[name]) for name in ("Absolute upper-left X",
                                                    "Absolute upper-left Y", "Width", "Height"))

    def click(self, x, y, button=1):
        self.xdotool("mousemove", x, y)
        self.xdotool("click", button)

    def type(self, text):
        self.xdotool("type", "--delay", "60", text)

    def start_other_window(self):
        """A window of the host, which has the focus."""
        process = self._start(["xterm", "-T", "other window", "-geometry", "20x5+0+0", "-e",
                               "sleep", "1000"])
        deadline = time.monotonic() + 30
        while not self.windows("^other window$"):
            if time.monotonic() > deadline:
                raise RuntimeError("the other window does not appear")
            time.sleep(0.1)
        self.xdotool("windowactivate", "--sync", self.windows("^other window$")[-1])
        return process

    def hold(self, *names):
        """Keys that are down within the "with"."""
        @contextlib.contextmanager
        def held():
            for name in names:
                self.xdotool("keydown", name)
            yield
            for name in reversed(names):
                self.xdotool("keyup", name)
        return held()

    def key(self, *names):
        self.xdotool("key", "--delay", "60", *names)

    def picture(self):
        """The whole screen, as a Picture."""
        from picture import Picture
        # It asks for the colours of each window, and fails if one of them goes meanwhile.
        for _ in range(50):
            run = subprocess.run(["xwd", "-root", "-silent"], env={**os.environ, **self.environment},
                                 capture_output=True, timeout=60, check=False)
            if run.returncode == 0:
                return Picture.from_xwd(run.stdout)
            time.sleep(0.1)
        raise RuntimeError(f"xwd: {run.stderr.decode(errors='replace')}")


def end(process, number=signal.SIGTERM, seconds=30):
    """Ends a process and says how it went; kills one that does not listen."""
    if process.poll() is None:
        process.send_signal(number)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()
