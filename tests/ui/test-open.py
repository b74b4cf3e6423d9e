#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are opened in a sandbox, and what becomes of copies that it has changed."""

import os
import shutil
import subprocess

from common import PATIENCE, Picture, WindowTest, tap, wait_until

RED, BLUE = (220, 20, 30), (30, 60, 200)


def entry(script):
    """A desktop entry for a script of the shell, with the escapes of a string and of Exec."""
    quoted = "".join("\\" + c if c in '"`$\\' else c for c in script)
    line = quoted.replace("\\", "\\\\").replace("%", "%%")
    return f'[Desktop Entry]\nType=Application\nName=Test\nExec=sh -c "{line}" sh %F\n'


class Open(WindowTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment = {**cls.environment, "XDG_DATA_HOME": str(cls.world / "data")}
        cls.applications = cls.world / "data" / "applications"
        cls.applications.mkdir(parents=True)
        (cls.world / "config").mkdir(exist_ok=True)

    def make_default(self, mime, script):
        (self.applications / "gbx-test.desktop").write_text(entry(script) + f"MimeType={mime};\n")
        (self.world / "config" / "mimeapps.list").write_text(
            f"[Default Applications]\n{mime}=gbx-test.desktop\n")

    def launch(self, *arguments):
        return self.start("open", *arguments, stdout=subprocess.PIPE)

    def assert_ends(self, process, status):
        out, err = process.communicate(timeout=PATIENCE)
        self.assertEqual(process.returncode, status, err.decode(errors="replace"))
        return out.decode(errors="replace") + err.decode(errors="replace")

    def test_view(self):
        """a picture is shown; nothing else is there, and it cannot be written"""
        if shutil.which("eog") is None:
            self.skipTest("eog is not installed")
        pictures = self.folder / "my pictures"
        pictures.mkdir()
        picture = pictures / "-two colours\n.png"
        picture.write_bytes(Picture.of_regions(400, 300, RED, [(200, 0, 200, 300, BLUE)]).to_png())
        (pictures / "other.txt").write_text("not to be seen")
        before = picture.read_bytes()
        self.make_default("image/png", 'cd "${1%/*}"; echo "files:$(ls -b | wc -l)"; '
                          'echo x >>"$1" || echo refused; rm -f "$1" || echo kept; exec eog "$1"')
        process = self.launch(str(picture))

        def is_shown():
            if process.poll() is not None:
                raise AssertionError(process.stderr.read().decode(errors="replace"))
            screen = self.screen.picture()
            left, right = screen.box_of(RED), screen.box_of(BLUE)
            return left and right and left[0] < right[0]

        self.await_window(is_shown, "the picture is not shown")
        self.glovebox("stop", "--all")
        out, _ = process.communicate(timeout=PATIENCE)
        text = out.decode(errors="replace")
        self.assertIn("files:1\n", text)
        self.assertIn("refused", text)
        self.assertIn("kept", text)
        self.assertEqual(picture.read_bytes(), before)

    def test_many(self):
        """of many files the sandbox sees copies, which go with it"""
        paths = []
        for number in range(30):
            path = self.folder / f"{number % 2}" / f"note {number // 2}.txt"
            path.parent.mkdir(exist_ok=True)
            path.write_text(f"{number}\n")
            paths.append(str(path))
        self.make_default("text/plain", 'for f; do cat "$f" || exit 9; done; '
                          'echo x >>"$1" || echo refused')
        out = self.assert_ends(self.launch(*paths), 0)
        self.assertEqual(out.split()[:30], [str(number) for number in range(30)])
        self.assertIn("refused", out)
        self.assertEqual(os.listdir(self.cache / "glovebox" / "opened"), [])

    def test_edit(self):
        """a changed copy replaces the file, with a backup, and never what others have changed"""
        letter, list_ = self.folder / "letter.txt", self.folder / "list.txt"
        letter.write_text("Dear all,\nfirst\n")
        list_.write_text("one\n")
        # One saves by a new file, as most editors do; the other writes in its place.
        self.make_default("text/plain", r'printf "Dear all,\nsecond\n" >"$1.new"; mv "$1.new" "$1"; '
                          'echo two >>"$2"')
        process = self.launch("--edit", str(letter), str(list_))
        self.await_text("“letter.txt” was changed")
        self.await_text("second")
        # Nothing was replaced unasked.
        self.assertEqual(letter.read_text(), "Dear all,\nfirst\n")

        # Somebody else is faster than the answer.
        letter.write_text("Dear all,\nother\n")
        self.press("^Replace$")
        self.await_text("changed by somebody else")
        self.assertEqual(letter.read_text(), "Dear all,\nother\n")
        self.press("Replace Anyway")
        self.await_text("“list.txt” was changed")
        self.assertEqual(letter.read_text(), "Dear all,\nsecond\n")
        self.assertEqual((self.folder / "letter.txt~").read_text(), "Dear all,\nother\n")

        # Closed without an answer, it asks again.
        self.screen.key("Escape")
        self.assert_ends(process, 125)
        self.assertEqual(list_.read_text(), "one\n")
        process = self.launch("--changes")
        self.await_text("“list.txt” was changed")
        self.press("^Replace$")
        self.assert_ends(process, 0)
        self.assertEqual(list_.read_text(), "one\ntwo\n")
        self.assertEqual((self.folder / "list.txt~").read_text(), "one\n")
        self.assertIn("No changes wait", self.assert_ends(self.launch("--changes"), 0))
        self.assertEqual(os.listdir(self.world / "state" / "glovebox" / "edits"), [])

    def test_question(self):
        """a program is run after a question only"""
        script = self.folder / "script.sh"
        script.write_text('#!/bin/sh\necho "$0"; ls "${0%/*}"; echo x >>"$0" || echo refused\n'
                          "exec sleep 1000\n")
        (self.folder / "other").write_text("not to be seen")
        script.chmod(0o755)
        # From a script, nobody can be asked.
        self.assertIn("nobody can be asked", self.assert_ends(self.launch(str(script)), 125))
        process = self.start("open", str(script), stdout=subprocess.DEVNULL,
                             stderr=subprocess.DEVNULL)
        self.await_text("Run “script.sh” in a sandbox?")
        self.press("^Cancel$")
        process.wait(timeout=PATIENCE)
        self.assertEqual(process.returncode, 125)

        output = self.world / "output"
        with output.open("wb") as stream:
            process = self.start("open", str(script), stdout=stream, stderr=subprocess.DEVNULL)
        self.press("^Run in Sandbox$")
        self.await_window(lambda: "refused" in output.read_text(), "it does not run")
        self.assertEqual(output.read_text().split(), [str(script), "script.sh", "refused"])
        self.glovebox("stop", "--all")
        process.wait(timeout=PATIENCE)

        # The folder that a profile asks for.
        profiles = self.world / "config" / "glovebox" / "profiles"
        profiles.mkdir(parents=True)
        (profiles / "asking.profile").write_text(
            "[Profile]\nVersion=1\n\n[Share project]\nPresence=ask\n")
        reading, writing = os.pipe()
        process = self.start("run", "--profile", "asking", f"--report-fd={writing}", "true",
                             stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                             pass_fds=[writing])
        os.close(writing)
        self.await_text("File or folder for “project”")
        self.press("^Cancel$")
        process.wait(timeout=PATIENCE)
        self.assertEqual(process.returncode, 125)
        # Whoever started it has no failure to show: the user has cancelled it.
        with os.fdopen(reading, "rb") as stream:
            self.assertEqual(stream.read(), b"\n")
        wait_until(lambda: not self.screen.windows("."), PATIENCE, "a window is left")


if __name__ == "__main__":
    tap.main()
