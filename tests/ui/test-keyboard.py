#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The keyboard: an xterm in a sandbox gets byte for byte what an xterm of the host gets."""

import contextlib
import os
import subprocess
import time

from common import WindowTest, end, tap, wait_until

# Keys by X's numbers: two rows of letters, the digits, the keys beside Return and Shift.
KEYS = [*range(10, 22), *range(24, 36), *range(38, 50), 51, *range(52, 62), 94, 65]
SHIFT, ALT_GR, ALT = 50, 108, 64
CAPS, NUM, PAUSE, KP_1, SPACE = 66, 77, 127, 87, 65
# Raw, so that every byte comes, and at once.
RECORD = "stty raw -echo; echo up >$0; exec cat >$1"


class Keyboard(WindowTest):
    def setUp(self):
        super().setUp()
        self.environment = {**self.environment, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        self.set_layout("us")
        # The host's own, beside the sandbox's.
        self.reference = self.folder / "reference"
        process = subprocess.Popen(
            ["xterm", "-T", "reference", "-geometry", "20x5-0-0", "-e", "sh", "-c", RECORD,
             str(self.folder / "reference-up"), str(self.reference)],
            env={**os.environ, **self.environment}, stdin=subprocess.DEVNULL)
        self.started.append(process)
        wait_until((self.folder / "reference-up").exists, 30, "the host's xterm does not start")

    def tearDown(self):
        self.set_layout("us")
        super().tearDown()

    def set_layout(self, *arguments):
        subprocess.run(["setxkbmap", "-option", "", *arguments], env=self.environment, check=True)

    def start_recorder(self, protocol):
        # xev watches xterm's window: it tells what has no bytes.
        process = self.open("--display", protocol, "--", "xterm", "-e", "sh", "-c",
                            "xev -id $WINDOWID -event keyboard >/s/events & " + RECORD,
                            "/s/up", "/s/bytes")
        self.await_file("up", process)
        self.sandbox = self.screen.windows("^xterm$|^sh$")[-1]
        wait_until(lambda: self.screen.picture().crop(*self.screen.geometry(self.sandbox))
                   .share_of((255, 255, 255), tolerance=2) > 0.5, 60, "the window does not show the terminal")
        return process

    def activate(self, window):
        self.screen.xdotool("windowactivate", "--sync", window)
        x, y, width, height = self.screen.geometry(window)
        self.screen.click(x + width // 2, y + height // 2)

    def type_codes(self, *codes):
        self.screen.xdotool("key", "--delay", 15, *codes)

    def bytes_of(self, path, begin):
        return path.read_bytes()[begin:] if path.exists() else b""

    def size_of(self, path):
        return path.stat().st_size if path.exists() else 0

    def expect(self, *codes):
        """What the host's xterm gets for these keys."""
        begin = self.size_of(self.reference)
        self.activate(self.screen.windows("^reference$")[-1])
        self.type_codes(*codes)
        last = [None]

        def is_still():
            now = self.bytes_of(self.reference, begin)
            same, last[0] = now == last[0], now
            return same and now

        wait_until(is_still, 30, "the host's xterm gets nothing")
        return last[0]

    def assert_same(self, expected, *codes):
        """The sandbox's xterm gets that for these keys."""
        path = self.share / "bytes"
        begin = self.size_of(path)
        self.activate(self.sandbox)
        self.type_codes(*codes)
        with contextlib.suppress(AssertionError):
            wait_until(lambda: len(self.bytes_of(path, begin)) >= len(expected), 20, "")
        time.sleep(0.3)
        self.assertEqual(self.bytes_of(path, begin), expected)

    def await_same(self, expected, *codes):
        """The same, once the guest has followed."""
        def is_same():
            try:
                self.assert_same(expected, *codes)
            except AssertionError:
                return False
            return True

        wait_until(is_same, 40, f"the guest does not follow: {expected!r} is not in "
                   f"{self.bytes_of(self.share / 'bytes', 0)[-60:]!r}")

    def compare(self, *codes):
        self.assert_same(self.expect(*codes), *codes)

    def compare_layout(self, name, probe, *arguments):
        """A layout that is set while the sandbox runs, with all its levels."""
        with self.subTest(name):
            self.set_layout(*arguments)
            self.await_same(self.expect(*probe), *probe)
            # A dead key ends with the space.
            for modifiers in ([], [SHIFT], [ALT_GR]):
                prefix = "".join(f"{code}+" for code in modifiers)
                self.compare(*[key for code in KEYS for key in (f"{prefix}{code}", SPACE)])

    def switch_elsewhere(self, *codes):
        """Keys that are pressed in another window."""
        other = self.screen.start_other_window()
        self.type_codes(*codes)
        end(other)

    def compare_groups(self):
        """Two layouts: the user switches in the window, and in another one."""
        with self.subTest("us,ru"):
            self.set_layout("us,ru", "-option", "grp:alt_shift_toggle")
            letters = [24, 25, 26, 38]
            toggle = f"{ALT}+{SHIFT}"
            self.await_same(b"qwea", *letters)
            self.activate(self.sandbox)
            self.type_codes(toggle)
            self.assert_same("йцуф".encode(), *letters)
            self.compare(*letters, SPACE)
            self.switch_elsewhere(toggle)
            self.await_same(b"qwea", *letters)
            self.switch_elsewhere(toggle)
            self.await_same("йцуф".encode(), *letters)
            self.activate(self.sandbox)
            self.type_codes(toggle)
            self.assert_same(b"qwea", *letters)

    def compare_locks(self):
        """Caps and Num Lock that are pressed elsewhere, and Pause."""
        with self.subTest("locks"):
            self.set_layout("us")
            self.await_same(b"qwy", 24, 25, 29)
            for lock in (CAPS, NUM):
                for _ in range(2):
                    self.switch_elsewhere(lock)
                    self.compare(38, KP_1, f"{SHIFT}+39", KP_1)
            self.compare(38, PAUSE, 39)
            self.assertRegex((self.share / "events").read_text(), r"keysym 0xff13, Pause")

    def run_protocol(self, protocol):
        process = self.start_recorder(protocol)
        self.compare_layout("de", (29, 52), "de")
        self.compare_layout("fr", (24, 25), "fr")
        self.compare_layout("us(intl)", (48, SPACE, 24), "us", "-variant", "intl")
        self.compare_groups()
        self.compare_locks()
        process.terminate()
        self.finish(process, patience=60)

    def test_spice(self):
        """over SPICE, layouts, switches and locks are the host's, byte for byte"""
        self.run_protocol("spice")

    def test_vnc(self):
        """over VNC, layouts, switches and locks are the host's, byte for byte"""
        self.run_protocol("vnc")


if __name__ == "__main__":
    tap.main()
