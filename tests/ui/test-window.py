#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The window of a sandbox, driven by keyboard, pointer and accessible names."""

import contextlib
import os
import pty
import shutil
import signal
import subprocess
import time

from common import BACKEND, PATIENCE, WindowTest, end, only, tap, wait_until

# Writes the screen's size whenever it is another, then becomes the application.
WATCH = ("(while :; do xdpyinfo | sed -n 's/.*dimensions: *\\([0-9x]*\\) .*/\\1/p' >/s/size.new;"
         " mv /s/size.new /s/size; sleep 0.3; done) & ")


class Window(WindowTest):
    def start_xterm(self, script="exec sh", before="", options=(), colour=(255, 255, 255)):
        """An xterm in a sandbox, with the focus, once its shell has started."""
        process = self.open(*options, "--", "sh", "-c",
                            before + 'exec xterm -e sh -c "$1"', "sh", f"echo up >/s/ready; {script}")
        self.await_file("ready", process)
        window = self.window()
        # Xterm's own white: the guest's screen has taken the place of the progress.  That page's
        # grey is near to white, and it takes no keys.
        wait_until(lambda: self.picture_of(window).share_of(colour, tolerance=2) > 0.5, 60,
                   "the window does not show the terminal")
        x, y, width, height = self.screen.geometry(window)
        self.screen.click(x + width // 2, y + height // 2)
        return process, window

    def picture_of(self, window):
        return self.screen.picture().crop(*self.screen.geometry(window))

    def read(self, name):
        path = self.share / name
        return path.read_text() if path.exists() else ""

    def guest_size(self):
        """Of the guest's X screen, as an application there sees it."""
        words = self.read("size").strip().split("x")
        return tuple(map(int, words)) if len(words) == 2 else (0, 0)

    def finish_window(self, process):
        return self.finish(process, patience=60)[0]

    def test_typing(self):
        """text typed into the window arrives in a file of a writable share"""
        process, _ = self.start_xterm()
        self.type_to_file("Typed by hand: 1+2=3", "typed")
        # A click with Ctrl and Alt is the application's, and does not leave the guest.
        with self.screen.hold("Control_L", "Alt_L"):
            self.screen.xdotool("click", 1)
        self.type_to_file("still there", "after-click")
        self.screen.type("exit")
        self.screen.key("Return")
        self.assertEqual(self.finish_window(process), 0)

    def type_to_file(self, text, name):
        """Types into the shell of the sandbox, and awaits what comes of it."""
        self.screen.type(f"echo '{text}' > /s/{name}")
        self.screen.key("Return")
        wait_until(lambda: self.read(name), PATIENCE, "nothing was typed")
        self.assertEqual(self.read(name), text + "\n")

    def test_locks(self):
        """Caps Lock that is pressed in another window is on in the guest as well"""
        for protocol in ("spice", "vnc") if BACKEND == "qemu" else ("vnc",):
            with self.subTest(protocol):
                process, window = self.start_xterm("cat >/s/typed", options=("--display", protocol))
                other = self.screen.start_other_window()
                self.screen.key("Caps_Lock")
                try:
                    end(other)
                    self.screen.xdotool("windowactivate", "--sync", window)
                    self.screen.type("abc")
                    self.screen.key("Return")
                    wait_until(lambda: self.read("typed"), PATIENCE, "nothing was typed")
                    self.assertEqual(self.read("typed"), "ABC\n")
                finally:
                    self.screen.key("Caps_Lock")
                process.terminate()
                self.finish_window(process)
                for name in ("typed", "ready"):
                    (self.share / name).unlink()

    def test_layout(self):
        """the guest has the keyboard layout of the user's session"""
        # On a German keyboard z is where y is on an American one.
        subprocess.run(["setxkbmap", "de"], env=self.environment, check=True)
        try:
            process, _ = self.start_xterm()
            self.screen.type("echo zy > /s/typed")
            self.screen.key("Return")
            wait_until(lambda: self.read("typed"), PATIENCE, "nothing was typed")
            self.assertEqual(self.read("typed"), "zy\n")
        finally:
            subprocess.run(["setxkbmap", "us"], env=self.environment, check=True)

    def test_clicking(self):
        """a click arrives at the place that was clicked"""
        # xterm tells of clicks by bytes: button, column and line, each plus 32.
        process, window = self.start_xterm(
            "printf '\\033[?1000h'; stty raw -echo; echo up >/s/armed;"
            "while :; do dd bs=1 count=1 2>/dev/null | od -An -tu1 >>/s/clicks; done")
        self.await_file("armed", process)
        x, y, width, height = self.screen.geometry(window)
        # The screen still takes its size when the window appears: twice at one place.
        first = self.click_until_seen(x + width // 2, y + height // 2,
                                      lambda seen: len(seen) > 1 and seen[-1] == seen[-2])
        second = self.click_until_seen(x + width // 2 + 120, y + height // 2 + 60,
                                       lambda seen: seen[-1][0] > first[0] + 5)
        # 120 pixels are 20 columns of 6, and 60 pixels a few lines.
        self.assertAlmostEqual(second[0] - first[0], 20, delta=2, msg=str((first, second)))
        self.assertAlmostEqual(second[1] - first[1], 60 / 13, delta=1.2, msg=str((first, second)))

    def test_clicking_at_the_edge(self):
        """over VNC, in a window of odd width, a click at the right edge arrives there"""
        process, window = self.start_xterm(
            "printf '\\033[?1000h'; stty raw -echo; echo up >/s/armed;"
            "while :; do dd bs=1 count=1 2>/dev/null | od -An -tu1 >>/s/clicks; done",
            before=WATCH, options=("--display", "vnc", "--size", "1001x700"))
        self.await_file("armed", process)
        x, y, width, height = self.screen.geometry(window)
        # A screen of another width would be stretched by QEMU to the next such one.
        wait_until(lambda: self.guest_size()[0] in range(width - 32, width, 1)
                   and self.guest_size()[0] % 16 == 0, 60,
                   f"the guest's screen is {self.guest_size()}, of a window of {width}")
        margin = (width - self.guest_size()[0]) / 2
        last = self.click_until_seen(x + width - 60, y + height // 2,
                                     lambda seen: len(seen) > 1 and seen[-1] == seen[-2])
        self.assertAlmostEqual(last[0] - 32, (width - 60 - margin) / 6 + 0.5, delta=1.1)

    def click_until_seen(self, x, y, is_seen):
        """Clicks there until the guest tells of it; where, by its last word."""
        for _ in range(10):
            self.screen.click(x, y)
            with contextlib.suppress(AssertionError):
                wait_until(lambda: is_seen(self.presses()), 5, "the click did not arrive")
                return self.presses()[-1]
        self.fail(f"no click arrived, but {self.presses()}")
        return None

    def presses(self):
        """(column, line) of each press of the first button"""
        numbers = [int(n) for n in self.read("clicks").split()]
        # Of the click for the focus a part may have gone elsewhere.
        events = [numbers[at:at + 6] for at in range(0, len(numbers) - 5)]
        return [(event[4], event[5]) for event in events if event[:4] == [27, 91, 77, 32]]

    def test_full_screen(self):
        """F11 makes window and guest fill the screen"""
        process, window = self.start_xterm(before=WATCH)
        self.screen.key("F11")
        wait_until(lambda: self.screen.geometry(self.window())[2:] == self.screen.size, 30,
                   "the window does not fill the screen")
        # All of it but the host's own strip and frame.
        wait_until(lambda: self.guest_size()[0] >= self.screen.size[0] - 12
                   and self.guest_size()[1] >= self.screen.size[1] - 60, 60,
                   "the guest's screen does not fill the screen")
        self.assertFalse(self.shows_header())
        self.leave_guest()
        x, y, width, height = self.screen.geometry(self.window())
        self.screen.click(x + width // 2, y + height // 2)
        wait_until(lambda: not self.shows_header(), 10, "the header stays without the focus")
        self.leave_guest()
        self.press("^Full screen$")
        self.type_to_file("small again", "typed")
        wait_until(lambda: self.screen.geometry(self.window())[2:] != self.screen.size, 30,
                   "the window stays full screen")

    def leave_guest(self):
        with self.screen.hold("Control_L", "Alt_L"):
            pass
        wait_until(self.shows_header, 10, "Ctrl+Alt do not show the header")

    def shows_header(self):
        return "'Stop the sandbox'" in self.tree()

    def test_screenshot_of_the_last(self):
        """a screenshot can still be saved when the application has ended"""
        process, _ = self.start_xterm("until [ -e /s/go ]; do sleep 0.2; done")
        self.screen.key("ctrl+shift+p")
        wait_until(lambda: self.screen.windows("Save the Screenshot"), 30, "there is no dialog")
        (self.share / "go").touch()
        wait_until(lambda: not self.emulators(), 60, "the sandbox still runs")
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        # The suggested name is selected up to its suffix.
        self.screen.type(str(self.folder / "last"))
        self.screen.key("Return")
        self.assertEqual(self.finish_window(process), 0)
        self.assertEqual((self.folder / "last.png").read_bytes()[:4], b"\x89PNG")

    def test_resize(self):
        """the guest's resolution follows the window"""
        process, window = self.start_xterm(before=WATCH, options=("--size", "800x600"))
        wait_until(lambda: self.guest_size() == (800, 600), 60, "it does not begin with 800x600")
        width, height = self.screen.geometry(window)[2:]
        self.screen.xdotool("windowsize", window, width + 160, height + 120)
        wait_until(lambda: self.guest_size() == (960, 720), 60, "the guest's screen does not follow")

    def test_high_resolution(self):
        """with a scale factor, the guest has all device pixels, and draws at the user's scale"""
        self.environment = {**self.environment, "GDK_SCALE": "2", "GDK_DPI_SCALE": "1.5"}
        process, window = self.start_xterm(before="echo $GDK_SCALE >/s/scale; until xprop -root "
                                           "RESOURCE_MANAGER | tee /s/resources | grep Xft; do "
                                           "sleep 0.1; done; " + WATCH)
        self.assertEqual(self.read("scale"), "2\n")
        self.assertRegex(self.read("resources"), r"Xft\.dpi:\\t144\\n")
        width = self.screen.geometry(window)[2]
        wait_until(lambda: width - 40 < self.guest_size()[0] <= width, 60,
                   f"the guest's screen is not as wide as the window's {width} pixels")

    def test_strip(self):
        """the host draws a coloured strip that the guest cannot change"""
        _, window = self.start_xterm("printf '\\033]11;#000000\\007'; exec sleep 1000",
                                     colour=(0, 0, 0))
        picture = self.picture_of(window)
        width = picture.width
        # A row of one saturated colour over the whole width.
        for row in range(0, 120):
            line = picture.crop(20, row, width - 40, 1).colours()
            colour, count = max(line.items(), key=lambda item: item[1])
            if count > 0.95 * (width - 40) and max(colour) - min(colour) > 60:
                return
        self.fail("there is no strip")

    def test_stop_asks(self):
        """Stop asks first if the application has no window, and can be taken back"""
        process = self.open("--", "sh", "-c", "echo up >/s/ready; exec sleep 1000")
        self.await_file("ready", process)
        self.press("^Stop the sandbox$")
        self.await_text("Stop sleep?")
        self.screen.key("Return")
        self.await_no_text("Stop sleep?")
        self.assertNotEqual(self.emulators(), [])
        self.press("^Stop the sandbox$")
        self.await_text("Stop sleep?")
        self.screen.key("Tab", "Return")
        wait_until(lambda: not self.emulators(), 60, "the sandbox still runs")

    def test_cancel(self):
        """Cancel while it boots ends it, and the window with it"""
        process = self.open("--", "xterm")
        self.press("^Cancel$")
        wait_until(lambda: not self.emulators(), 60, "the sandbox still runs")
        self.assertEqual(self.finish_window(process), 125)

    def test_ends_by_itself(self):
        """the window closes when the application ends with 0, and shows no empty screen before"""
        # As an application that still tidies up when its window has gone.
        process = self.open("--", "sh", "-c", "xterm -bg '#702010' -e 'until [ -e /s/go ]; do sleep 0.2; done';"
                            "sleep 1.2")
        window = self.window()
        wait_until(lambda: self.picture_of(window).share_of((0x70, 0x20, 0x10)) > 0.5, PATIENCE,
                   "the window does not show the terminal")
        (self.share / "go").touch()
        x, y, width, height = self.screen.geometry(window)
        middle = (x + width // 2 - 50, y + height // 2 - 50, 100, 100)
        while process.poll() is None:
            colours = self.screen.picture().crop(*middle).colours()
            # The application's, and the host's screen when the window has gone.
            self.assertEqual(set(colours) - {(0x70, 0x20, 0x10), (0, 0, 0)}, set())
        self.assertEqual(self.finish_window(process), 0)
        self.assertEqual(self.screen.windows("sandbox"), [])

    def properties(self, window):
        run = subprocess.run(["xprop", "-id", str(window), "WM_CLASS", "_NET_WM_NAME",
                              "_NET_WM_ICON"], capture_output=True, text=True, timeout=60,
                             env=self.environment, check=True)
        return run.stdout

    def test_no_window(self):
        """without a window a page says so, before the first and after the last"""
        script = """
            echo loading; sleep 1; echo slowly >&2
            until [ -e /s/go ]; do sleep 0.2; done
            xterm -bg '#702010' -e 'until [ -e /s/close ]; do sleep 0.2; done'
            until [ -e /s/end ]; do sleep 0.2; done
        """
        process = self.open("--", "sh", "-c", script)
        self.await_text("Running, no window yet")
        self.await_text(r"loading\nslowly")
        self.assertIn("Running for 0:", self.tree())
        self.assertIn("push button\t'Stop'", self.tree())
        self.keep_picture()
        self.press("^Stop$")
        self.press("^Keep Running$")
        window = self.window()
        self.assertIn('"sh – sandbox"', self.properties(window))
        (self.share / "go").touch()
        wait_until(lambda: self.picture_of(window).share_of((0x70, 0x20, 0x10)) > 0.5, 60,
                   "the window does not show the terminal")
        wait_until(lambda: '"XTerm – sandbox"' in self.properties(window), 30,
                   "the window has no name by its class")
        self.assertNotIn("no window", self.tree())
        properties = self.properties(window)
        self.assertIn("org.glovebox.Glovebox.app.sh", properties)
        self.assertIn("Icon (", properties)
        (self.share / "close").touch()
        self.await_text("Still running, without a window")
        (self.share / "end").touch()
        self.assertEqual(self.finish_window(process), 0)

    def test_launcher(self):
        """what cannot be started from a menu is told in a window, and to a script on stderr"""
        program = self.folder / "x.AppImage"
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
        cases = [([str(program)], "is not in the sandbox; add “--share", 127),
                 (["--no-such-option"], "--no-such-option", 125),
                 (["--share", str(self.folder / "none"), "xterm"], "none", 125)]
        for arguments, sentence, status in cases:
            with self.subTest(arguments):
                process = self.start("run", *arguments, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.DEVNULL)
                self.await_text(sentence)
                self.assertIn("could not be started", self.tree())
                self.press("^Close$")
                self.assertEqual(self.finish_window(process), status)
        process = self.start("run", "--", "sh", "-c", "echo nothing to do",
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.await_text("has opened no window")
        self.assertIn("nothing to do", self.tree())
        self.press("^Close$")
        self.assertEqual(self.finish_window(process), 0)
        status, _, err = self.glovebox("run", str(program))
        self.assertEqual(status, 127)
        self.assert_sentence(err, "is not in the sandbox")

    def test_started_by_the_bus(self):
        """a window that the session bus started keeps the sandbox, though the command has ended"""
        # As gnome-terminal, or "gapplication launch": whoever asks the bus is done at once.
        script = """
            services=~/.local/share/dbus-1/services
            mkdir -p $services
            printf '[D-BUS Service]\\nName=org.example.Late\\nExec=/bin/sh /s/late\\n' >$services/late.service
            { cat ~/.config/user-dirs.dirs; env; } >/s/found
            exec dbus-send --session --dest=org.example.Late / org.example.Late.Open
        """
        (self.share / "late").write_text(
            "exec xterm -e sh -c 'echo up >/s/ready; sleep 5; echo done >/s/done'\n")
        process = self.open("--", "sh", "-c", script)
        self.await_file("ready", process)
        self.assertEqual(self.finish_window(process), 0)
        self.assertEqual(self.read("done"), "done\n")
        for line in ('XDG_DOWNLOAD_DIR="$HOME/Downloads"', "_JAVA_AWT_WM_NONREPARENTING=1"):
            self.assertIn(line, self.read("found").splitlines())

    def test_display_socket(self):
        """the display listens only on the socket in /tmp"""
        process = self.open("--", "sh", "-c",
                            "xdpyinfo >/dev/null && grep -o '[^ ]*X11.*' /proc/net/unix >/s/sockets;"
                            "exec xterm -e true")
        self.await_file("sockets", process)
        self.assertEqual(self.finish_window(process), 0)
        self.assertEqual(set(self.read("sockets").split()), {"/tmp/.X11-unix/X0"})

    def test_end_page(self):
        """the window stays when the application fails, and shows how, and its output"""
        process = self.open("--", "sh", "-c", "echo first; sleep 0.5; printf 'last words' >&2; exit 3")
        self.await_text("Its exit status is 3")
        self.await_text(r"first\nlast words")
        self.assertIsNone(process.poll())
        process.terminate()
        self.assertEqual(self.finish_window(process), 3)

    def test_opengl(self):
        """an application that needs OpenGL and has none is told of the option"""
        command = (["glxgears"] if shutil.which("glxgears") else
                   ["sh", "-c", "echo \"Error: couldn't get an RGB, Double-buffered visual\"; exit 1"])
        process = self.open("--opengl", "off", "--", *command)
        self.await_text("--opengl on")
        self.assertIn("Double-buffered visual", self.tree())
        self.keep_picture()
        process.terminate()
        self.assertEqual(self.finish_window(process), 1)

    def test_unknown_command(self):
        """an unknown command is reported in the window and on stderr, until the time limit"""
        process = self.open("--timeout", "40", "--", "no-such-command-here")
        self.await_text("could not be started")
        self.assertIn("no-such-command-here", self.tree())
        status, _, err = self.finish(process, patience=90)
        self.assertEqual(status, 127)
        self.assert_sentence(err, "no-such-command-here", "not found")

    def test_output_to_a_terminal(self):
        """what the application writes to a terminal is text there, and bytes in a pipe"""
        script = "printf '\\033]0;owned\\007 text\\n'; printf '\\033[c err\\n' >&2; exec true"
        master, slave = pty.openpty()
        process = self.start("run", "--", "sh", "-c", script, stdout=slave)
        status, _, err = self.finish(process)
        self.assertEqual((status, err), (0, b"\033[c err\n"))
        os.close(slave)
        self.assertEqual(os.read(master, 1000), b" ]0;owned  text\r\n")
        os.close(master)

    def test_killed(self):
        """after SIGKILL of the window the emulator ends too"""
        process, _ = self.start_xterm()
        process.send_signal(signal.SIGKILL)
        process.wait()
        self.assert_nothing_left()

    def test_terminated(self):
        """SIGTERM ends the window with its sandbox"""
        process, _ = self.start_xterm()
        begin = time.monotonic()
        process.terminate()
        self.assertNotEqual(self.finish_window(process), 0)
        self.assertLess(time.monotonic() - begin, 30)

    def test_killed_emulator(self):
        """the window reports a dead emulator"""
        process, _ = self.start_xterm()
        self.kill_guests()
        self.await_text("unexpectedly")
        process.terminate()
        self.assertEqual(self.finish_window(process), 125)

    def test_stopped_emulator(self):
        """an emulator that hangs is told of in the window until it goes on, and Stop ends it"""
        process, _ = self.start_xterm()
        emulators = self.emulators()
        self.freeze()
        self.await_text("does not answer")
        self.keep_picture()
        self.thaw()
        self.await_no_text("does not answer")
        self.type_to_file("goes on", "typed")
        self.freeze()
        self.press("^Stop…$")
        self.press("^Keep Running$")
        self.assertEqual(self.emulators(), emulators)
        self.press("^Stop…$")
        self.press("^Stop$")
        wait_until(lambda: not self.emulators(), 60, "the sandbox still runs")
        self.press("^Close$")
        self.finish_window(process)

    @only("lxc", "a machine has a kernel of its own")
    def test_container_mark(self):
        """a container is marked in amber, and its weakness is told"""
        process, window = self.start_xterm()
        self.await_text("container: shares the kernel")
        amber = (255, 190, 77)
        wait_until(lambda: self.picture_of(window).share_of(amber, tolerance=3) > 0.002, 60,
                   "there is no amber in the window")
        self.press("^Weaker isolation: show why$")
        self.await_text("it shares the kernel of this computer")
        self.keep_picture()
        process.terminate()
        self.finish_window(process)

    def signal_all(self, pids, number):
        for pid in pids:
            os.kill(pid, number)

    def test_killed_network_helper(self):
        """a network helper that has ended is told of in the window"""
        self.start_xterm(options=("--network", "user"))
        helpers = [pid for pid, command in self.our_processes().items() if "passt" in command]
        self.assertNotEqual(helpers, [])
        self.signal_all(helpers, signal.SIGKILL)
        self.await_text("lost its network")
        self.keep_picture()
        self.assertNotEqual(self.emulators(), [])


if __name__ == "__main__":
    tap.main()
