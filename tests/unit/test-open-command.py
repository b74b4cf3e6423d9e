#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox open, as far as nothing boots: what it refuses, lists, and decides without a display."""

import os
import pathlib
import pty
import shutil
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests" / "harness"))

import tap  # noqa: E402

TYPES = ("text/plain", "image/png", "application/pdf", "application/zip")


def version(path):
    st = path.stat()
    return (f"{st.st_dev} {st.st_ino} {st.st_size} {st.st_mtime_ns // 10**9} "
            f"{st.st_mtime_ns % 10**9}")


class Open(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="glovebox-test-"))
        self.documents = self.folder / "documents"
        self.documents.mkdir()
        self.edits = self.folder / "state" / "glovebox" / "edits"
        build = pathlib.Path(os.environ["GLOVEBOX"]).resolve().parents[1]
        self.environment = {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C.UTF-8",
            "HOME": str(self.folder), "XDG_CONFIG_HOME": str(self.folder / "config"),
            "XDG_CONFIG_DIRS": str(self.folder / "etc"), "XDG_STATE_HOME": str(self.folder / "state"),
            "XDG_DATA_HOME": str(self.folder / "data"), "GIO_USE_VFS": "local",
            "GLOVEBOX_PROFILE_PATH": str(ROOT / "data" / "profiles"),
            "GLOVEBOX_PROGRAM_PATH": ":".join(str(build / name) for name in ("app", "host", "cli")),
        }
        for name in ("LD_LIBRARY_PATH", "ASAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        applications = self.folder / "data" / "applications"
        applications.mkdir(parents=True)
        lists = "[Default Applications]\n"
        for number, mime in enumerate(TYPES):
            (applications / f"gbx{number}.desktop").write_text(
                f"[Desktop Entry]\nType=Application\nName=Test {number}\nExec=cat %u\n"
                f"MimeType={mime};\n")
            lists += f"{mime}=gbx{number}.desktop\n"
        (applications / "mimeapps.list").write_text(lists)

    def tearDown(self):
        shutil.rmtree(self.folder)

    def open(self, *arguments):
        run = subprocess.run([os.environ["GLOVEBOX"], "open", *arguments], capture_output=True,
                             stdin=subprocess.DEVNULL, text=True, timeout=60, check=False,
                             env=self.environment)
        return run.returncode, run.stdout, run.stderr

    def on_terminal(self, answers, *arguments):
        """What it prints there."""
        terminal, own = pty.openpty()
        process = subprocess.Popen([os.environ["GLOVEBOX"], "open", *arguments], stdin=own,
                                   stdout=own, stderr=own, env=self.environment)
        os.close(own)
        os.write(terminal, answers.encode())
        text = b""
        while True:
            try:
                data = os.read(terminal, 65536)
            except OSError:
                break
            text += data
        os.close(terminal)
        self.assertIsNotNone(process.wait(timeout=60))
        return process.returncode, text.decode(errors="replace").replace("\r\n", "\n")

    def refuse(self, *arguments, words):
        status, out, err = self.open(*arguments)
        self.assertEqual((status, out), (125, ""), err)
        self.assertRegex(err, r"\Aglovebox: [^\n]+\n\Z")
        self.assertIn(words, err)

    def put(self, name, contents="Hello\n", mode=0o644):
        path = self.documents / name
        path.write_bytes(contents if isinstance(contents, bytes) else contents.encode())
        path.chmod(mode)
        return path

    def leave(self, name, before, after, changed=False):
        """A copy that a sandbox has changed, and that nobody has decided about."""
        path = self.put(name, before)
        place = self.edits / "1" / "0"
        (place / "work").mkdir(parents=True)
        (place / "work" / name).write_text(after)
        original = "1 1 1 1 1" if changed else version(path)
        (place / "record").write_text(
            f"[File]\nPath={urllib.parse.quote(str(path))}\nMode=420\nOriginal={original}\n"
            "Made=1 1 1 1 1\n")
        return path

    def assert_decided(self):
        self.assertEqual(os.listdir(self.edits), [])

    # --------------------------------------------------------------- files --

    def test_refusals(self):
        """each refusal is one sentence that says why"""
        os.mkfifo(self.documents / "pipe")
        text = str(self.put("a.txt"))
        self.refuse(words="no file was given")
        self.refuse("--view", "--edit", text, words="one of --view and --edit")
        self.refuse("--discard", text, words="--edit or --changes")
        self.refuse("--nonsense", words="--help")
        self.refuse("--profile", "nobody", text, words="no profile “nobody”")
        self.refuse("--with", "nobody", text, words="no usable application “nobody”")
        self.refuse(str(self.documents / "pipe"), words="it is no file")
        self.refuse(str(self.documents / "gone\n\033[31m"), words="No such file")
        self.refuse("smb://server/share", words="smb:")
        self.refuse("--edit", str(self.documents), words="is a folder")
        self.refuse("--edit", "https://example.org/", words="only files can be edited")
        self.refuse("--with", "gbx0", "--profile", "default", "https://example.org/",
                    words="has no network")
        self.refuse(str(self.put("x.sh", "#!/bin/sh\n", 0o755)), words="nobody can be asked")
        self.refuse("--edit", "--yes", *[str(self.put(f"{n}.txt")) for n in range(13)],
                    words="at most 12 files")
        self.assertEqual(os.listdir(self.edits), [])

    def test_many(self):
        """many sandboxes, or many starts of an application, need a question"""
        paths = [self.put("a.txt"), self.put("b.png", b"\x89PNG\r\n\x1a\n"),
                 self.put("c.pdf", "%PDF-1.4\n"), self.put("d.zip", b"PK\x03\x04")]
        self.refuse(*map(str, paths), words="4 sandboxes")
        self.refuse(*[str(self.put(f"{n}.txt")) for n in range(300)], words="started 300 times")

    def test_list(self):
        """the applications are listed, with what keeps the sandbox from them"""
        applications = self.folder / "data" / "applications"
        (applications / "home.desktop").write_text(
            "[Desktop Entry]\nType=Application\nName=Home\nMimeType=text/plain;\n"
            f"Exec={self.put('viewer', 'x', 0o755)} %f\n")
        (applications / "mimeapps.list").write_text(
            "[Default Applications]\ntext/plain=home.desktop\n"
            "[Added Associations]\ntext/plain=gbx0.desktop\n")
        status, out, err = self.open("--list-applications", str(self.put("a.txt")))
        self.assertEqual((status, err), (0, ""))
        self.assertRegex(out, r"a\.txt \(text/plain\)\n  home\.desktop +Home is not in the sandbox")
        self.assertRegex(out, r"\n  gbx0\.desktop +Test 0\n")

    # ------------------------------------------------------------- changes --

    def test_yes(self):
        """without a question, a file is replaced, unless somebody else has changed it"""
        path = self.leave("a.txt", "one\n", "two\n")
        status, _, err = self.open("--changes", "--yes")
        self.assertEqual(status, 0, err)
        self.assertEqual(path.read_text(), "two\n")
        self.assertEqual((self.documents / "a.txt~").read_text(), "one\n")
        self.assert_decided()

        path = self.leave("b.txt", "one\n", "two\n", changed=True)
        status, _, err = self.open("--changes", "--yes")
        self.assertEqual(status, 0, err)
        self.assertIn("outside of the sandbox", err)
        self.assertEqual(path.read_text(), "one\n")
        self.assertEqual((self.documents / "b (changed in sandbox).txt").read_text(), "two\n")
        self.assert_decided()

    def test_discard(self):
        """dropped changes leave the file, and nothing else"""
        path = self.leave("a.txt", "one\n", "two\n")
        self.assertEqual(self.open("--changes", "--discard")[0], 0)
        self.assertEqual(path.read_text(), "one\n")
        self.assertEqual(os.listdir(self.documents), ["a.txt"])
        self.assert_decided()

    def test_terminal(self):
        """on a terminal the difference is shown, and asked about"""
        path = self.leave("a.txt", "one\n\x1b[31m\n", "two\u202e\n")
        status, text = self.on_terminal("x\n1\n", "--changes")
        self.assertIn("- one", text)
        self.assertIn("- <U+001B>[31m", text)
        self.assertIn("+ two<U+202E>", text)
        self.assertEqual(status, 0)
        self.assertEqual(path.read_text(), "two\u202e\n")
        self.assert_decided()

        # Nothing is lost if nobody answers.
        path = self.leave("b.txt", "one\n", "two\n")
        status, text = self.on_terminal("\x04", "--changes")
        self.assertEqual(status, 125)
        self.assertIn("is kept in", text)
        self.assertEqual(path.read_text(), "one\n")
        self.assertEqual(self.open("--changes")[0], 125)

        # It is told of when the next file is opened.
        self.assertIn("wait for your decision", self.open("--with", "nobody", str(path))[2])


if __name__ == "__main__":
    tap.main()
