#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The files that tell file managers of a command."""

import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
SOURCES = ROOT / "integration" / "file-managers"
sys.path.insert(0, str(ROOT / "tests" / "harness"))

import tap  # noqa: E402

from gi.repository import GLib, Gio  # noqa: E402

OPEN_WITH = "zz-org.glovebox.Glovebox.Open.desktop"
GLOVEBOX = "/opt/my programs/bin/glovebox"
# A name has any byte but these two: "/" and 0.
NAME = bytes(code for code in range(1, 256) if code != ord("/"))


def types():
    return (SOURCES / "mime-types.txt").read_text().split()


def filled(name):
    text = (SOURCES / f"{name}.in").read_text(encoding="utf-8")
    return text.replace("@glovebox@", GLOVEBOX).replace("@types@", ";".join(types()) + ";")


def key_file(name):
    file = GLib.KeyFile()
    text = filled(name)
    file.load_from_data(text, len(text.encode()), GLib.KeyFileFlags.NONE)
    return file


def command_of(name, group):
    return shlex.split(key_file(name).get_string(group, "Exec"))


class DescribedFiles(unittest.TestCase):
    maxDiff = None

    def test_commands(self):
        """each command is that of the installed program, opens or edits, and ends its options"""
        for group, field, suffix in (("Nemo Action", "%U", "nemo_action"),
                                     ("X-Action-Profile files", "%F", "action")):
            self.assertEqual(command_of(f"glovebox-1-open.{suffix}", group), [GLOVEBOX, "open", "--", field])
            self.assertEqual(command_of(f"glovebox-2-edit.{suffix}", group),
                             [GLOVEBOX, "open", "--edit", "--", field])
        menu = "glovebox-open.servicemenu"
        self.assertEqual(command_of(menu, "Desktop Action open"), [GLOVEBOX, "open", "--", "%F"])
        self.assertEqual(command_of(menu, "Desktop Action edit"), [GLOVEBOX, "open", "--edit", "--", "%F"])
        self.assertEqual(command_of(OPEN_WITH, "Desktop Entry"), [GLOVEBOX, "open", "--", "%U"])

    def test_texts(self):
        """the texts are those of the extensions, which are translated"""
        code = re.sub(r'"\s*"', "", (SOURCES / "gbx-file-selection.c").read_text(encoding="utf-8"))
        known = re.findall(r'_ \("([^"]*)"\)', code)
        checked = 0
        for path in SOURCES.glob("*.in"):
            for key, text in re.findall(r"^(Name|Comment)=(.*)$", path.read_text(), re.M):
                if path.name != "libcaja-glovebox.caja-extension.in":
                    self.assertIn(text, known, path.name)
                    checked += 1
        self.assertGreater(checked, 8)

    def test_nemo(self):
        """no name breaks the line that Nemo makes"""
        action = key_file("glovebox-1-open.nemo_action")
        self.assertEqual(action.get_string("Nemo Action", "Quote"), "double")
        line = action.get_string("Nemo Action", "Exec")
        uris = [Gio.File.new_for_path(path).get_uri() for path in (b"/tmp/" + NAME, b"/tmp/b", b"/-")]
        # As nemo_action_activate() does.
        line = line.replace("%U", " ".join(f'"{uri}"' for uri in uris))
        self.assertEqual(GLib.shell_parse_argv(line)[1], [GLOVEBOX, "open", "--", *uris])
        self.assertEqual(urllib.parse.unquote_to_bytes(uris[0]), b"file:///tmp/" + NAME)

    def test_folders(self):
        """folders are opened, but no copy of one is edited"""
        self.assertEqual(key_file("glovebox-1-open.nemo_action").get_string("Nemo Action", "Extensions"), "any;")
        self.assertEqual(key_file("glovebox-2-edit.nemo_action").get_string("Nemo Action", "Extensions"), "nodirs;")
        group = "X-Action-Profile files"
        self.assertEqual(key_file("glovebox-1-open.action").get_string(group, "MimeTypes"), "all/all;")
        self.assertEqual(key_file("glovebox-2-edit.action").get_string(group, "MimeTypes"), "all/allfiles;")

    def test_pcmanfm(self):
        """no action has a condition that crashes PCManFM (libfm 1.3.2, fm-action.c: Schemes)"""
        for name in ("glovebox-1-open.action", "glovebox-2-edit.action"):
            for group in key_file(name).get_groups()[0]:
                self.assertNotIn("Schemes", key_file(name).get_keys(group)[0])

    def test_validators(self):
        """what is a desktop entry is a valid one"""
        tool = shutil.which("desktop-file-validate")
        if tool is None:
            self.skipTest("desktop-file-validate is not installed")
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder, OPEN_WITH)
            path.write_text(filled(OPEN_WITH), encoding="utf-8")
            run = subprocess.run([tool, str(path)], capture_output=True, text=True, check=False)
            self.assertEqual((run.returncode, run.stdout), (0, ""))

    def test_types(self):
        """the types of “Open With” are known, and none is a folder or a scheme"""
        known = pathlib.Path("/usr/share/mime/types")
        self.assertEqual(types(), sorted(set(types())))
        for name in types():
            self.assertRegex(name, r"^(application|audio|image|text|video)/[a-z0-9.+-]+$")
        if known.exists():
            self.assertEqual(set(types()) - set(known.read_text().split()), set())

    def test_no_default(self):
        """the “Open With” entry does not become the application that opens a file by default"""
        if shutil.which("update-desktop-database") is None:
            self.skipTest("update-desktop-database is not installed")
        with tempfile.TemporaryDirectory() as folder:
            applications = pathlib.Path(folder, "share", "applications")
            applications.mkdir(parents=True)
            (applications / OPEN_WITH).write_text(
                filled(OPEN_WITH).replace(GLOVEBOX, "/bin/true"), encoding="utf-8")
            for name in ("a.desktop", "org.zzz.Viewer.desktop", "zathura.desktop"):
                (applications / name).write_text("[Desktop Entry]\nType=Application\nName=Viewer\n"
                                                 "Exec=/bin/true %U\nMimeType=image/png;\n")
            subprocess.run(["update-desktop-database", applications], check=True)
            script = ("from gi.repository import Gio; print(*[i.get_id() for i in "
                      "[Gio.AppInfo.get_default_for_type('image/png', False), "
                      "*Gio.AppInfo.get_recommended_for_type('image/png')]])")
            run = subprocess.run(["/usr/bin/python3", "-c", script], capture_output=True, text=True,
                                 check=True, env={"HOME": folder, "XDG_DATA_DIRS": f"{folder}/share",
                                                  "PATH": "/usr/bin:/bin"})
        self.assertEqual(run.stdout.split(), ["a.desktop", "a.desktop", "org.zzz.Viewer.desktop",
                                              "zathura.desktop", OPEN_WITH])


if __name__ == "__main__":
    tap.main()
