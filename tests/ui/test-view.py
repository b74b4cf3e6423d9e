#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""How a window shows the guest's screen, and what it tells of the sandbox: in one boot."""

import time

from common import BACKEND, PATIENCE, WindowTest, tap, wait_until

# Writes the screen's size whenever it is another, then becomes the application.
WATCH = ("(while :; do xdpyinfo | sed -n 's/.*dimensions: *\\([0-9x]*\\) .*/\\1/p' >/s/size.new;"
         " mv /s/size.new /s/size; sleep 0.3; done) & ")


class View(WindowTest):
    def guest_size(self):
        path = self.share / "size"
        words = path.read_text().strip().split("x") if path.exists() else []
        return tuple(map(int, words)) if len(words) == 2 else (0, 0)

    def await_size(self, condition, what):
        self.await_window(lambda: condition(*self.guest_size()),
                          f"{what}; it is {self.guest_size()}")

    def leave(self):
        """Out of the guest, to the header bar."""
        def left():
            x, y, width, height = self.screen.geometry(self.window())
            self.screen.click(x + width // 2, y + height // 2)
            self.screen.xdotool("keydown", "Control_L", "keydown", "Alt_L", "keyup", "Alt_L",
                                "keyup", "Control_L")
            time.sleep(0.3)
            return "Menu" in self.accessible("focus").stdout.splitlines()

        self.await_window(left, "the header bar does not get the focus")

    def choose(self, *names):
        """In the menu."""
        self.leave()
        self.screen.key("F10")
        for name in names:
            self.press(f"^{name}$")

    def resize(self, width, height):
        self.screen.xdotool("windowsize", self.window(), width, height)

    def test_view(self):
        """what the sandbox may touch, the zoom, the modes of the screen, and a grab that is seen"""
        process = self.open("--network", "user", "--size", "800x600", "--", "sh", "-c",
                            WATCH + "echo up >/s/ready; exec xterm")
        self.await_file("ready", process)
        # Xterm's own white: the screen is shown.
        wait_until(lambda: self.screen.picture().crop(*self.screen.geometry(self.window()))
                   .share_of((255, 255, 255), tolerance=2) > 0.5, PATIENCE, "there is no xterm")
        self.await_size(lambda width, height: (width, height) == (800, 600), "it is not 800x600")
        with self.subTest("access"):
            self.check_access()
        with self.subTest("zoom"):
            self.check_zoom()
        with self.subTest("modes"):
            self.check_modes()
        with self.subTest("grab"):
            self.check_grab()
        with self.subTest("memory"):
            self.choose("View", "Zoom Out")
            path = self.world / "state" / "glovebox" / "windows"
            wait_until(lambda: path.exists() and "Zoom=90" in path.read_text(), 20,
                       "the zoom is not remembered")

    def check_access(self):
        kind = "Runs in a container, which shares the kernel of this computer. "
        name = ("What the sandbox may touch: " + (kind if BACKEND == "lxc" else "")
                + "Reaches the Internet. Can change one folder.")
        self.await_text(name)
        # By the keyboard: the button is in the header bar.
        self.leave()
        for _ in range(12):
            if any(line.startswith(name) for line in self.accessible("focus").stdout.splitlines()):
                break
            self.screen.key("shift+Tab")
        self.screen.key("Return")
        self.await_text(f"It can change and delete everything in {self.share}")
        self.keep_picture()
        self.screen.key("Escape")
        self.await_no_text("It can change and delete everything")

    def check_zoom(self):
        before = self.guest_size()
        self.leave()
        self.screen.key("ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus", "ctrl+plus",
                        "ctrl+plus", "ctrl+plus")
        # The screen has at least 320 pixels in each direction, and keeps its shape.
        self.await_size(lambda width, height: abs(width - before[0] * 320 // before[1]) < 16
                        and height == 320, "it is not smaller")
        self.screen.key("ctrl+minus", "ctrl+minus", "ctrl+minus", "ctrl+minus")
        self.await_size(lambda width, height: abs(width - before[0] * 100 // 150) < 16
                        and abs(height - before[1] * 100 // 150) < 16, "it does not grow again")
        # In the guest these keys are the application's.
        self.screen.key("ctrl+0")
        self.await_size(lambda width, height: (width, height) == before, "it did not come back")
        x, y, width, height = self.screen.geometry(self.window())
        self.screen.click(x + width // 2, y + height // 2)
        self.screen.key("ctrl+plus")
        time.sleep(1)
        self.assertEqual(self.guest_size(), before)

    def check_modes(self):
        before = self.guest_size()
        _, _, width, height = self.screen.geometry(self.window())
        self.choose("View", "Keep the Size of the Screen")
        self.resize(width + 120, height + 90)
        wait_until(lambda: self.screen.geometry(self.window())[2] == width + 120, 20,
                   "the window does not get larger")
        time.sleep(1)
        self.assertEqual(self.guest_size(), before)
        self.choose("View", "Fit the Window to the Screen")
        wait_until(lambda: self.screen.geometry(self.window())[2:] == (width, height), PATIENCE,
                   f"the window is not {width}x{height} again")
        self.choose("View", "Scale the Screen to the Window")
        self.resize(width + 120, height + 90)
        time.sleep(1)
        self.assertEqual(self.guest_size(), before)
        self.choose("View", "Fit the Screen to the Window")
        self.await_size(lambda x, y: (x, y) == (before[0] + 120, before[1] + 90),
                        "it does not follow the window")

    def check_grab(self):
        self.choose("Grab the Keyboard")
        x, y, width, height = self.screen.geometry(self.window())
        self.screen.click(x + width // 2, y + height // 2)
        self.await_text("The keyboard is grabbed")
        self.await_text("Ctrl+Alt releases the grab")
        # The guest's picture stays.
        wait_until(lambda: self.screen.picture().crop(*self.screen.geometry(self.window()))
                   .share_of((255, 255, 255), tolerance=2) > 0.5, 20, "the screen is dark")
        self.leave()
        self.await_no_text("The keyboard is grabbed")
        self.choose("Grab the Keyboard")


if __name__ == "__main__":
    tap.main()
