#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing is lost at the end: the window asks for the files of a temporary home."""

from common import HARNESS, PATIENCE, WindowTest, only, tap, wait_until

# Writes into the home, and ends when it is told to.
WRITER = r"""
cd
echo 'Dear all,' > letter.txt
echo 'a,b' > Documents/table.csv
echo hidden > .cache/x
echo started > /s/started
while ! test -e /s/quit; do cp Downloads/* /s/ 2>/dev/null; sleep 0.2; done
"""


class Files(WindowTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.environment["XDG_DATA_HOME"] = str(cls.world / "data")

    def write_and_quit(self, *options):
        window = self.open(*options, "--", "xterm", "-e", "sh", "-c", WRITER)
        self.await_file("started", window)
        return window

    def quit(self):
        (self.share / "quit").write_text("now")

    def choose_folder(self, folder):
        """In the file chooser of GTK, by its keyboard."""
        before = set(self.screen.windows("."))
        self.press("Save to")
        chooser = wait_until(lambda: set(self.screen.windows("Choose a Folder|Save the File")) - before
                             or None, PATIENCE, "no file chooser")
        self.screen.xdotool("windowactivate", "--sync", sorted(chooser)[-1])
        self.screen.type(f"{folder}")
        self.await_text(str(folder))
        self.screen.key("Return")

    def drag(self, x, y):
        """From the window that offers files to a place on the screen."""
        left, top, width, height = self.screen.geometry(self.screen.windows("^drag source$")[-1])
        self.screen.xdotool("mousemove", left + width // 2, top + height // 2)
        self.screen.xdotool("mousedown", 1)
        for step in range(1, 6):
            self.screen.xdotool("mousemove", left + (x - left) * step // 5, top + (y - top) * step // 5)
            self.screen.xdotool("sleep", "0.1")
        self.screen.xdotool("mouseup", 1)

    def drop(self, *paths):
        """Drops files on the sandbox's window, and answers its question."""
        x, y, width, height = self.screen.geometry(self.window())
        source = self.screen._start([HARNESS / "drag-source.py", "0", "0",
                                     *[path.as_uri() for path in paths]])
        wait_until(lambda: self.screen.windows("^drag source$"), PATIENCE, "no drag source")
        self.drag(x + width // 2, y + height // 2)
        self.await_text("into the sandbox of")
        self.keep_picture("drop")
        self.press("^Copy$")
        source.terminate()

    def test_save(self):
        """a dropped file is copied in; what was saved into the home is got by the dialog"""
        target = self.folder / "saved"
        target.mkdir()
        (self.folder / "dropped.txt").write_text("from the host")
        window = self.write_and_quit()
        self.drop(self.folder / "dropped.txt", target)
        self.assertEqual(self.await_file("dropped.txt", window), "from the host")
        self.await_text("Downloads/dropped.txt")
        self.quit()
        self.await_text("Save your files?")
        self.await_text("letter.txt")
        self.keep_picture()
        tree = self.tree()
        self.assertIn("table.csv", tree)
        self.assertNotIn("hidden", tree)
        # The copy was not changed.
        self.assertNotIn("dropped.txt", tree)
        self.choose_folder(target)
        # The file chooser complains of its own on stderr.
        self.assertEqual(self.finish(window)[0], 0)
        self.assertEqual((target / "letter.txt").read_text(), "Dear all,\n")
        self.assertEqual((target / "Documents" / "table.csv").read_text(), "a,b\n")

    @only("qemu", "only a machine can have a kept home")
    def test_keep(self):
        """the whole home is kept as a private one"""
        home = self.world / "data" / "glovebox" / "homes"
        window = self.write_and_quit()
        self.quit()
        self.await_text("Save your files?")
        self.keep_picture()
        self.press("Keep Home")
        self.await_text("Later runs can use it")
        self.keep_picture("name")
        self.press("^Keep$")
        self.await_text("The home was kept as “xterm”")
        self.keep_picture("kept")
        self.press("^Close$")
        self.assertEqual(self.finish(window)[0], 0)
        self.assertTrue((home / "xterm").is_dir())
        self.assertEqual(self.output("--home", "private", "--home-name", "xterm", "--", "sh", "-c",
                                     "cd; cat letter.txt Documents/table.csv; ls .cache"),
                         b"Dear all,\na,b\n")

    def test_unattended(self):
        """without anybody to ask, one line tells what was lost"""
        window = self.write_and_quit()
        window.terminate()
        status, _, err = self.finish(window)
        self.assertIn(b"2 files: Documents/table.csv, letter.txt", err)


if __name__ == "__main__":
    tap.main()
