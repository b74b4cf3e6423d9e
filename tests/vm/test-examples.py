#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The examples of docs/examples/, as a reader of the reference runs them."""

import os
import pathlib
import shutil
import socket
import subprocess
import urllib.request

from common import SandboxTest, tap, wait_until

from sandbox import BACKEND
from screen import Screen

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("GLOVEBOX_TEST_BUILD", ROOT / "_build"))
EXAMPLES = ROOT / "docs" / "examples"
LANGUAGES = ("c", "py", "js")


def program(name, language):
    if language == "c":
        return [BUILD / "docs" / "examples" / f"example-{name}"]
    return ["/usr/bin/python3" if language == "py" else "gjs", EXAMPLES / f"{name}.{language}"]


class Examples(SandboxTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        library = str(BUILD / "libglovebox")
        cls.environment = {**cls.environment, "GI_TYPELIB_PATH": library,
                           "LD_LIBRARY_PATH": library, "XDG_DATA_HOME": str(cls.world / "data")}
        cls.settings = [f"backend.kind={BACKEND}"]
        # A container starts in a fraction of a second, a machine in many seconds.
        cls.elsewhere = BACKEND == "qemu" and cls.try_out("backend.kind=lxc")

    @classmethod
    def try_out(cls, *settings):
        run = subprocess.run([*program("run-command", "c"), *settings, "--", "true"], check=False,
                             env=cls.environment, stdin=subprocess.DEVNULL, capture_output=True)
        return run.returncode == 0

    def setUp(self):
        super().setUp()
        if self.elsewhere:
            self.skipTest("there are containers here: the suite vm-lxc runs the examples in them")

    def example(self, name, language, *arguments):
        if language == "js" and not shutil.which("gjs"):
            self.skipTest("gjs is not installed")
        process = subprocess.Popen([*program(name, language), *arguments], cwd=self.folder,
                                   env=self.environment, stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        self.started.append(process)
        return process

    def run_example(self, name, language, *arguments):
        return self.finish(self.example(name, language, *arguments))

    def test_command(self):
        """a command's output, errors and status come through; a mistake is told"""
        for language in LANGUAGES:
            with self.subTest(language):
                status, out, err = self.run_example(
                    "run-command", language, *self.settings, "resources.memory=256M", "--",
                    "sh", "-c", "echo to output; echo to errors >&2; exit 7")
                self.assertEqual((status, out), (7, b"to output\n"), err)
                self.assertIn(b"to errors\n", err)
                status, out, err = self.run_example("run-command", language,
                                                    "resources.memory=much", "--", "true")
                self.assertEqual((status, out), (125, b""))
                self.assertIn("much", err.decode())
        self.assert_nothing_left()

    def test_running(self):
        """the sandbox of a program is listed with its figures, and its limits can change"""
        sandbox = self.example("run-command", "c", *self.settings, "--", "sh", "-c",
                               "echo ready; exec sleep 1000")
        self.assertEqual(sandbox.stdout.readline(), b"ready\n")
        [name] = self.sandbox_folders()
        for language in LANGUAGES:
            with self.subTest(language):
                def listed():
                    out = self.run_example("list-running", language)[1].decode()
                    return out if "memory=" in out else None
                told = wait_until(listed, 30, "there are no figures")
                self.assertEqual(told.split()[:2], [name, "running"])
                self.check_change(name, language)
        self.assertEqual(self.glovebox("stop", name)[0], 0)
        sandbox.wait()
        self.assert_nothing_left()

    def check_change(self, name, language):
        # Of a virtual machine, an ordinary account may be unable to change it.
        status, _, err = self.run_example("change-limit", language, name, "resources.cpu-weight",
                                          "200")
        self.assertIn((status, bool(err)), [(0, False)] + [(1, True)] * (BACKEND == "qemu"))
        status, _, err = self.run_example("change-limit", language, name, "resources.colour", "red")
        self.assertEqual(status, 1)
        self.assertIn("resources.colour", err.decode())
        status, _, err = self.run_example("change-limit", language, "nobody", "x", "y")
        self.assertEqual(status, 1)
        self.assertIn("nobody", err.decode())

    def test_service(self):
        """a service is created and started; what is published answers"""
        if not pathlib.Path("/usr/sbin/apache2").exists():
            self.skipTest("apache2 is not installed")
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            published = f"127.0.0.1:{probe.getsockname()[1]}"
        try:
            # The first one creates it, and the others find it.
            for language in LANGUAGES:
                with self.subTest(language):
                    self.check_service(language, published)
        finally:
            self.assertEqual(self.glovebox("service", "delete", "example")[0], 0)
        self.assert_nothing_left()

    def check_service(self, language, published):
        status, out, err = self.run_example("start-service", language, "example", "apache2.service",
                                            *self.settings, f"network.publish={published}:80")
        self.assertEqual(status, 0, err)
        self.assertIn(f"example: running, published: {published}:80", out.decode())
        with urllib.request.urlopen(f"http://{published}/", timeout=60) as page:
            self.assertEqual(page.status, 200)
        self.assertEqual(self.glovebox("service", "stop", "example")[0], 0)

    def test_application(self):
        """an application is shown in a window of Glovebox until it ends"""
        with Screen() as screen:
            self.environment = {**self.environment, **screen.environment}
            shown = self.example("show-application", "py", *self.settings, "display.size=640x480",
                                 "--", "xterm", "-T", "from an example", "-e", "sleep 1000")
            wait_until(lambda: screen.windows("xterm|from an example"), 120, "there is no window")
            [name] = self.sandbox_folders()
            wait_until(lambda: f"{name}  running" in
                       self.run_example("list-running", "c")[1].decode(), 120, "it does not run")
            self.assertEqual(self.glovebox("stop", name)[0], 0)
            self.finish(shown)
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
