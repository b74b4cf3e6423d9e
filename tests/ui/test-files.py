#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Nothing is lost at the end: the window asks for the files of a temporary home."""

from common import PATIENCE, WindowTest, tap, wait_until

# Writes into the home, and ends when it is told to.
WRITER = r"""
cd
echo 'Dear all,' > letter.txt
echo 'a,b' > Documents/table.csv
echo hidden > .cache/x
echo started > /s/started
while ! test -e /s/quit; do sleep 0.2; done
"""


class Files(WindowTest):
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

    def test_save(self):
        """what was saved into the home is got by the dialog; then the window closes"""
        target = self.folder / "saved"
        target.mkdir()
        window = self.write_and_quit()
        self.quit()
        self.await_text("Save your files?")
        self.await_text("letter.txt")
        self.keep_picture()
        tree = self.tree()
        self.assertIn("table.csv", tree)
        self.assertNotIn("hidden", tree)
        self.choose_folder(target)
        # The file chooser complains of its own on stderr.
        self.assertEqual(self.finish(window)[0], 0)
        self.assertEqual((target / "letter.txt").read_text(), "Dear all,\n")
        self.assertEqual((target / "Documents" / "table.csv").read_text(), "a,b\n")

    def test_unattended(self):
        """without anybody to ask, one line tells what was lost"""
        window = self.write_and_quit()
        window.terminate()
        status, _, err = self.finish(window)
        self.assertIn(b"2 files: Documents/table.csv, letter.txt", err)


if __name__ == "__main__":
    tap.main()
