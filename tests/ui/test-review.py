#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A profile that somebody sent, opened as the file manager does it.  No guest boots here."""

from common import WindowTest, tap, wait_until

PROFILE = ("[Profile]\nVersion=1\nName=Bank\n[Network]\nMode=user\n"
           "[Share keys]\nPath=~/.ssh\nAccess=rw\n")
FOREIGN = """<Configuration>
<LogonCommand><Command>touch %s</Command></LogonCommand>
</Configuration>"""


class Review(WindowTest):
    def review(self, name, text):
        (self.folder / name).write_text(text)
        # By a relative path, as in a shell.
        return self.start("desktop", "--review", name)

    def saved(self, name):
        return self.world / "config" / "glovebox" / "profiles" / f"{name}.profile"

    def test_review(self):
        """what a profile would allow is told, and it is imported only when the user says so"""
        process = self.review("bank.profile", PROFILE)
        self.await_text("It reaches the Internet")
        self.await_text("Risky: It can change")
        self.keep_picture()
        self.assertFalse(self.saved("bank").exists())
        # Another process hands its file over to the first.
        other = self.review("second.profile", PROFILE.replace("Bank", "Second"))
        self.await_text("'Second'")
        self.assertIsNone(process.poll())
        self.press("^Cancel$")
        self.press("^Import$")
        self.await_text("The profile was imported")
        imported = [name for name in ("bank", "second") if self.saved(name).exists()]
        self.assertEqual(len(imported), 1)
        self.press("^Close$")
        self.assertEqual(process.wait(60), 0)
        self.assertEqual(other.wait(60), 0)

    def test_foreign(self):
        """the command of a .wsb file is shown, and nothing runs it"""
        mark = self.folder / "mark"
        process = self.review("test.wsb", FOREIGN % mark)
        self.await_text(f"this command is not run, and is left out: touch {mark}")
        self.press("^Import$")
        wait_until(self.saved("test").exists, 60, "it was not imported")
        self.assertFalse(mark.exists())
        self.assertNotIn("touch", self.saved("test").read_text())
        self.press("^Close$")
        self.assertEqual(process.wait(60), 0)


if __name__ == "__main__":
    tap.main()
