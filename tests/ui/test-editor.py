#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The editor of profiles, by the keyboard and through what a screen reader uses, and what comes
of it in a sandbox."""

import re

from common import WindowTest, tap, wait_until

ENTRY = """[Desktop Entry]
Type=Application
Name=Finder
Exec=xterm -e sh -c "cat %s/inside.txt >%s/found.txt"
"""


class Editor(WindowTest):
    def saved(self, name):
        path = self.world / "config" / "glovebox" / "profiles" / f"{name}.profile"
        return path.read_text() if path.exists() else ""

    def await_saved(self, name, *lines):
        def is_saved():
            return set(lines) <= set(self.saved(name).splitlines())

        try:
            self.await_window(is_saved, f"{lines} not in the profile")
        except AssertionError as error:
            raise AssertionError(f"{error}\n{self.saved(name)}") from None

    def focus(self):
        return self.accessible("focus").stdout.splitlines()

    def await_focus(self, name):
        self.await_window(lambda: name in self.focus(), f"the focus is not on “{name}”")

    def edit(self, *arguments, **environment):
        process = self.start("desktop", *arguments, env={**self.environment, **environment})
        wait_until(lambda: self.screen.windows("."), 60, "there is no window")
        self.await_text("Command line and values")
        return process

    def tab_to(self, name):
        """By the Tab key alone, as far as it takes."""
        for _ in range(60):
            if name in self.focus():
                return
            self.screen.key("Tab")
        self.fail(f"Tab does not come to “{name}”\n{self.tree()}")

    def test_keyboard(self):
        """a setting is found by typing, changed, refused in words, and undone"""
        process = self.edit("--edit", "default")
        # By its letter; what is wrong is told beside the field.
        self.screen.key("ctrl+f")
        self.await_focus("Search settings")
        self.screen.type("resources.mem")
        self.await_no_text("Printing")
        self.tab_to("Memory")
        self.screen.type("7")
        self.await_text("Memory cannot be")
        self.keep_picture()
        self.screen.type("00M")
        self.await_saved("default", "Memory=700M")
        self.await_no_text("Memory cannot be")
        self.screen.key("ctrl+z")
        self.await_window(lambda: not self.saved("default"), "it was not undone")
        self.screen.key("ctrl+shift+z")
        self.await_saved("default", "Memory=700M")
        self.press("^Reset “Memory”$")
        self.await_text("“Memory” was reset")
        self.press("^Undo$")
        self.await_saved("default", "Memory=700M")
        # Another process brings the same window to the front.
        other = self.start("desktop", "--edit", "default")
        self.assertEqual(other.wait(60), 0)
        self.assertEqual(len(self.screen.windows("^Default$")), 1)
        self.screen.key("ctrl+w")
        self.assertEqual(process.wait(60), 0)

    def test_share(self):
        """a profile with a share is made in the editor, and tried: the file is in the sandbox"""
        data = self.folder / "data"
        (data / "applications").mkdir(parents=True)
        (data / "applications" / "finder.desktop").write_text(ENTRY % (self.share, self.share))
        (self.share / "inside.txt").write_text("It was found.\n")
        process = self.edit("--edit-application", "finder.desktop", XDG_DATA_HOME=str(data))
        self.await_text("With the first change it gets a profile of its own")
        self.press("^Add Folder…$")
        wait_until(lambda: self.screen.windows("^Share a folder$"), 60, "no file chooser")
        self.screen.type(str(self.share))
        self.await_window(lambda: re.search(re.escape(str(self.share)), self.tree()),
                          "the path is not typed")
        self.press("^Share$")
        self.await_saved("finder", "Applications=finder.desktop;", f"Path={self.share}")
        # The new share has the focus, and is read-only.
        self.await_window(lambda: not self.screen.windows("^Share a folder$"),
                          "the file chooser stays")
        self.screen.key("Down")
        self.await_saved("finder", "Access=rw")
        self.press("^Try It$")
        self.assertEqual(self.await_file("found.txt"), "It was found.\n")
        self.await_window(lambda: not self.virsh("list", "--name"), "the sandbox does not end")
        # Until its window has closed, the key would be for that one.
        self.await_window(lambda: len(self.screen.windows("Finder")) == 1, "its window stays")
        self.screen.key("ctrl+w")
        self.assertEqual(process.wait(60), 0)


if __name__ == "__main__":
    tap.main()
