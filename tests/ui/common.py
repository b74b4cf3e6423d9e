# SPDX-License-Identifier: LGPL-2.1-or-later
"""Windows as a user has them: on a display of their own, with a window manager."""

import os
import pathlib
import subprocess
import sys
import time

HARNESS = pathlib.Path(__file__).resolve().parent.parent / "harness"
sys.path.insert(0, str(HARNESS))

import tap  # noqa: E402
from picture import Picture  # noqa: E402
from sandbox import BACKEND, PATIENCE, SandboxTest, only, wait_until  # noqa: E402
from screen import Screen, end  # noqa: E402

__all__ = ["tap", "HARNESS", "PATIENCE", "Picture", "WindowTest", "BACKEND", "end", "only",
           "wait_until"]


class WindowTest(SandboxTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.screen = Screen(window_manager=["openbox", "--sm-disable"])
        cls.screen.__enter__()
        cls.environment = {**cls.environment, **cls.screen.environment}

    @classmethod
    def tearDownClass(cls):
        cls.screen.__exit__()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.share = self.folder / "share"
        self.share.mkdir()

    def tearDown(self):
        self.keep_evidence()
        for process in self.started:
            if process.poll() is None:
                end(process)
        super().tearDown()
        self.assert_nothing_left()

    def keep_evidence(self):
        """The screen of a test that failed, for whoever looks into it."""
        outcome = getattr(self, "_outcome", None)
        folder = os.environ.get("GLOVEBOX_TEST_BUILD")
        # The outcome's own word is of the clean-up by now.
        if folder and outcome is not None and getattr(outcome.result, "errors_here", None):
            path = pathlib.Path(folder, "meson-logs", f"{self._testMethodName}.png")
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(self.screen.picture().to_png())
            print(f"# the screen: {path}")

    # -------------------------------------------------------- pictures --

    def photograph(self, *arguments):
        """The sandbox's own screen once the application has drawn."""
        path = self.folder / "screen.png"
        status, _, err = self.glovebox("run", "--screenshot", str(path), "--exit-after-screenshot",
                                       *arguments)
        self.assertEqual(status, 0, err.decode(errors="replace"))
        data = path.read_bytes()
        folder = os.environ.get("GLOVEBOX_TEST_BUILD")
        if folder:
            kept = pathlib.Path(folder, "screenshots")
            kept.mkdir(exist_ok=True)
            (kept / f"{self._testMethodName}.png").write_bytes(data)
        return Picture.from_png(data)

    def keep_picture(self, name=""):
        """The screen of the host, for whoever judges what a window looks like."""
        folder = os.environ.get("GLOVEBOX_TEST_BUILD")
        if folder:
            # What has just been told slides in.
            time.sleep(1)
            kept = pathlib.Path(folder, "screenshots")
            kept.mkdir(exist_ok=True)
            kept = kept / f"{self._testMethodName}{'-' if name else ''}{name}.png"
            kept.write_bytes(self.screen.picture().to_png())

    # --------------------------------------------------------- windows --

    def open(self, *arguments):
        """A sandbox's window, with a folder that both sides can write, at /s in the guest."""
        return self.start("run", "--share", f"{self.share}:/s:rw", *arguments,
                          stdout=subprocess.DEVNULL)

    def await_file(self, name, process=None):
        path = self.share / name

        def arrived():
            if process is not None and process.poll() is not None:
                raise AssertionError(f"it ended with {process.returncode}: "
                                     f"{process.stderr.read().decode(errors='replace')}")
            return path.exists() and path.stat().st_size > 0

        self.await_window(arrived, f"{name} did not come")
        return path.read_text()

    def window(self):
        return wait_until(lambda: self.screen.windows("."), PATIENCE, "there is no window")[-1]

    def await_window(self, condition, what):
        """A failure tells what the windows show by then."""
        try:
            wait_until(condition, PATIENCE, what)
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.tree()}") from None

    def accessible(self, *arguments):
        return subprocess.run([HARNESS / "accessible.py", *arguments], env=self.environment,
                              stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60,
                              check=False)

    def tree(self):
        return self.accessible("tree").stdout

    def press(self, name):
        """Presses a button by its name, once there is one."""
        complaints = []

        def pressed():
            run = self.accessible("press", name)
            complaints[:] = [run.stderr]
            return run.returncode == 0

        try:
            self.await_window(pressed, f"there is no “{name}”")
        except AssertionError as error:
            raise AssertionError("\n".join([str(error), *complaints])) from None

    def await_text(self, text):
        self.await_window(lambda: text in self.tree(), f"no “{text}” in")

    def await_no_text(self, text):
        def is_gone():
            tree = self.tree()
            # An empty tree is one that could not be read.
            return "frame" in tree and text not in tree

        self.await_window(is_gone, f"still “{text}” in")
