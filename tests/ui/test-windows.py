#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Closing the window, several windows in it, and its size."""

import contextlib
import os
import re
import subprocess
import time

from common import PATIENCE, WindowTest, tap, wait_until

SIZE = "sed -n 's/.*dimensions: *\\([0-9x]*\\) .*/\\1/p'"
# Writes the screen's size whenever it is another.
WATCH = (f"(while :; do xdpyinfo | {SIZE} >/s/size.new; mv /s/size.new /s/size; sleep 0.3; done) & ")


class Windows(WindowTest):
    def read(self, name):
        path = self.share / name
        return path.read_text() if path.exists() else ""

    def guest_size(self):
        words = self.read("size").strip().split("x")
        return tuple(map(int, words)) if len(words) == 2 else (0, 0)

    def focus(self, window):
        x, y, width, height = self.screen.geometry(window)
        self.screen.click(x + width // 2, y + height // 2)

    def picture_of(self, window):
        return self.screen.picture().crop(*self.screen.geometry(window))

    def await_picture(self, colour, share=0.5):
        self.await_text("Screen of the sandbox")
        window = self.window()
        wait_until(lambda: self.picture_of(window).share_of(colour) > share, PATIENCE,
                   "the application does not show")
        return window

    def close_window(self):
        """As a click on the X of the window."""
        self.screen.key("alt+F4")

    # ------------------------------------------------------------ closing --

    def type_into_editor(self, text):
        window = self.await_picture((255, 255, 255), 0.4)
        self.focus(window)

        def black():
            # Below the bars of the host, which may have black text too.
            x, y, width, height = self.screen.geometry(window)
            return self.screen.picture().crop(x, y + 90, width, height - 90).share_of((0, 0, 0))

        before = black()
        self.screen.type(text)
        wait_until(lambda: black() > 1.5 * before, 60, "the editor does not show the text")

    def test_unsaved(self):
        """X lets the editor ask about an unsaved text, which its answer saves"""
        path = self.share / "letter.txt"
        path.write_text("begin\n")
        process = self.open("--", "l3afpad", "/s/letter.txt")
        self.type_into_editor("unsaved ")
        self.close_window()
        self.await_text("asks something before it closes")
        self.keep_picture()
        # Escape keeps the text, the window, and the sandbox.
        self.screen.key("Escape")
        self.await_no_text("asks something before it closes")
        self.assertNotEqual(self.emulators(), [])
        self.assertEqual(path.read_text(), "begin\n")
        self.close_window()
        self.await_text("asks something before it closes")
        self.screen.key("Return")
        self.assertEqual(self.finish(process, patience=60)[0], 0)
        self.assertEqual(path.read_text(), "begin\nunsaved ")

    def test_close_twice(self):
        """an application that does not close is waited for; the second X offers Stop"""
        process = self.open("--", "sh", "-c", "xmessage hello & pid=$!; sleep 3; kill -STOP $pid;"
                            "echo up >/s/ready; wait")
        self.await_file("ready", process)
        self.close_window()
        self.await_text("to close…")
        self.close_window()
        self.await_text("Stop sh?")
        self.screen.key("Escape")
        self.await_no_text("Stop sh?")
        self.await_no_text("to close…")
        self.close_window()
        self.await_text("has not closed")
        self.press("^Stop Now$")
        wait_until(lambda: not self.emulators(), 60, "the sandbox still runs")

    # ------------------------------------------------------ several windows --

    def test_switching(self):
        """the header bar says how many windows there are, and switches between them"""
        first = "xterm -T 'First one' -bg '#203040' -e sh -c 'echo up >/s/ready; cat >/s/first'"
        second = "xterm -T 'Second one' -bg '#403020' -e sh -c 'cat >/s/second'"
        process = self.open("--", "sh", "-c", f"{first} & {second}; wait")
        self.await_file("ready", process)
        self.await_text("2 windows")
        window = self.window()
        for title, colour in (("First", (0x20, 0x30, 0x40)), ("Second", (0x40, 0x30, 0x20))):
            self.press("^2 windows$")
            self.await_text(f"{title} one")
            self.keep_picture()
            self.choose(f"^{title} one")
            wait_until(lambda c=colour: self.picture_of(window).share_of(c) > 0.5, 60,
                       f"{title} is not shown")
            wait_until(lambda: "Screen of the sandbox" in self.accessible("focus").stdout, 30,
                       "the guest does not get the focus")
            self.screen.type(title)
            self.screen.key("Return")
            try:
                wait_until(lambda t=title: self.read(t.lower()) == f"{t}\n", 60, "")
            except AssertionError:
                self.fail(f"{title} did not get the keys, but {self.read(title.lower())!r}")
        self.screen.key("ctrl+d")
        self.await_no_text("2 windows")

    def choose(self, name):
        """By the keyboard: with the arrow keys, up to the row, and Return."""
        def focused():
            return self.accessible("focus").stdout

        # Keys before that would be the guest's.
        self.await_window(lambda: " one" in focused(), "the list does not get the focus")
        for key in ("Down", "Up", "Up", "Down"):
            before = focused()
            if re.search(name, before):
                self.screen.key("Return")
                return
            self.screen.key(key)
            with contextlib.suppress(AssertionError):
                wait_until(lambda b=before: focused() != b, 3, "")
        self.fail(f"the keyboard does not reach {name}\n{self.tree()}")

    # --------------------------------------------------------------- size --

    def test_size_of_first(self):
        """the window gets the size of the application's first window, and grows for a larger one"""
        process = self.open("--", "sh", "-c", WATCH + "xcalc -geometry 400x500 & sleep 4;"
                            "until [ -e /s/go ]; do sleep 0.2; done; xmessage -geometry 700x520 large")
        wait_until(lambda: self.guest_size() == (400, 500), PATIENCE,
                   f"the screen does not fit: {self.guest_size()}")
        window = self.window()
        wait_until(lambda: self.screen.geometry(window)[2] < 440, 30, "the window does not fit")
        self.keep_picture()
        (self.share / "go").touch()
        wait_until(lambda: self.guest_size()[0] >= 700, 60,
                   f"the screen does not grow: {self.guest_size()}")
        self.assertGreaterEqual(self.screen.geometry(window)[2], 700)
        process.terminate()
        self.finish(process)

    def test_modes(self):
        """resizing leaves no modes behind, and a mode of the guest's own no small screen"""
        process = self.open("--size", "800x600", "--", "sh", "-c",
                            WATCH + "xterm -bg '#203040' & echo up >/s/ready;"
                            "until [ -e /s/go ]; do sleep 0.2; done; xrandr >/s/modes;"
                            "xrandr -s 640x480 2>/s/error; echo done >/s/changed; wait")
        self.await_file("ready", process)
        window = self.await_picture((0x20, 0x30, 0x40))
        width, height = self.screen.geometry(window)[2:]
        for step in range(1, 11):
            self.screen.xdotool("windowsize", window, width + 7 * step, height + 5 * step)
            wait_until(lambda s=step: self.guest_size() == (800 + 7 * s, 600 + 5 * s), 60,
                       f"the guest's screen does not follow: {self.guest_size()}")
        (self.share / "go").touch()
        self.await_file("changed", process)
        self.assertLessEqual(self.read("modes").count("gbx-"), 2, self.read("modes"))
        wait_until(lambda: self.guest_size() == (640, 480), 30, self.read("error"))
        # It is shown as large as the window allows, and does not change the window.
        wait_until(lambda: self.picture_of(window).share_of((0x20, 0x30, 0x40)) > 0.7, 30,
                   "the screen is shown small")
        self.keep_picture()
        self.screen.xdotool("windowsize", window, width + 100, height + 100)
        wait_until(lambda: self.guest_size() == (900, 700), 60,
                   f"the guest's screen does not follow again: {self.guest_size()}")
        process.terminate()
        self.finish(process)

    def test_header_after_full_screen(self):
        """after full screen and back, every row of the header bar takes clicks"""
        self.open("--", "xterm", "-bg", "#203040")
        window = self.await_picture((0x20, 0x30, 0x40))
        self.screen.key("F11")
        wait_until(lambda: self.screen.geometry(self.window())[2:] == self.screen.size, 30,
                   "the window does not fill the screen")
        self.screen.key("F11")
        wait_until(lambda: self.screen.geometry(self.window())[2:] != self.screen.size, 30,
                   "the window stays full screen")
        time.sleep(1)
        x, _, width, _ = map(int, self.accessible("place", "^Menu$").stdout.split())
        top = self.screen.geometry(window)[1]
        # What slides in there begins below the strip, and so does what is left of it.
        for row in range(18, 28):
            self.screen.click(x + width // 2, top + row)
            self.await_menu(True, f"row {row} of the header bar is dead")
            self.screen.key("Escape")
            self.await_menu(False, "the menu stays")

    def await_menu(self, shown, what):
        self.await_window(lambda: ("Take Screenshot" in self.tree()) == shown, what)

    # --------------------------------------------------------- screenshots --

    def test_late_drawing(self):
        """a screenshot waits for an application that draws late"""
        picture = self.photograph(
            "--", "xterm", "-bg", "#203040", "-fg", "#203040", "-cr", "#203040", "-e",
            "printf '\\033[?25l'; sleep 12; printf '\\033[31;41mMMMMMMMMM'; exec sleep 1000")
        self.assertGreater(len(picture.colours()), 1)

    def test_bad_screenshot_path(self):
        """a screenshot that could not be written is refused before anything starts"""
        locked = self.folder / "locked"
        locked.mkdir(mode=0o555)
        cases = [(self.folder / "none" / "x.png", "folder"), (self.folder, "folder"),
                 (locked / "x.png", "written"), ("/dev/null", "file")]
        for path, word in cases:
            with self.subTest(str(path)):
                begin = time.monotonic()
                self.assert_refused("run", "--screenshot", str(path), "--exit-after-screenshot", "--",
                                    "xterm", words=("screenshot", word))
                self.assertLess(time.monotonic() - begin, 5)

    def test_keys_at_the_end(self):
        """keys that are pressed while the application ends bring no complaint of a toolkit"""
        process = self.open("--", "xterm", "-bg", "#203040", "-e", "read line")
        window = self.await_picture((0x20, 0x30, 0x40))
        self.focus(window)
        typist = subprocess.Popen(["xdotool", "type", "--delay", "15", "x\n" + "abc\n" * 400],
                                  env={**os.environ, **self.screen.environment},
                                  stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        status, _, err = self.finish(process, patience=90)
        typist.kill()
        typist.wait()
        self.assertEqual((status, [line for line in err.decode().splitlines()
                                   if "CRITICAL" in line or "WARNING" in line]), (0, []))


if __name__ == "__main__":
    tap.main()
