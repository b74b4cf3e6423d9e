#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What an installation consists of: everything is where others look for it, and finds the rest."""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

import tap  # noqa: E402

BUILD = pathlib.Path(os.environ.get("GLOVEBOX_TEST_BUILD", ROOT / "_build"))


class Install(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="gbx-install-")
        run = subprocess.run(["meson", "install", "-C", BUILD, "--no-rebuild", "--quiet", "--destdir", cls.folder.name],
                             capture_output=True, text=True, check=False)
        if run.returncode != 0:
            raise RuntimeError(run.stdout + run.stderr)
        options = json.loads(subprocess.run(["meson", "introspect", "--buildoptions", BUILD], capture_output=True,
                                            text=True, check=True).stdout)
        cls.options = {option["name"]: option["value"] for option in options}

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def installed(self, path):
        """The file that is at that path once it is installed."""
        return pathlib.Path(self.folder.name, str(path).lstrip("/"))

    def below(self, name, *parts):
        return pathlib.Path(self.options["prefix"], self.options[name], *parts)

    def test_library(self):
        """each program finds the library without the system's list of libraries"""
        readelf = shutil.which("readelf")
        if readelf is None:
            self.skipTest("readelf is not installed")
        if self.options["prefix"] == "/usr":
            self.skipTest("in /usr the library is found by its place")
        checked = 0
        for folder in (self.below("bindir"), self.below("libexecdir", "glovebox")):
            for path in self.installed(folder).iterdir():
                dynamic = subprocess.run([readelf, "-d", path], capture_output=True, text=True, check=False).stdout
                if "libglovebox-1.so" in dynamic:
                    self.assertRegex(dynamic, rf"R(UN)?PATH.*\[{re.escape(str(self.below('libdir')))}\]", path.name)
                    checked += 1
        self.assertGreater(checked, 1)

    def test_commands(self):
        """what a file for the desktop starts is there"""
        checked = 0
        for path in self.installed(self.below("datadir")).rglob("*"):
            if path.suffix not in (".desktop", ".service", ".nemo_action"):
                continue
            for line in re.findall(r"^Exec=(.*)$", path.read_text(encoding="utf-8"), re.M):
                program = shlex.split(line)[0]
                if program.startswith("/"):
                    self.assertTrue(os.access(self.installed(program), os.X_OK), f"{path.name}: {program}")
                    checked += 1
                else:
                    self.assertTrue(os.access(self.installed(self.below("bindir", program)), os.X_OK), line)
        self.assertGreater(checked, 4)

    def test_file_managers(self):
        """each extension is where its file manager looks"""
        if self.options["prefix"] not in ("/usr", "/usr/local"):
            self.skipTest("outside of the system no extension is installed")
        for package, variable, name in (("libnautilus-extension-4", "extensiondir", "libnautilus-glovebox.so"),
                                        ("thunarx-3", "extensionsdir", "thunar-glovebox.so"),
                                        ("libcaja-extension", "extensiondir", "libcaja-glovebox.so")):
            run = subprocess.run(["pkg-config", f"--variable={variable}", package], capture_output=True, text=True,
                                 check=False)
            with self.subTest(package):
                if run.returncode != 0:
                    self.skipTest(f"{package} is not installed")
                self.assertTrue(self.installed(run.stdout.strip()).joinpath(name).exists())

    def test_no_default(self):
        """outside of /usr there is no “Open With” entry, which would be the first for its types"""
        entries = list(self.installed(self.below("datadir", "applications")).glob("*Open*"))
        self.assertEqual(len(entries), 1 if self.options["prefix"] == "/usr" else 0)


if __name__ == "__main__":
    tap.main()
