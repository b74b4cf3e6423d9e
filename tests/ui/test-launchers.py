#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A launcher in the menu, started as a desktop starts it."""

import os
import pathlib
import shutil
import subprocess

from common import PATIENCE, WindowTest, tap, wait_until

COLOUR = (0x70, 0x20, 0x10)
# The terminal has the colour that the file names: it got the file.
ENTRY = """[Desktop Entry]
Type=Application
Name=Colours
Icon=utilities-terminal
Exec=sh -c "exec xterm -bg \\\\"\\\\$(cat \\\\"\\\\$1\\\\")\\\\" -e sleep 1000" sh %f
"""


class Launchers(WindowTest):
    def setUp(self):
        super().setUp()
        self.data = pathlib.Path(self.world, "data")
        self.environment = {**self.environment, "XDG_DATA_HOME": str(self.data)}
        (self.data / "applications").mkdir(parents=True)

    def tearDown(self):
        # The desktop's child is not ours.
        self.glovebox("stop", "--all")
        super().tearDown()

    def picture_of(self, window):
        return self.screen.picture().crop(*self.screen.geometry(window))

    def properties(self, window):
        run = subprocess.run(["xprop", "-id", str(window), "WM_CLASS", "_NET_WM_NAME"],
                             capture_output=True, text=True, timeout=60, env=self.environment,
                             check=False)
        return run.stdout

    def test_launch(self):
        """the desktop starts it with a file, in a window that belongs to the launcher"""
        program = shutil.which("gtk-launch")
        if program is None:
            self.skipTest("gtk-launch is not installed")
        (self.data / "applications" / "colours.desktop").write_text(ENTRY)
        status, out, err = self.glovebox("launcher", "add", "colours")
        self.assertEqual(status, 0, err.decode())
        name = out.decode().strip()
        # Nobody has noticed yet that the application is another one now.
        launcher = self.data / "applications" / name
        os.utime(launcher, (0, 0))
        (self.data / "applications" / "colours.desktop").write_text(ENTRY + "Comment=Newer\n")
        file = self.share / "the colour"
        file.write_text("#702010")
        subprocess.run([program, name, str(file)], env=self.environment, check=True, timeout=60)
        window = self.window()
        wait_until(lambda: "Comment=Newer" in launcher.read_text(), 60,
                   "the start has not brought the launcher up to date")
        properties = self.properties(window)
        self.assertIn(f'"{name.removesuffix(".desktop")}"', properties)
        self.assertIn("Colours – sandbox", properties)
        wait_until(lambda: self.picture_of(window).share_of(COLOUR) > 0.5, PATIENCE,
                   "the window does not show the terminal in the colour of the file")
        self.keep_picture()
        status, _, err = self.glovebox("stop", "--all")
        self.assertEqual(status, 0, err.decode())
        wait_until(lambda: not self.screen.windows("sandbox"), 60, "the window stays")


if __name__ == "__main__":
    tap.main()
