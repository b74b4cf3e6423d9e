#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files out of a running sandbox, and into it."""

import os
import stat
import subprocess

from common import SandboxTest, tap

# What an application may leave; then it says what it has been told to.
PREPARE = r"""
cd
echo "Dear all," > letter.txt
mkdir -p project/.git Documents .secret
printf 'int a;' > project/a.c
printf '[core]' > project/.git/config
ln -s /etc/passwd project/link
mkfifo fifo project/fifo
printf '#!/bin/sh' > run.sh; chmod 4755 run.sh
printf 'odd' > "$(printf 'od\nd\377')"
echo hidden > .secret/x
mkdir many; (cd many; i=0; while [ $i -lt 3000 ]; do : > $i; i=$((i+1)); done)
echo prepared
while read line; do eval "$line"; echo "done $?"; done
"""


class Files(SandboxTest):
    def tell(self, line):
        """Runs a line in the sandbox: what it writes."""
        self.sandbox.stdin.write(line.encode() + b"\n")
        self.sandbox.stdin.flush()
        out = b""
        while True:
            one = self.sandbox.stdout.readline()
            if one.startswith(b"done ") or not one:
                return out
            out += one

    def get(self, *arguments, **options):
        return self.glovebox("get", *arguments, **options)

    def put(self, *arguments):
        return self.glovebox("put", *arguments)

    def check_list(self):
        status, out, err = self.get("--list", "files")
        lines = out.decode().splitlines()
        names = [line.split(maxsplit=3)[3] for line in lines]
        self.assertEqual((status, err), (0, b""))
        self.assertEqual(len([name for name in names if name.startswith("many/")]), 3000)
        rest = [name for name in names if not name.startswith("many/")]
        self.assertEqual(sorted(rest), sorted([
            "letter.txt", "project/a.c", "run.sh", next(n for n in rest if n.startswith("od"))]))

    def check_get(self):
        self.assertEqual(self.get("files", "letter.txt"), (0, b"", b""))
        self.assertEqual((self.folder / "letter.txt").read_bytes(), b"Dear all,\n")
        status, out, err = self.get("files", "~/letter.txt")
        self.assertEqual((status, out), (125, b""))
        self.assert_sentence(err, "letter.txt", "exists")
        self.assertEqual(self.get("files", "letter.txt", "-"), (0, b"Dear all,\n", b""))
        self.assertEqual(self.get("files", "run.sh", "mine"), (0, b"", b""))
        self.assertEqual(stat.S_IMODE((self.folder / "mine").stat().st_mode) & 0o7111, 0)

    def check_folder(self):
        status, out, err = self.get("files", "project")
        self.assertEqual((status, out), (0, b""))
        self.assertIn(b"left out", err)
        found = sorted(str(p.relative_to(self.folder / "project"))
                       for p in (self.folder / "project").rglob("*"))
        self.assertEqual(found, [".git", ".git/config", "a.c"])

    def check_refused(self):
        for path, word in (("fifo", "neither"), ("project/link", "link"), ("nothing", "no"),
                           ("../../etc/shadow", ""), ("/dev/null", "neither")):
            status, out, err = self.get("files", path, "refused")
            self.assertEqual((status, out), (125, b""), path)
            self.assert_sentence(err, word)
            self.assertFalse((self.folder / "refused").exists())
        status, _, err = self.get("nobody", "x")
        self.assertEqual(status, 125)
        self.assert_sentence(err, "nobody")

    def check_put(self):
        home = self.tell("echo ~").decode().strip()
        (self.folder / "in.txt").write_bytes(b"x" * 100000)
        self.assertEqual(self.put("files", "in.txt"),
                         (0, f"{home}/Downloads/in.txt\n".encode(), b""))
        self.assertEqual(self.tell("stat -c '%a %u %s' ~/Downloads/in.txt"),
                         f"644 {os.getuid()} 100000\n".encode())
        status, out, err = self.put("files", "in.txt")
        self.assertEqual((status, out), (125, b""))
        self.assert_sentence(err, "in.txt", "exists")
        self.assertEqual(self.put("files", "in.txt", "~/other.txt"),
                         (0, f"{home}/other.txt\n".encode(), b""))
        # What came from here is no change, until it is changed.
        self.assertEqual(self.listed("in.txt", "other.txt"), [])
        self.tell("echo >> ~/other.txt")
        self.assertEqual(self.listed("in.txt", "other.txt"), ["other.txt"])

    def listed(self, *names):
        lines = self.get("--list", "files")[1].decode().splitlines()
        found = [line.split(maxsplit=3)[3] for line in lines]
        return [name for name in found if os.path.basename(name) in names]

    def check_put_refused(self):
        subprocess.run(["truncate", "-s", "100M", "large"], cwd=self.folder, check=True)
        os.mkfifo(self.folder / "pipe")
        for arguments, word in ((("large",), "space"), (("pipe",), "not a file"), ((".",), "folder"),
                                (("in.txt", "~/nowhere/"), "no "), (("in.txt", "/usr/"), "")):
            status, out, err = self.put("files", *arguments)
            self.assertEqual((status, out), (125, b""), arguments)
            self.assert_sentence(err, word)
        # Space that is there at first, and not any more.
        self.tell("head -c 12M /dev/zero > ~/fill")
        subprocess.run(["truncate", "-s", "9M", "medium"], cwd=self.folder, check=True)
        status, out, err = self.put("files", "medium")
        self.assertEqual((status, out), (125, b""))
        self.assert_sentence(err, "space")
        self.assertEqual(self.tell("ls -A ~/Downloads"), b"in.txt\n")

    def check_full_disk_here(self):
        if not os.path.exists("/dev/full"):
            return
        with open("/dev/full", "wb") as full:
            status, _, err = self.get("files", "letter.txt", "-", stdout=full)
        self.assertEqual(status, 125)
        self.assert_sentence(err, "output")

    def test_files(self):
        """files are listed, got and put; links, FIFOs and what does not fit are refused in words"""
        self.sandbox = self.start("exec", "--quiet", "--name", "files", "--disk", "20M", "--", "sh", "-c", PREPARE,
                                  stdin=subprocess.PIPE)
        line = self.sandbox.stdout.readline()
        self.assertEqual(line, b"prepared\n", self.sandbox.stderr)
        for check in (self.check_list, self.check_get, self.check_folder, self.check_refused,
                      self.check_put, self.check_put_refused, self.check_full_disk_here):
            with self.subTest(check.__name__):
                check()
        self.assertEqual([p.name for p in self.folder.iterdir() if p.name.startswith(".")], [])
        self.sandbox.stdin.close()
        self.sandbox.stdin = None
        self.finish(self.sandbox)
        self.assert_nothing_left()

    def test_forbidden(self):
        """a profile can forbid that files are put in"""
        self.start_sleeper("closed", "--put", "off")
        (self.folder / "in.txt").write_bytes(b"x")
        status, out, err = self.put("closed", "in.txt")
        self.assertEqual((status, out), (125, b""))
        self.assert_sentence(err, "closed", "forbids")
        self.assertEqual(self.get("--list", "closed"), (0, b"", b""))


if __name__ == "__main__":
    tap.main()
