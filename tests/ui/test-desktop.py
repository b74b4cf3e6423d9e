#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The window of the applications: what a user finds, launches and is told there."""

import re
import subprocess

from common import PATIENCE, WindowTest, tap, wait_until


class Desktop(WindowTest):
    def tearDown(self):
        # A sandbox that the window has started is no child of this test.
        self.glovebox("stop", "--all")
        super().tearDown()

    def open_desktop(self, **environment):
        # Its sandboxes have the same stderr.  Nobody reads a pipe meanwhile, and GTK's bridge to screen
        # readers can complain of GTK's file chooser until one is full.
        process = self.start("desktop", env={**self.environment, **environment},
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.await_window(lambda: self.screen.windows("^Glovebox$"), "no window")
        self.await_text("All Applications")
        return process

    def await_selected(self, name):
        """The details show the application that is selected."""
        self.await_window(lambda: f"label\t'{name}'\t'{name}'" in self.tree()
                          and "What It May Touch" in self.tree(), f"{name} is not selected")

    def make_entry(self, name, lines):
        folder = self.folder / "data" / "applications"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("[Desktop Entry]\nType=Application\n" + lines)
        return str(self.folder / "data")

    def test_search_and_launch(self):
        """an application is searched for and launched by keys; its sandbox outlives the window"""
        process = self.open_desktop()
        self.screen.type("l3af")
        self.await_selected("L3afpad")
        self.screen.key("Return")
        self.await_window(lambda: self.screen.windows("L3afpad – sandbox"), "no sandbox")
        # A second process tells the first one.
        self.assertEqual(self.glovebox("desktop", "--quit")[0], 0)
        self.assertEqual(process.wait(PATIENCE), 0)
        self.await_text("Screen of the sandbox")
        self.assertIn("L3afpad", self.glovebox("list")[1].decode())
        state = self.world / "state" / "glovebox" / "desktop"
        self.assertIn("Applications=l3afpad.desktop;", state.read_text())
        self.check_second_application()
        self.check_another_file()
        self.check_running()

    def state_of_sandbox(self):
        return self.glovebox("list")[1].decode().splitlines()[-1].split()

    def check_second_application(self):
        """one more application in the same sandbox, with a copy of a file"""
        path = self.folder / "a second note.txt"
        path.write_text("of the host\n")
        name = self.state_of_sandbox()[0]
        self.assertEqual(self.glovebox("run", "--in", name, "--", "l3afpad", str(path))[::2], (0, b""))
        self.await_text("2 windows")
        status, out, _ = self.glovebox("exec", "--in", name, "--", "sh", "-c",
                                       "cat Downloads/*note.txt; pidof l3afpad | wc -w")
        self.assertEqual((status, out), (0, b"of the host\n2\n"))

    def check_another_file(self):
        """the window's menu opens one more file, by the file chooser and its keyboard"""
        path = self.folder / "a third note.txt"
        path.write_text("from the menu\n")
        sandbox = self.screen.windows("L3afpad – sandbox")[-1]
        self.screen.xdotool("windowactivate", "--sync", sandbox)
        # Out of the guest with Ctrl and Alt, then the menu with F10.
        self.screen.xdotool("keydown", "Control_L", "keydown", "Alt_L", "keyup", "Alt_L", "keyup",
                            "Control_L")
        self.screen.key("F10")
        self.press("^Open Another File…$")
        chooser = wait_until(lambda: self.screen.windows("^Open Another File$"), PATIENCE,
                             "no file chooser")
        self.screen.xdotool("windowactivate", "--sync", chooser[-1])
        self.screen.type(str(path))
        self.await_text(str(path))
        self.screen.key("Return")
        self.await_text("3 windows")
        name = self.state_of_sandbox()[0]
        self.assertEqual(self.glovebox("exec", "--in", name, "--", "cat",
                                       "Downloads/a third note.txt")[:2], (0, b"from the menu\n"))

    def check_running(self):
        """the page of the running sandboxes: pausing, letting it go on, stopping"""
        process = self.start("desktop", "--running", stdout=subprocess.DEVNULL)
        self.await_window(lambda: re.search(r"Processor: \d+ %", self.tree()),
                          "nothing tells what the sandbox uses")
        self.await_text("Memory: ")
        self.keep_picture()
        self.press("Pause")
        self.await_text("The sandbox is paused.")
        wait_until(lambda: "paused" in self.state_of_sandbox(), PATIENCE, "it is not listed as paused")
        self.press("Resume")
        wait_until(lambda: "running" in self.state_of_sandbox(), PATIENCE, "it does not go on")
        self.glovebox("stop", "--all")
        self.await_text("Nothing Is Running")
        self.glovebox("desktop", "--quit")
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_failure(self):
        """a launch that fails is told in words; the application is taken out of the menu meanwhile"""
        program = self.folder / "tool"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        data = self.make_entry("org.example.Tool.desktop", f"Name=Example Tool\nExec={program}\n")
        process = self.open_desktop(XDG_DATA_HOME=data)
        self.screen.type("exampl")
        self.await_selected("Example Tool")
        self.screen.key("Return")
        self.await_text("Example Tool could not be started")
        self.await_text(str(program))
        (self.folder / "data" / "applications" / "org.example.Tool.desktop").unlink()
        self.await_text("Example Tool is not installed any more")
        self.await_text("Nothing Found")
        self.glovebox("desktop", "--quit")
        self.assertEqual(process.wait(PATIENCE), 0)

    def test_dark(self):
        """the window is dark where GTK's own settings say so, without a portal"""
        settings = self.folder / "config" / "gtk-3.0"
        settings.mkdir(parents=True)
        (settings / "settings.ini").write_text("[Settings]\ngtk-application-prefer-dark-theme=1\n")
        self.open_desktop(XDG_CONFIG_HOME=str(settings.parent))
        self.await_text("Search")
        self.await_window(lambda: self.screen.picture().share_of((53, 53, 53)) > 0.15, "it is not dark")

    def test_bus(self):
        """the actions can be called over the session's bus"""
        process = self.open_desktop()
        call = ["gdbus", "call", "--session", "--dest", "org.glovebox.Glovebox", "--object-path",
                "/org/glovebox/Glovebox", "--method", "org.freedesktop.Application.ActivateAction"]
        subprocess.run([*call, "preferences", "[]", "{}"], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL, timeout=PATIENCE)
        self.await_text("Remember recent applications")
        subprocess.run([*call, "quit", "[]", "{}"], env=self.environment, check=True,
                       stdout=subprocess.DEVNULL, timeout=PATIENCE)
        wait_until(lambda: process.poll() == 0, PATIENCE, "it does not quit")


if __name__ == "__main__":
    tap.main()
