#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What only containers have: the host's kernel, IDs of their own, and the system's libvirt."""

import os
import pathlib
import re
import shutil
import socket
import subprocess
import tempfile
import time

from common import SandboxTest, account, tap

EMPTY = "/nonexistent"


def daemon_at(path):
    return {"GLOVEBOX_LXC_URI": f"lxc+unix:///system?socket={path}"}


class Containers(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def measure(self):
        """Seconds of a launch; the first one fills caches."""
        self.execute("--", "true")
        begin = time.monotonic()
        self.execute("--", "true")
        return min(time.monotonic() - begin, 3)

    def test_warning(self):
        """a container says that it shares the kernel, and --strict refuses it"""
        status, _, err = self.glovebox("exec", "--", "true")
        self.assertEqual(status, 0)
        self.assert_sentence(err, "warning", "container", "kernel", notices=False)
        self.assert_refused("exec", "--strict", "--", "true", words=["container", "kernel"])

    def test_ids(self):
        """root in a container is nobody on the host; the user is the same in both"""
        me = account()
        process = self.start_sleeper("ids")
        uids = set()
        for entry in pathlib.Path("/proc").iterdir():
            try:
                if entry.name.isdigit() and b"gbx-init" in (entry / "cmdline").read_bytes():
                    uids.add((entry / "comm").read_text().strip() and entry.stat().st_uid)
            except OSError:
                continue
        process.terminate()
        self.finish(process)
        # Other accounts' containers are here too.
        self.assertNotIn(0, uids)
        lines = self.output("--", "cat", "/proc/self/uid_map").decode().split("\n")
        rows = [tuple(map(int, line.split())) for line in lines if line]
        self.assertIn((me.pw_uid, me.pw_uid, 1), rows)
        self.assertEqual([outside for inside, outside, _ in rows if outside < 65536], [me.pw_uid])

    def test_hidden(self):
        """neither the host's processes nor its control groups, mounts or descriptors are seen"""
        out = self.output("--", "sh", "-c", "ls /gbx-exports /.oldroot /sys/fs/cgroup 2>/dev/null | wc -l;"
                                            "ls /proc | grep -c '^[0-9]'; ls /proc/self/fd | wc -l;"
                                            "grep -c libvirt /proc/net/unix || true").decode().split()
        self.assertEqual(out[0], "0")
        self.assertLess(int(out[1]), 10)
        self.assertLess(int(out[2]), 6)
        self.assertEqual(out[3], "0")

    def test_auto(self):
        """--backend auto takes a virtual machine, and a container where there is no QEMU"""
        xml = ["exec", "--backend", "auto", "--print-xml", "--", "true"]
        self.assertIn(b"<emulator>", self.glovebox(*xml)[1])
        place = os.path.realpath(shutil.which("qemu-system-" + os.uname().machine))
        wrapper = self.folder / "without"
        wrapper.write_text("#!/bin/sh\nexec unshare --map-current-user --mount --keep-caps sh -c '"
                           f'mount --bind /dev/null {place} && exec {os.environ["GLOVEBOX"]} "$@"\' sh "$@"\n')
        wrapper.chmod(0o755)
        status, out, err = self.glovebox(*xml, executable=str(wrapper))
        self.assertEqual(status, 0, err.decode())
        self.assertIn(b'type="lxc"', out)
        # Nothing is weakened silently.
        status, _, err = self.glovebox("exec", "--backend", "auto", "--strict", "--", "true",
                                       executable=str(wrapper))
        self.assertEqual(status, 125)
        self.assert_sentence(err, "container", "kernel")

    def test_list_pause(self):
        """list says lxc; pause stops the processes of a container, and resume lets them go on"""
        process = self.start_sleeper("ticks", command=(
            "sh", "-c", "while :; do echo tick; sleep 0.05; done"))
        line = next(line for line in self.glovebox("list")[1].decode().splitlines()
                    if line.startswith("ticks "))
        self.assertIn(" lxc ", line)
        self.assertEqual(process.stdout.readline(), b"tick\n")
        self.assertEqual(self.glovebox("pause", "ticks"), (0, b"", b""))
        self.assertIn("paused", self.glovebox("list")[1].decode())
        self.assertEqual(self.virsh("domstate", *self.domains()), ["paused"])
        self.assertEqual(self.glovebox("resume", "ticks"), (0, b"", b""))
        self.assertEqual(self.virsh("domstate", *self.domains()), ["running"])
        for _ in range(100):
            self.assertEqual(process.stdout.readline(), b"tick\n")
        self.assertEqual(self.glovebox("pause", "ticks")[0], 0)
        self.assertEqual(self.glovebox("stop", "ticks")[0], 0)
        self.finish(process)

    def test_cancelled_anywhere(self):
        """SIGTERM at any time of a launch ends it, and cleans up"""
        whole = self.measure()
        for part in range(8):
            process = self.start("exec", "--name", "cancelled", "--", "sleep", "1000")
            time.sleep(whole * part / 6)
            process.terminate()
            self.assertNotEqual(self.finish(process, patience=60)[0], 0)
            self.assert_nothing_left()

    def test_killed_anywhere(self):
        """nor does anything outlive a SIGKILL of the command at any time"""
        whole = self.measure()
        for part in range(5):
            process = self.start("exec", "--name", "killed", "--", "sleep", "1000")
            time.sleep(whole * part / 4)
            process.kill()
            process.wait()
            # Before there is a janitor a folder stays, which the next launch removes.
            self.assert_nothing_left(seconds=60, folders=False)
        self.assertEqual(self.execute("--", "true")[0], 0)

    def test_names(self):
        """the same name in two runtime folders is two containers"""
        other = self.folder / "run"
        other.mkdir(mode=0o700)
        process = self.start_sleeper("same")
        status, out, err = self.execute("--name", "same", "--", "echo", "other",
                                        env={**self.environment, "XDG_RUNTIME_DIR": str(other)})
        self.assertEqual((status, out), (0, b"other\n"), err.decode())
        process.terminate()
        self.finish(process)


class NoContainers(SandboxTest):
    """A host, or an account, that lacks something that containers need."""

    def refuse(self, environment, *words, options=()):
        self.assert_refused("exec", *options, "--", "true", words=words,
                            env={**self.environment, **environment})

    def test_no_daemon(self):
        """no system daemon of libvirt"""
        self.refuse(daemon_at(EMPTY), "does not run", "apt-get install", "libvirt-daemon-driver-lxc")

    def test_no_group(self):
        """an account that may not use the daemon"""
        path = self.folder / "s"
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            path.chmod(0)
            listener.listen()
            # Which of the two sentences depends on the account that tests.
            self.refuse(daemon_at(path), "group", "log", "in again")

    def test_no_driver(self):
        """a daemon without a driver for containers"""
        subprocess.run(["virsh", "-q", "-c", "qemu:///session", "uri"], env=self.environment,
                       stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=True)
        self.refuse(daemon_at(self.runtime / "libvirt" / "libvirt-sock"), "no driver for containers",
                    "apt-get install libvirt-daemon-driver-lxc")

    def test_no_ids(self):
        """an account without subordinate IDs"""
        self.refuse({"GLOVEBOX_SUBORDINATE_IDS": EMPTY}, "subordinate", "usermod --add-subuids")

    def test_no_display_server(self):
        """windows without Xtigervnc; a command needs none"""
        self.assert_refused("run", "--print-xml", "--", "xterm", words=["Xtigervnc", "apt-get install"],
                            env={**self.environment, "GLOVEBOX_XTIGERVNC": EMPTY})
        self.assertEqual(self.execute("--", "true", env={**self.environment,
                                                         "GLOVEBOX_XTIGERVNC": EMPTY})[0], 0)

    def test_kept_home(self):
        """a kept home, which is a disk"""
        self.refuse({"XDG_DATA_HOME": str(self.folder)}, "kept home", "virtual machine",
                    options=["--home", "private", "--home-name", "kept"])
        self.assertEqual(list(self.folder.iterdir()), [])

    def test_closed_folder(self):
        """a share in a folder that root in the container may not enter"""
        others = [group for group in os.getgroups() if group != os.getegid()]
        if not others:
            self.skipTest("this account has one group only")
        closed = self.folder / "closed"
        inner = closed / "inner"
        inner.mkdir(parents=True)
        os.chown(closed, -1, others[0])
        closed.chmod(0o770)
        self.refuse({}, "container", "may not enter", str(closed), "chmod o+x",
                    options=["--share", f"{inner}:/mnt"])
        closed.chmod(0o771)
        self.assertEqual(self.execute("--share", f"{inner}:/mnt", "--", "true")[0], 0)

    def test_doctor(self):
        """the doctor starts a container, and tells what one lacks without calling it a problem"""
        for environment, words in (
            ({}, "A container was started"),
            (daemon_at(EMPTY), "there are no containers here"),
            ({"GLOVEBOX_SUBORDINATE_IDS": EMPTY}, "usermod --add-subuids"),
            ({"GLOVEBOX_XTIGERVNC": EMPTY}, "Xtigervnc"),
        ):
            with self.subTest(words):
                # Without a kernel it does not try a virtual machine, which takes long.
                out = self.glovebox("doctor", env={**self.environment, **environment,
                                                   "GLOVEBOX_KERNEL": EMPTY})[1].decode()
                self.assertIn(words, re.sub(r"\s+", " ", out))
        self.assert_nothing_left()


class Places(SandboxTest):
    """Containers where the runtime folder is, as usual, on a tmpfs."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tmpfs = pathlib.Path(tempfile.mkdtemp(prefix="gbx-", dir="/dev/shm"))
        cls.runtime = cls.tmpfs / "run"
        cls.runtime.mkdir(mode=0o700)
        cls.environment["XDG_RUNTIME_DIR"] = str(cls.runtime)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.tmpfs, ignore_errors=True)
        super().tearDownClass()

    def test_read_only(self):
        """what is read-only is so with the flags of any file system below; a file too"""
        folder = self.folder / "share"
        folder.mkdir()
        written = self.folder / "written"
        written.mkdir()
        (folder / "file").write_text("before\n")
        out = self.output(
            "--share", f"{folder}:/mnt/ro", "--share", f"{folder / 'file'}:/mnt/file",
            "--share", f"{written}:/mnt/rw:rw", "--", "sh", "-c",
            "for f in /new /usr/new /mnt/ro/new /etc/passwd /mnt/file; do"
            "  (echo no >>$f) 2>/dev/null && echo $f; done; echo yes >/mnt/rw/new; cat /mnt/file")
        self.assertEqual(out, b"before\n")
        self.assertEqual((written / "new").read_text(), "yes\n")
        self.assertEqual((folder / "file").read_text(), "before\n")
        self.assertEqual((written / "new").stat().st_uid, os.getuid())
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
