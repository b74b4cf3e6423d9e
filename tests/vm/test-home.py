#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Homes that are kept, and templates: what is there in the next run, and what is not."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess

from common import SandboxTest, only, tap, wait_until

# What an ext4 file system can do and a 9p share cannot.
USES = r"""
cd ~ && echo kept >note && ln note hard && [ note -ef hard ] &&
exec 5<>open && rm open && echo unlinked >&5 && cat /proc/self/fd/5 >/dev/null &&
flock -n note -c true && mkfifo pipe && chmod 0640 note &&
stat -f -c %T ~ && stat -c %u ~ && ls -A
"""


@only("qemu", "a kept home is a disk, which only a virtual machine can mount")
class Homes(SandboxTest):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.data = cls.world / "data"
        cls.environment["XDG_DATA_HOME"] = str(cls.data)

    def tearDown(self):
        self.assert_nothing_left()
        self.assertEqual(self.overlays(), [])
        super().tearDown()

    def image(self, name):
        return self.data / "glovebox" / "homes" / name / "disk.img"

    def overlays(self):
        return [path.name for path in (self.cache / "glovebox" / "homes").glob("*.qcow2")]

    def script(self, name, text, *options, kind="private"):
        return self.execute("--home", kind, "--home-name", name, *options, "--", "sh", "-c", text)

    def home(self, *arguments):
        """What "glovebox home" prints."""
        status, out, err = self.glovebox("home", *arguments)
        self.assertEqual((status, err), (0, b""))
        return out.decode()

    def debugfs(self, name, *requests):
        path = "/usr/sbin:/sbin:" + os.environ.get("PATH", "")
        for request in requests:
            subprocess.run(["debugfs", "-w", "-R", request, self.image(name)], check=True,
                           stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           env={**os.environ, "PATH": path})

    def assert_clean(self, name):
        run = subprocess.run([shutil.which("e2fsck", path="/usr/sbin:/sbin"), "-fn",
                              self.image(name)], capture_output=True, text=True, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        self.assertNotIn("recover", run.stdout)

    def test_kept(self):
        """a file of the first run is there in the second, and the home is as a file system is"""
        status, out, err = self.script("kept", USES)
        self.assertEqual(status, 0, err.decode())
        self.assertEqual(out.decode().split()[:2], ["ext2/ext3", str(os.getuid())])
        self.assertIn("Documents", out.decode().split())
        self.assertNotIn("lost+found", out.decode())
        self.assert_clean("kept")
        # Not the link that an application has left.
        self.assertEqual(self.home("cat", "kept", "hard"), "kept\n")
        status, out, err = self.script("kept", "cat ~/note; rmdir ~/Music; ln -s /etc ~/trap; ls ~;"
                                               "cat /proc/mounts; ls /dev")
        self.assertEqual(status, 0, err.decode())
        self.assertIn(b"kept\n", out)
        self.assertRegex(out.decode(), r" ext4 rw,nosuid,nodev,")
        self.assertNotIn(b"vda\n", out.split(b"devtmpfs")[-1].split(b"\n", 1)[1])
        self.assert_clean("kept")
        mode = self.image("kept").stat().st_mode & 0o777
        self.assertEqual(mode, 0o600)
        # A share does not go where a link of the home leads; what was removed stays so.
        (self.folder / "share").mkdir()
        self.assert_refused("exec", "-q", "--home", "private", "--home-name", "kept", "--share",
                            f"{self.folder}/share:{os.path.expanduser('~')}/trap/x", "--", "true",
                            words=["link"])
        self.try_templates()

    def try_templates(self):
        """Two of one template at the same time, without a private one beside them."""
        first = self.start_sleeper("first", "--home", "template", "--home-name", "kept")
        self.assertEqual(len(self.overlays()), 1)
        status, out, err = self.script("kept", "ls ~; echo lost >~/lost", kind="template")
        self.assertEqual(status, 0, err.decode())
        self.assertNotIn(b"Music", out)
        self.assertIn(b"note", out)
        self.assert_sentence(self.glovebox("exec", "-q", "--home", "private", "--home-name", "kept",
                                           "--", "true")[2], "“kept”", "“first”")
        # What a killed one leaves is removed.
        first.send_signal(signal.SIGKILL)
        first.wait()
        wait_until(lambda: not self.overlays(), 30, "the overlay is still there")
        self.assert_refused("home", "cat", "kept", "lost", words=["no file"])

    def test_profile(self):
        """a profile keeps a home of its own; as a template it forgets what it does"""
        browser = ["--profile", "web-browser", "--network", "none"]

        def run(text, *options):
            return self.execute(*browser, *options, "--", "sh", "-c", text)

        self.assertEqual(run("echo cookie >~/jar"), (0, b"", b""))
        self.assertTrue(self.image("web-browser").exists())
        self.assertEqual(run("cat ~/jar; echo more >>~/jar; cat ~/jar", "--home", "template"),
                         (0, b"cookie\ncookie\nmore\n", b""))
        self.assertEqual(run("cat ~/jar"), (0, b"cookie\n", b""))

    def test_size(self):
        """the home is full at its limit; it can grow, and not shrink"""
        fill = "head -c 100M /dev/zero >~/big; rm ~/big; head -c 20M /dev/zero >~/small; echo $?"
        status, out, err = self.script("sized", fill, "--home-size", "64M")
        self.assertEqual((status, out), (0, b"0\n"))
        self.assertIn(b"No space left on device", err)
        # What was removed takes no space on the host either.
        self.assertLess(self.image("sized").stat().st_blocks * 512, 50_000_000)
        self.assert_refused("exec", "--home", "private", "--home-name", "sized", "--home-size",
                            "65M", "--home-size", "64M", "--home", "private", "--share",
                            "/nonexistent", "--", "true", words=["/nonexistent"])
        self.home("size", "sized", "128M")
        self.assert_refused("exec", "-q", "--home", "private", "--home-name", "sized",
                            "--home-size", "64M", "--", "true", words=["smaller", "128", "64"])
        status, out, err = self.script("sized", "head -c 70M /dev/zero >~/more && df -k ~")
        self.assertEqual(status, 0, err.decode())
        self.assertGreater(int(out.split()[-5]), 100_000)
        self.assert_clean("sized")

    def test_one_at_a_time(self):
        """two sandboxes cannot use one private home; after a kill it is free and in order"""
        options = ("--home", "private", "--home-name", "single")
        holder = self.start_sleeper(
            "holder", *options, command=("sh", "-c", "echo synced >~/synced; sync; echo ok;"
                                         "while :; do date >>~/log; done"))
        self.assertEqual(holder.stdout.readline(), b"ok\n")
        for arguments in (("exec", "-q", *options, "--", "true"),
                          ("exec", "-q", "--home", "template", "--home-name", "single", "--", "true"),
                          ("home", "snapshot", "single"), ("home", "delete", "single"),
                          ("home", "cat", "single", "synced")):
            with self.subTest(arguments):
                status, out, err = self.glovebox(*arguments)
                self.assertEqual((status, out), (125, b""))
                self.assert_sentence(err, "“single”", "“holder”")
        listed = json.loads(self.home("list", "--json"))["homes"]
        self.assertEqual([home["user"] for home in listed if home["name"] == "single"], ["holder"])
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        status, out, err = self.script("single", "cat ~/synced; rm ~/log; echo again >~/again")
        self.assertEqual((status, out), (0, b"synced\n"), err.decode())
        self.assertEqual(self.home("cat", "single", "again"), "again\n")
        self.assert_clean("single")

    def test_damaged(self):
        """what was written before a stop is there; errors are repaired in the guest, or refused"""
        process = self.start_sleeper("stopped", "--home", "private", "--home-name", "broken",
                                     command=("sh", "-c", "echo good >~/note; echo ok; sleep 1000"))
        self.assertEqual(process.stdout.readline(), b"ok\n")
        self.glovebox("stop", "stopped")
        self.finish(process)
        self.assertEqual(self.home("cat", "broken", "note"), "good\n")
        self.assert_clean("broken")
        # Free blocks that are counted wrongly, and the flag that the kernel would set.
        self.debugfs("broken", "set_super_value free_blocks_count 5", "set_super_value state 2")
        status, out, err = self.script("broken", "cat ~/note")
        self.assertEqual((status, out), (0, b"good\n"), err.decode())
        self.assert_clean("broken")
        with self.image("broken").open("r+b") as image:
            image.seek(4096)
            image.write(os.urandom(8192))
            # The copies of the group descriptors too.
            for group in (1, 3, 5, 7, 9, 25, 27, 49):
                image.seek(group * 32768 * 4096)
                image.write(os.urandom(16384))
        self.assert_refused("exec", "-q", "--home", "private", "--home-name", "broken", "--",
                            "true", words=["damaged", "glovebox home"])
        self.home("reset", "broken")
        # Neither of these boots.
        os.truncate(self.image("broken"), 1000)
        self.assert_refused("exec", "-q", "--home", "private", "--home-name", "broken", "--",
                            "true", words=["“broken”", "reset"])
        self.image("broken").unlink()
        self.image("broken").symlink_to("/etc/passwd")
        self.assert_refused("exec", "-q", "--home", "template", "--home-name", "broken", "--",
                            "true", words=["“broken”"])

    def test_bad_input(self):
        """options and names that cannot be"""
        for arguments in (("--home", "kept"), ("--home-name", "../x"), ("--home-name", ""),
                          ("--home-size", "1M"), ("--home-size", "-1")):
            with self.subTest(arguments):
                self.assert_refused("exec", *arguments, "--", "true", words=[arguments[0]])
        with self.subTest("an unwritable data folder"):
            environment = {**self.environment, "XDG_DATA_HOME": "/proc/x"}
            self.assert_refused("exec", "-q", "--home", "private", "--", "true", env=environment,
                                words=["/proc/x"])
        for arguments in ((), ("nothing",), ("list", "x"), ("size",), ("size", "../x"),
                          ("delete", "nowhere"), ("restore", "nowhere"), ("cat", "nowhere", "x"),
                          ("export", "nowhere", "x"), ("import", "new", "/nonexistent"),
                          ("--json", "delete", "x")):
            with self.subTest(arguments):
                self.assert_refused("home", *arguments)
        xml = self.output("--home", "private", "--home-name", "never", "--print-xml", "--", "true")
        self.assertRegex(xml.decode(), re.escape(str(pathlib.Path("homes/never/disk.img"))))
        self.assertFalse(self.image("never").parent.exists())


if __name__ == "__main__":
    tap.main()
