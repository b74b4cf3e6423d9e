#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""“Open in Sandbox” in real file managers."""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile

from common import PATIENCE, Picture, WindowTest, end, tap, wait_until

RED, BLUE = (220, 20, 30), (30, 60, 200)
EXTENSIONS = pathlib.Path(os.environ.get("GLOVEBOX_TEST_BUILD", "_build"), "integration", "file-managers").resolve()
# A command that only writes down how it was called.
RECORDER = """#!/bin/sh
printf '%s\\0' "$@" >"${0%/*}/called.part"
mv -- "${0%/*}/called.part" "${0%/*}/called"
"""


class FileManagers(WindowTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # The bus starts services of the file managers, which keep settings and outlive a test.
        cls.settings = tempfile.TemporaryDirectory(prefix="gbx-settings-")
        subprocess.run(["dbus-update-activation-environment", f"XDG_CONFIG_HOME={cls.settings.name}"],
                       env=cls.environment, check=True, timeout=60)

    @classmethod
    def tearDownClass(cls):
        super().tearDownClass()
        cls.settings.cleanup()

    def need(self, program, module):
        if shutil.which(program) is None:
            self.skipTest(f"{program} is not installed")
        if not (EXTENSIONS / module).exists():
            self.skipTest(f"the extension {module} is not built")

    def extend(self, module):
        """A folder with nothing but that extension."""
        folder = self.world / "x"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        (folder / module).symlink_to(EXTENSIONS / module)
        return folder

    def retarget(self, path, place, folder):
        """A copy of a file of a file manager that looks for extensions in another folder: the
        file managers of Debian know one folder only, and that is root's."""
        data = pathlib.Path(path).resolve().read_bytes()
        found = re.search(place + rb"\0", data)
        if found is None:
            self.skipTest(f"{path} does not have the folder of its extensions in it")
        name = os.fsencode(folder)
        self.assertLessEqual(len(name), len(found.group()) - 1)
        copy = self.folder / pathlib.Path(path).name
        copy.write_bytes(data[:found.start()] + name.ljust(len(found.group()), b"\0") + data[found.end():])
        copy.chmod(0o755)
        return copy

    def browse_with_thunar(self, **environment):
        self.need("thunar", "thunar-glovebox.so")
        listed = subprocess.run(["ldd", shutil.which("thunar")], capture_output=True, text=True, check=True)
        library = re.search(r"=> (\S*/libthunarx-3\.so\.0)", listed.stdout).group(1)
        copy = self.retarget(library, rb"/[^\0]*/thunarx-3", self.extend("thunar-glovebox.so"))
        return self.browse("thunar", LD_LIBRARY_PATH=str(copy.parent), **environment)

    def browse_with_caja(self, **environment):
        self.need("caja", "libcaja-glovebox.so")
        copy = self.retarget(shutil.which("caja"), rb"/[^\0]*/caja/extensions-2\.0",
                             self.extend("libcaja-glovebox.so"))
        return self.browse(copy, "--no-desktop", "--browser", **environment)

    def browse(self, *command, **environment):
        """A file manager at the test's folder, with all that is in it selected."""
        process = subprocess.Popen([*command, str(self.share)], env={**self.environment, **environment},
                                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        self.started.append(process)
        title = "^share\\b"
        wait_until(lambda: self.screen.windows(title), PATIENCE, "no window of the file manager")
        self.screen.xdotool("windowactivate", "--sync", self.screen.windows(title)[-1])
        return process

    def open_menu(self, item):
        """By keys alone: until the files are there, the menu is that of the folder."""
        def is_there():
            self.screen.key("Escape")
            self.screen.key("ctrl+a")
            self.screen.key("shift+F10")
            return any(line.startswith("menu item\t") and item in line
                       for line in self.tree().splitlines())

        self.await_window(is_there, f"no “{item}” in the menu")

    def choose(self, item):
        self.open_menu(item)
        self.press(f"^{item}$")

    def recorder(self):
        folder = self.folder / "bin"
        folder.mkdir()
        (folder / "glovebox").write_text(RECORDER)
        (folder / "glovebox").chmod(0o755)
        return folder

    def await_sandbox(self):
        """The picture fills a part of the screen that no thumbnail has."""
        def is_shown():
            picture = self.screen.picture()
            return min(picture.share_of(RED), picture.share_of(BLUE)) > 0.04

        self.await_window(is_shown, "no sandbox with the picture in it")
        self.keep_picture()

    def set_viewer(self):
        """What opens pictures, whatever else is installed here."""
        if shutil.which("eog") is None:
            self.skipTest("eog is not installed")
        path = pathlib.Path(self.environment["XDG_CONFIG_HOME"], "mimeapps.list")
        path.parent.mkdir(exist_ok=True)
        path.write_text("[Default Applications]\nimage/png=org.gnome.eog.desktop\n")

    def open_picture(self, browse):
        self.set_viewer()
        (self.share / "-two halves\n.png").write_bytes(Picture.of_regions(
            400, 300, (0, 0, 0), [(0, 0, 200, 300, RED), (200, 0, 200, 300, BLUE)]).to_png())
        try:
            manager = browse()
            self.choose("Open in Sandbox")
            self.await_sandbox()
            # The file manager has gone on, and its end does not take the sandbox with it.
            end(manager)
            self.assertEqual(len(self.domains()), 1)
        finally:
            # Whatever happens here, the next test finds nothing.
            self.assertEqual(self.glovebox("stop", "--all")[0], 0)

    def test_thunar(self):
        """a picture is opened from the menu of Thunar, and a sandbox shows it"""
        self.open_picture(self.browse_with_thunar)

    def test_caja(self):
        """a picture is opened from the menu of Caja, and a sandbox shows it"""
        self.open_picture(self.browse_with_caja)

    def test_caja_folder(self):
        """Caja offers to open a folder, but not to edit a copy of it"""
        (self.share / "folder").mkdir()
        folder = self.recorder()
        self.browse_with_caja(GLOVEBOX_PROGRAM_PATH=str(folder))
        self.open_menu("Open in Sandbox")
        self.assertNotIn("Edit a Copy in Sandbox", self.tree())
        self.press("^Open in Sandbox$")
        wait_until((folder / "called").exists, PATIENCE, "the command was not called")
        self.assertEqual((folder / "called").read_bytes().split(b"\0")[:-1],
                         [b"open", b"--", os.fsencode(self.share / "folder")])

    def test_thunar_names(self):
        """Thunar hands over 300 files, and names that are no text, as they are"""
        names = [b"-rf", b"two\nlines", b"\xff\xfe.txt", b"a \"b\" 'c' $d", *(b"%03d" % n for n in range(296))]
        for name in names:
            pathlib.Path(os.fsdecode(os.fsencode(self.share) + b"/" + name)).touch()
        folder = self.recorder()
        self.browse_with_thunar(GLOVEBOX_PROGRAM_PATH=str(folder))
        self.choose("Open in Sandbox")
        wait_until((folder / "called").exists, PATIENCE, "the command was not called")
        words = (folder / "called").read_bytes().split(b"\0")[:-1]
        self.assertEqual(words[:2], [b"open", b"--"])
        self.assertEqual(sorted(words[2:]), sorted(os.fsencode(self.share) + b"/" + name for name in names))


if __name__ == "__main__":
    tap.main()
