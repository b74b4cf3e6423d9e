#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox launcher, as a user runs it: the files that it makes, and those that it leaves alone.

tests/golden/launchers has entries of applications, NAME.entry, and the launchers that come of them,
NAME.desktop.  GLOVEBOX_UPDATE_GOLDEN=1 writes the latter.
"""

import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

import tap  # noqa: E402
from picture import Picture  # noqa: E402

GOLDEN = ROOT / "tests" / "golden" / "launchers"
PREFIX = "org.glovebox.Glovebox.app."
PROGRAMS = ("libreoffice", "epiphany", "vim", "gnome-text-editor", "firefox-esr", "viewer", "other")
SIZES = (16, 22, 24, 32, 48, 64, 96, 128, 256)
ENTRY = "[Desktop Entry]\nType=Application\nName=Viewer\nExec=viewer %F\nIcon=viewer\n"


def read_keys(path, group="Desktop Entry"):
    """The keys of a group, as the file has them."""
    keys, current = {}, None
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("["):
            current = line[1:-1]
        elif current == group and "=" in line:
            key, value = line.split("=", 1)
            keys[key] = value
    return keys


def split_exec(value):
    """The words of an Exec line."""
    value = value.replace("\\\\", "\\")
    # In quotes, shlex knows fewer escapes than the specification.
    return [re.sub(r"\\([$`])", r"\1", word).replace("%%", "%") for word in shlex.split(value)]


class Launchers(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="glovebox-test-"))
        self.data = self.folder / "data"
        self.applications = self.data / "applications"
        self.system = self.folder / "system" / "applications"
        self.programs = self.folder / "bin"
        self.system.mkdir(parents=True)
        self.programs.mkdir()
        for name in PROGRAMS:
            self.put_program(name)
        build = pathlib.Path(os.environ["GLOVEBOX"]).resolve().parents[1]
        self.environment = {
            "PATH": f"{self.programs}:/usr/bin:/bin", "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder / "home"), "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_DATA_HOME": str(self.data), "XDG_CONFIG_DIRS": str(self.folder / "etc"),
            "XDG_DATA_DIRS": f"{self.system.parent}:/usr/share", "NO_AT_BRIDGE": "1",
            "GLOVEBOX_PROFILE_PATH": str(ROOT / "data" / "profiles"),
            "GLOVEBOX_PROGRAM_PATH": ":".join(str(build / folder) for folder in ("app", "cli")),
        }
        for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]

    def tearDown(self):
        subprocess.run(["chmod", "-R", "u+rwx", self.folder], check=False)
        shutil.rmtree(self.folder)

    def put_program(self, name):
        (self.programs / name).write_text("#!/bin/sh\n")
        (self.programs / name).chmod(0o755)

    def put(self, name, text=ENTRY):
        """An entry of an application."""
        path = self.system / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def command(self, *arguments):
        return [os.environ["GLOVEBOX"], "launcher", *arguments]

    def run_launcher(self, *arguments, wrapper=(), **environment):
        return subprocess.run([*wrapper, *self.command(*arguments)], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, timeout=120, check=False,
                              env={**self.environment, **environment})

    def launcher(self, *arguments, **environment):
        """What it prints; it has to succeed."""
        run = self.run_launcher(*arguments, **environment)
        self.assertEqual((run.returncode, run.stderr), (0, ""))
        return run.stdout

    def refuse(self, *arguments, words=(), **more):
        """One sentence, status 125."""
        run = self.run_launcher(*arguments, **more)
        self.assertEqual(run.returncode, 125, run.stderr)
        self.assertRegex(run.stderr, r"\Aglovebox: [^\n]+\n\Z")
        for word in words:
            self.assertIn(word, run.stderr)
        return run.stderr

    def add(self, name, *options, **environment):
        """The launcher's file."""
        out = self.launcher("add", *options, "--", name, **environment).splitlines()
        self.assertEqual(len(out), 1)
        return self.applications / out[0]

    def icons(self, launcher):
        return sorted(int(path.parts[-3].split("x")[0])
                      for path in self.data.glob(f"icons/hicolor/*/apps/{launcher.stem}.png"))

    def states(self):
        rows = json.loads(self.launcher("list", "--json"))["launchers"]
        return {row["application"]: row["state"] for row in rows}

    def validate(self, path):
        tool = shutil.which("desktop-file-validate")
        if tool is None:
            self.skipTest("desktop-file-validate is not installed")
        run = subprocess.run([tool, "--no-hints", path], capture_output=True, text=True, check=False)
        self.assertEqual((run.returncode, re.findall("^.*error.*$", run.stdout, re.M)), (0, []),
                         path.read_text())

    # ---------------------------------------------------------------- files --

    def mask(self, path):
        """Without what is different in each run."""
        text = path.read_text(encoding="utf-8")
        for key in ("X-Glovebox-IconFiles", "X-Glovebox-Checksum"):
            text = re.sub(rf"^{key}=.*\n", "", text, flags=re.M)
        build = str(pathlib.Path(os.environ["GLOVEBOX"]).resolve())
        return text.replace(build, "/usr/bin/glovebox").replace(str(self.folder), "/test")

    def check_golden(self, name, *options, text=None):
        self.put(f"{name}.desktop", text or (GOLDEN / f"{name}.entry").read_text())
        path = self.add(f"{name}.desktop", *options)
        self.validate(path)
        made, golden = self.mask(path), GOLDEN / f"{name}.desktop"
        if os.environ.get("GLOVEBOX_UPDATE_GOLDEN"):
            golden.write_text(made, encoding="utf-8")
        self.assertEqual(made, golden.read_text(encoding="utf-8"))

    def test_golden(self):
        """each entry gives a valid launcher: languages, field codes, actions, and nothing else"""
        for name in ("libreoffice-calc", "org.gnome.Epiphany", "vim", "org.gnome.TextEditor"):
            with self.subTest(name):
                self.check_golden(name)

    def test_golden_options(self):
        """the same with a profile, types of files and a suffix"""
        text = (GOLDEN / "firefox-esr.entry").read_text()
        self.check_golden("firefox-esr", "--mime", "--profile", "web-browser", "--suffix",
                          "(sandboxed)", text=text.replace("/usr/lib/firefox-esr", str(self.programs)))

    def test_golden_odd(self):
        """an entry with quotes, odd keys and invalid lists gives a valid launcher"""
        odd = self.folder / "odd $name"
        odd.mkdir()
        shutil.copy(self.programs / "viewer", odd / "run me")
        text = (GOLDEN / "quoted.entry").read_text()
        self.check_golden("quoted", "--mime", text=text.replace("/opt/odd", f"{self.folder}/odd"))

    def test_installed(self):
        """each application of this computer gives a valid launcher"""
        before = sorted(pathlib.Path("/usr/share/applications").glob("*.desktop"))
        names = [path.name for path in before][:40]
        if not names:
            self.skipTest("no application is installed")
        for name in names:
            self.run_launcher("add", name, GLOVEBOX_PROGRAM_PATH="/nonexistent")
        made = sorted(self.applications.glob("*.desktop"))
        self.assertGreater(len(made), 0)
        for path in made:
            self.assertTrue(path.name.startswith(PREFIX))
            self.validate(path)

    # ------------------------------------------------------------- odd entries --

    def test_injection(self):
        """neither the program nor the name of an entry becomes an option of glovebox"""
        self.put_program("--foo")
        self.put_program("--profile=development")
        for name, line in (("a.desktop", "--foo bar"), ("--share.desktop", "viewer"),
                           ("b.desktop", '"--profile=development" -- %U'),
                           ("c d;$(touch x)`.desktop", "viewer"), ("100%f.desktop", "viewer %u"),
                           ("quo\"te.desktop", "viewer"), ("back\\slash.desktop", "viewer %f")):
            with self.subTest(name):
                self.put(name, f"[Desktop Entry]\nType=Application\nName=X\nExec={line}\n"
                               "Actions=go;\n[Desktop Action go]\nName=Go\nExec=--bar %u\n")
                path = self.add(name)
                self.validate(path)
                words = split_exec(read_keys(path)["Exec"])
                codes = re.findall("%[fuFU]", line)
                self.assertEqual(words[1:], ["run", "--", name, *codes])
                action = split_exec(read_keys(path, "Desktop Action go")["Exec"])
                self.assertEqual(action[1:], ["run", "--action", "go", "--", name, "%u"])

    def test_odd_names(self):
        """names that a desktop entry cannot hold are found by the launcher; none takes another's place"""
        made = set()
        for name in (b"a b.desktop", b"a_b.desktop", "ä.desktop".encode(), b"\xff\xfe.desktop"):
            with self.subTest(name):
                self.put(os.fsdecode(name))
                path = self.add(os.fsdecode(name))
                self.validate(path)
                made.add(path.name)
                last = split_exec(read_keys(path)["Exec"])[-2]
                self.assertEqual(last, os.fsdecode(name) if name.isascii() else path.name)
        self.assertEqual(len(made), 4)
        self.put("bytes.desktop", b"[Desktop Entry]\nType=Application\nName=\xff\xfe\nExec=viewer\n"
                                  b"Name[de]=Gut\nComment=a\x01b\n")
        path = self.add("bytes.desktop")
        self.validate(path)
        self.assertEqual(read_keys(path)["Name"], "bytes")

    def test_refused(self):
        """an entry that is broken, hidden, or of no application gives a sentence and no file"""
        for name, text in (("broken.desktop", "no entry\n"), ("empty.desktop", ""),
                           ("hidden.desktop", ENTRY + "Hidden=true\n"),
                           ("link.desktop", "[Desktop Entry]\nType=Link\nName=X\nURL=file:///\n"),
                           ("noexec.desktop", "[Desktop Entry]\nType=Application\nName=X\n"),
                           ("bus.desktop", "[Desktop Entry]\nType=Application\nName=X\n"
                                           "DBusActivatable=true\n"),
                           ("quote.desktop", "[Desktop Entry]\nType=Application\nName=X\n"
                                             "Exec=viewer \"\n"),
                           ("gone.desktop", "[Desktop Entry]\nType=Application\nName=X\n"
                                            "Exec=no-such-program\n")):
            with self.subTest(name):
                self.put(name, text)
                self.refuse("add", name, words=[name])
        self.put("a.desktop")
        self.refuse("add", "a", "--profile", "nope", words=["nope"])
        self.refuse("add", "missing", words=["missing"])
        launcher = self.add("a.desktop")
        self.refuse("add", launcher.name, words=["launcher"])
        self.refuse("remove", "missing", words=["missing"])
        self.refuse("list", "--mime")
        self.assertEqual([path.name for path in self.applications.glob("*.desktop")],
                         [launcher.name])

    # -------------------------------------------------------------------- life --

    def test_life(self):
        """a launcher is listed, made again when its original changes, and goes with it"""
        original = self.put("viewer.desktop")
        self.put("other.desktop")
        path = self.add("viewer")
        self.add("other")
        self.assertEqual(path.name, PREFIX + "viewer.desktop")
        self.assertEqual(read_keys(path)["StartupWMClass"], path.stem)
        self.assertEqual(self.icons(path), list(SIZES))
        self.assertEqual(self.states(), {"viewer.desktop": "current", "other.desktop": "current"})
        self.assertEqual(self.launcher("refresh"), "")
        original.write_text(ENTRY.replace("Viewer", "Better Viewer").replace("%F", "%U"))
        self.assertEqual(self.states()["viewer.desktop"], "outdated")
        self.assertEqual(self.launcher("refresh"), f"{path.name}: made again\n")
        self.assertEqual(read_keys(path)["Name"], "Better Viewer")
        self.assertTrue(read_keys(path)["Exec"].endswith(" %U"))
        original.write_text("[Desktop Entry]\n")
        self.assertEqual(self.states()["viewer.desktop"], "damaged")
        self.assertEqual(self.launcher("refresh"), "")
        self.assertTrue(path.exists())
        original.unlink()
        self.assertEqual(self.states()["viewer.desktop"], "orphan")
        self.assertEqual(self.launcher("refresh"), f"{path.name}: removed\n")
        self.assertFalse(path.exists())
        self.assertEqual(self.icons(path), [])
        self.assertEqual(self.states(), {"other.desktop": "current"})

    def test_remove_action(self):
        """the action of a launcher that removes it does, and nothing else"""
        self.put("viewer.desktop")
        one, other = self.add("viewer"), self.add("viewer", "--profile", "terminal")
        foreign = self.applications / (PREFIX + "foreign.desktop")
        foreign.write_text(ENTRY)
        line = split_exec(read_keys(one, "Desktop Action glovebox-remove")["Exec"])
        subprocess.run(line, env=self.environment, check=True)
        self.assertFalse(one.exists())
        self.assertTrue(other.exists())
        self.refuse("remove", foreign.name)
        self.launcher("remove", "viewer.desktop")
        self.assertFalse(other.exists())
        self.assertTrue(foreign.exists())
        self.launcher("refresh", "--all")
        self.assertEqual(foreign.read_text(), ENTRY)

    def test_profile_goes(self):
        """a launcher with a profile of its own goes with the profile"""
        self.put("viewer.desktop")
        subprocess.run([os.environ["GLOVEBOX"], "profile", "new", "mine"], env=self.environment,
                       check=True)
        path = self.add("viewer", "--profile", "mine")
        self.assertEqual(path.name, PREFIX + "viewer@mine.desktop")
        self.assertEqual(read_keys(path)["X-Glovebox-Profile"], "mine")
        self.assertIn(" run --profile mine -- viewer.desktop ", read_keys(path)["Exec"])
        subprocess.run([os.environ["GLOVEBOX"], "profile", "delete", "mine"], env=self.environment,
                       check=True)
        self.assertFalse(path.exists())
        self.assertEqual(self.icons(path), [])

    def test_other_folders(self):
        """a session that looks for applications elsewhere does not take them for removed"""
        self.put("viewer.desktop")
        path = self.add("viewer")
        self.launcher("refresh", XDG_DATA_DIRS="/nonexistent")
        self.assertTrue(path.exists())

    def test_at_once(self):
        """several commands at once lose nothing"""
        names = [f"app{i}" for i in range(6)]
        for name in names:
            self.put(f"{name}.desktop")
        running = [subprocess.Popen(self.command("add", name), env=self.environment,
                                    stdout=subprocess.DEVNULL) for name in names]
        running.append(subprocess.Popen(self.command("refresh", "--all"), env=self.environment,
                                        stdout=subprocess.DEVNULL))
        self.assertEqual([one.wait(timeout=120) for one in running], [0] * 7)
        self.assertEqual(set(self.states().values()), {"current"})
        self.assertEqual(len(self.states()), 6)

    # ------------------------------------------------------------ file types --

    def test_types(self):
        """types of files only on request, and what opens them stays what it was"""
        types = "MimeType=text/x-made-up;text/x-chosen;\n"
        self.put("viewer.desktop", ENTRY + types)
        self.put("other.desktop", ENTRY.replace("viewer", "other") + types)
        (self.folder / "config").mkdir()
        chosen = self.folder / "config" / "mimeapps.list"
        chosen.write_text("[Default Applications]\ntext/x-chosen=other.desktop\n")
        if shutil.which("update-desktop-database") is None:
            self.skipTest("update-desktop-database is not installed")
        subprocess.run(["update-desktop-database", self.system], check=True)
        before = chosen.read_text()
        path = self.add("viewer")
        self.assertNotIn("MimeType", read_keys(path))
        self.assertEqual(chosen.read_text(), before)
        path = self.add("viewer", "--mime")
        self.assertEqual(read_keys(path)["MimeType"], "text/x-made-up;text/x-chosen;")
        defaults = read_keys(chosen, "Default Applications")
        self.assertEqual(defaults["text/x-chosen"], "other.desktop")
        # Nobody had chosen; the user's entries come first, so this is written down.
        self.assertIn(defaults["text/x-made-up"].strip(";"), ("viewer.desktop", "other.desktop"))
        self.assertIn(path.name, (self.applications / "mimeinfo.cache").read_text())
        self.launcher("refresh", "--all")
        self.assertEqual(read_keys(path)["MimeType"], "text/x-made-up;text/x-chosen;")
        self.launcher("remove", "viewer")
        self.assertNotIn(path.name, (self.applications / "mimeinfo.cache").read_text())

    # ------------------------------------------------------------------ icons --

    def draw(self, name, size=64, colour="#c02020"):
        svg = self.folder / f"{name}.svg"
        svg.write_text(f'<svg xmlns="http://www.w3.org/2000/svg" width="{size}" height="{size}">'
                       f'<rect width="{size}" height="{size}" fill="{colour}"/></svg>')
        return svg

    def test_icons(self):
        """the icon has a badge in its corner: of a theme, of a path, without a display"""
        theme = self.system.parent / "icons" / "hicolor" / "scalable" / "apps"
        theme.mkdir(parents=True)
        shutil.copy("/usr/share/icons/hicolor/index.theme", theme.parents[1])
        shutil.copy(self.draw("viewer"), theme)
        for icon in ("viewer", "viewer.png", str(self.draw("path"))):
            with self.subTest(icon):
                self.put("viewer.desktop", ENTRY.replace("Icon=viewer", f"Icon={icon}"))
                path = self.add("viewer")
                self.assertEqual(read_keys(path)["Icon"], path.stem)
                self.assertEqual(self.icons(path), list(SIZES))
                for size in SIZES:
                    png = self.data / f"icons/hicolor/{size}x{size}/apps/{path.stem}.png"
                    picture = Picture.from_png(png.read_bytes())
                    self.assertEqual((picture.width, picture.height), (size, size))
                    self.assertEqual(picture.at(1, 1), (0xc0, 0x20, 0x20))
                    badge = picture.crop(size * 2 // 3, size * 2 // 3, size // 3, size // 3)
                    self.assertLess(badge.share_of((0xc0, 0x20, 0x20)), 0.1)
                    self.assertGreater(len(badge.colours()), 4)

    def test_changed_icon(self):
        """an icon that changes is drawn again"""
        icon = self.draw("path")
        self.put("viewer.desktop", ENTRY.replace("Icon=viewer", f"Icon={icon}"))
        path = self.add("viewer")
        self.draw("path", colour="#2020c0", size=128)
        self.assertEqual(self.states(), {"viewer.desktop": "outdated"})
        self.launcher("refresh")
        png = self.data / f"icons/hicolor/48x48/apps/{path.stem}.png"
        picture = Picture.from_png(png.read_bytes())
        self.assertEqual(picture.at(1, 1), (0x20, 0x20, 0xc0))

    def test_missing_icons(self):
        """an icon that is missing or damaged gives another one, with the badge"""
        damaged = self.folder / "damaged.png"
        damaged.write_bytes(b"\x89PNG\r\n\x1a\nnothing")
        for icon in ("no-such-icon", str(damaged), "/nonexistent.svg", "../../etc/passwd", ""):
            with self.subTest(icon):
                self.put("viewer.desktop", ENTRY.replace("Icon=viewer", f"Icon={icon}"))
                path = self.add("viewer")
                self.validate(path)
                self.assertEqual(self.icons(path), list(SIZES))

    def test_no_painter(self):
        """without the program that draws, the launcher has the application's own icon"""
        self.put("viewer.desktop")
        path = self.add("viewer", GLOVEBOX_PROGRAM_PATH="/nonexistent")
        self.assertEqual(read_keys(path)["Icon"], "viewer")
        self.assertEqual(self.icons(path), [])

    # ---------------------------------------------------------------- storage --

    def test_unwritable(self):
        """where nothing can be written, one sentence names the place and nothing is left"""
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        self.put("viewer.desktop")
        self.applications.mkdir(parents=True)
        self.applications.chmod(0o500)
        self.refuse("add", "viewer", words=[str(self.applications)])
        self.assertEqual(list(self.data.glob("icons/hicolor/*/apps/*")), [])
        self.applications.chmod(0o700)
        shutil.rmtree(self.data / "icons")
        (self.data / "icons").mkdir()
        (self.data / "icons").chmod(0o500)
        self.refuse("add", "viewer", words=[str(self.data / "icons")])
        self.assertEqual(list(self.applications.iterdir()), [])

    def test_full_disk(self):
        """on a full disk, one sentence says so and what was there stays"""
        self.put("viewer.desktop")
        self.data.mkdir()
        mount = ("mount -t tmpfs -o size=48k tmpfs \"$0\" && mkdir \"$0/applications\" && "
                 "echo old >\"$0/applications/mine.desktop\" && head -c 32K /dev/zero >\"$0/fill\";"
                 " \"$@\"; status=$?; find \"$0\" -type f ! -name mimeinfo.cache >&2; exit $status")
        wrapper = ["unshare", "-rm", "sh", "-c", mount, str(self.data)]
        probe = subprocess.run([*wrapper, "true"], capture_output=True, check=False)
        if probe.returncode != 0:
            self.skipTest("there are no user namespaces")
        run = self.run_launcher("add", "viewer", wrapper=wrapper)
        self.assertEqual(run.returncode, 125, run.stderr)
        self.assertIn("space", run.stderr.splitlines()[0])
        self.assertEqual(sorted(run.stderr.splitlines()[1:]),
                         sorted([f"{self.applications}/mine.desktop", f"{self.data}/fill"]))


if __name__ == "__main__":
    tap.main()
