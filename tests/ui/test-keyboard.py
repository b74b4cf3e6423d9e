#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The keyboard: an xterm in a sandbox gets byte for byte what an xterm of the host gets."""

import contextlib
import os
import subprocess
import time

from common import WindowTest, end, only, tap, wait_until
from keys import Keys

# Keys by X's numbers: two rows of letters, the digits, the keys beside Return and Shift.
KEYS = [*range(10, 22), *range(24, 36), *range(38, 50), 51, *range(52, 62), 94, 65]
SHIFT, ALT_GR, ALT = 50, 108, 64
CAPS, NUM, PAUSE, KP_1, SPACE = 66, 77, 127, 87, 65
# Raw, so that every byte comes, and at once.  And the pointer's buttons are bytes.
RECORD = "stty raw -echo; printf '\\033[?1000h'; echo up >$0; exec cat >$1"
# A key that has no bytes otherwise.
PAUSE_HAS_BYTES = ["-xrm", 'XTerm*VT100.translations: #override <Key>Pause: string("[P]")']
# xterm hides its pointer while something is typed.
HIDES_POINTER = ["-xrm", "XTerm*VT100.pointerMode: 2"]
# What a screen locker does: it tries for a second, and exits if it does not get the keyboard.
LOCKER = """
import ctypes, sys, time
x = ctypes.CDLL("libX11.so.6")
x.XOpenDisplay.restype = ctypes.c_void_p
display = ctypes.c_void_p(x.XOpenDisplay(None))
root = ctypes.c_ulong(x.XDefaultRootWindow(display))
for _ in range(100):
    if x.XGrabKeyboard(display, root, 0, 1, 1, ctypes.c_ulong(0)) == 0:
        x.XSync(display, 0)
        time.sleep(1000)
    time.sleep(0.01)
sys.exit("cannot grab keyboard")
"""


class Keyboard(WindowTest):
    def setUp(self):
        super().setUp()
        self.environment = {**self.environment, "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
        self.keys = Keys(self.environment)
        self.addCleanup(self.keys.close)
        self.set_layout("us")
        # The host's own, beside the sandbox's.
        self.reference = self.folder / "reference"
        process = subprocess.Popen(
            ["xterm", "-T", "reference", "-geometry", "20x5-0-0", *PAUSE_HAS_BYTES, "-e", "sh", "-c", RECORD,
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
        process = self.open("--display", protocol, "--", "xterm", *PAUSE_HAS_BYTES,
                            *HIDES_POINTER, "-e", "sh", "-c", RECORD, "/s/up", "/s/bytes")
        self.await_file("up", process)
        self.sandbox = [window for window in self.screen.windows(".")
                        if window not in self.screen.windows("^reference$")][-1]
        wait_until(lambda: self.screen.picture().crop(*self.screen.geometry(self.sandbox))
                   .share_of((255, 255, 255), tolerance=2) > 0.5, 60, "the window does not show the terminal")
        return process

    def activate(self, window):
        self.screen.xdotool("windowactivate", "--sync", window)

    def type_codes(self, *codes):
        self.keys.type(*codes)

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

    def assert_same(self, expected, *codes, patience=20):
        """The sandbox's xterm gets that for these keys."""
        path = self.share / "bytes"
        begin = self.size_of(path)
        self.activate(self.sandbox)
        self.type_codes(*codes)
        with contextlib.suppress(AssertionError):
            wait_until(lambda: len(self.bytes_of(path, begin)) >= len(expected), patience, "")
        time.sleep(0.3)
        self.assertEqual(self.bytes_of(path, begin), expected)

    def await_same(self, expected, *codes):
        """The same, once the guest has followed."""
        def is_same():
            try:
                self.assert_same(expected, *codes, patience=2)
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
            for level in ("", f"{SHIFT}+", f"{ALT_GR}+"):
                # The last dead key ends with the space.
                self.compare(*[f"{level}{code}" for code in KEYS], SPACE, SPACE)

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
            # The guest may get these keys before the layouts in which they mean something.
            self.activate(self.sandbox)
            self.type_codes(toggle)
            self.await_same("йцуф".encode(), *letters)
            self.compare(*letters, SPACE)
            for expected in (b"qwea", "йцуф".encode()):
                self.activate(self.sandbox)
                self.type_codes(toggle)
                self.assert_same(expected, *letters)
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
                keys = [38, KP_1, f"{SHIFT}+39", KP_1]
                self.switch_elsewhere(lock)
                self.compare(*keys)
                self.activate(self.sandbox)
                self.type_codes(lock)
                self.compare(*keys)
                self.switch_elsewhere(lock)
                self.compare(*keys)
                self.switch_elsewhere(lock)
                self.compare(*keys)
            self.assertEqual(self.expect(38, PAUSE, 39), b"a[P]s")
            self.assert_same(b"a[P]s", 38, PAUSE, 39)

    # -------------------------------------------------------- pointer --

    def go_inside(self):
        x, y, width, height = self.screen.geometry(self.sandbox)
        self.screen.xdotool("mousemove", x + width // 2, y + height // 2)

    def check_buttons(self):
        """Sideways scrolling and the buttons at the side, as xterm tells them."""
        path = self.share / "bytes"
        self.activate(self.sandbox)
        self.go_inside()
        for button, code in ((6, 66), (7, 67), (8, 128), (9, 129)):
            with self.subTest(button=button):
                begin = self.size_of(path)
                self.screen.xdotool("click", button)
                told = b"\033[M" + bytes([32 + code])
                wait_until(lambda: told in self.bytes_of(path, begin), 20, f"button {button} is "
                           f"lost: {self.bytes_of(path, begin)!r}")

    def check_hidden_pointer(self):
        with self.subTest("hidden pointer"):
            self.activate(self.sandbox)
            self.go_inside()
            self.screen.xdotool("mousemove_relative", "--", 9, 9)
            wait_until(self.keys.pointer_is_seen, 20, "there is no pointer")
            self.type_codes(38)
            wait_until(lambda: not self.keys.pointer_is_seen(), 20, "a hidden pointer stays")
            self.screen.xdotool("mousemove_relative", "--", 9, 9)
            wait_until(self.keys.pointer_is_seen, 20, "the pointer does not come back")

    # ----------------------------------------------------------- grab --

    def toggle_grab(self):
        """Out of the guest with Ctrl and Alt, then the menu with F10."""
        self.activate(self.sandbox)
        self.screen.xdotool("keydown", "Control_L", "keydown", "Alt_L", "keyup", "Alt_L", "keyup",
                            "Control_L")
        self.screen.key("F10")
        self.press("^Grab the Keyboard$")
        x, y, width, height = self.screen.geometry(self.sandbox)
        self.screen.click(x + width // 2, y + height // 2)

    def is_grabbed(self):
        # A hint that is not shown is not in the tree.
        return "'Ctrl+Alt releases the grab'" in self.tree()

    def await_grab(self):
        def grabbed_again():
            self.screen.xdotool("mousemove_relative", "--", 3, 0)
            self.screen.xdotool("mousemove_relative", "--", -3, 0)
            return self.is_grabbed()

        wait_until(grabbed_again, 30, "the keyboard is not grabbed")

    def start_locker(self):
        """xtrlock, where the account has a password; otherwise what does the same."""
        for command in (["xtrlock"], ["python3", "-c", LOCKER]):
            try:
                process = subprocess.Popen(command, env={**os.environ, **self.environment},
                                           stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
            except FileNotFoundError:
                continue
            self.started.append(process)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(3)
            if process.poll() is None:
                print(f"# locked by {command[0]}")
                return process
            error = process.stderr.read().decode(errors="replace")
            self.assertNotIn("grab", error)
            print(f"# {command[0]}: {error.strip()}")
        self.fail("there is no locker")
        return None

    def check_locker(self):
        """With the grab on, a locker locks, and no key of a password reaches the sandbox."""
        with self.subTest("locker"):
            path = self.share / "bytes"
            self.toggle_grab()
            self.await_grab()
            locker = self.start_locker()
            self.assertFalse(self.is_grabbed())
            begin = self.size_of(path)
            self.type_codes(39, 26, 54, 27, 26, 28)
            self.screen.xdotool("mousemove_relative", "--", 5, 5)
            self.type_codes(39, 26)
            time.sleep(1)
            self.assertEqual(self.bytes_of(path, begin), b"")
            end(locker)
            self.await_grab()
            self.type_codes(38)
            wait_until(lambda: self.bytes_of(path, begin) == b"a", 20, "the keyboard is gone")
            self.toggle_grab()

    def run_protocol(self, protocol):
        process = self.start_recorder(protocol)
        self.compare_layout("de", (29, 52), "de")
        self.compare_layout("fr", (24, 25), "fr")
        self.compare_layout("us(intl)", (48, SPACE, 24), "us", "-variant", "intl")
        self.compare_groups()
        self.compare_locks()
        self.check_buttons()
        self.check_hidden_pointer()
        if protocol == "spice":
            self.check_locker()
        process.terminate()
        self.finish(process, patience=60)

    @only("qemu", "the display of a container speaks VNC")
    def test_spice(self):
        """over SPICE, layouts, switches and locks are the host's, byte for byte"""
        self.run_protocol("spice")

    def test_vnc(self):
        """over VNC, layouts, switches and locks are the host's, byte for byte"""
        self.run_protocol("vnc")


if __name__ == "__main__":
    tap.main()
