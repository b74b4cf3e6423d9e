#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A guest that somebody else owns, init and kernel: what the host makes of it."""

import os
import pathlib
import shutil
import socket
import tempfile
import threading

from common import SECRET, SandboxTest, account, only, tap, wait_until

MARK = b"hostile-mode="


class Hostile(SandboxTest):
    def setUp(self):
        super().setUp()
        self.programs = self.folder / "programs"
        self.programs.mkdir()

    def tearDown(self):
        super().tearDown()
        self.assert_nothing_left()

    def hostile(self, mode):
        """An environment in which the guest's init is the hostile one, in that mode."""
        program = bytearray(pathlib.Path(os.environ["GLOVEBOX_TEST_HOSTILE_INIT"]).read_bytes())
        at = program.index(MARK) + len(MARK)
        word = mode.encode() + b"\0"
        program[at:at + len(word)] = word
        path = self.programs / "glovebox-init"
        path.write_bytes(program)
        path.chmod(0o755)
        cache = self.folder / "cache"
        # An initrd of its own, but not a kernel unpacked once more.
        (cache / "glovebox").mkdir(parents=True, mode=0o700)
        for entry in (self.cache / "glovebox").iterdir():
            if entry.is_file() and not entry.name.startswith("initrd"):
                shutil.copy2(entry, cache / "glovebox")
        return {**self.environment, "XDG_CACHE_HOME": str(cache),
                "GLOVEBOX_PROGRAM_PATH": f"{self.programs}:{self.environment['GLOVEBOX_PROGRAM_PATH']}"}

    def refuse(self, mode, *options, patience=60):
        status, out, err = self.execute(*options, "--", "true", env=self.hostile(mode),
                                        patience=patience)
        self.assertEqual((status, out), (125, b""), err.decode(errors="replace")[-2000:])
        self.assert_sentence(err)

    def test_silent(self):
        """a guest that never says hello is given up"""
        # As long as the slowest guest may take.
        self.refuse("silent", patience=150)

    def test_panic(self):
        """a guest whose kernel panics"""
        self.refuse("panic", patience=150)

    def test_dies(self):
        """a guest that resets itself after its hello"""
        self.refuse("die")

    def test_garbage(self):
        """a guest that sends noise"""
        self.refuse("garbage")

    def test_long_field(self):
        """a guest that announces a field of four gigabytes"""
        self.refuse("long")

    def test_unknown_message(self):
        """a guest that sends a message that does not exist"""
        self.refuse("unknown")

    def test_unknown_process(self):
        """a guest that sends output of a process that does not exist"""
        self.refuse("process")

    def test_process_not_started(self):
        """a guest that reports the ends of commands that nobody has started"""
        self.refuse("exits")

    def test_closed_channel(self):
        """a guest that sends on a channel that is not open"""
        self.refuse("channel")

    def test_asks_for_ever(self):
        """a guest that asks for channels without end, and reads no answer"""
        self.refuse("ask", patience=120)

    def test_reason(self):
        """the reason of a failed set-up is the guest's EXIT text, without control characters"""
        status, out, err = self.execute("--", "true", env=self.hostile("reason"), patience=60)
        self.assertEqual((status, out), (125, b""), err.decode(errors="replace"))
        self.assert_sentence(err)
        self.assertIn("the reason", err.decode())
        self.assertNotIn("what the log says", err.decode())
        self.assertFalse(any(mark in err for mark in (b"\033", b"\a", b"\xff", "\u202e".encode())))

    def test_good_bye_for_ever(self):
        """a guest that repeats its good-bye is ended"""
        status, out, err = self.execute("--", "true", env=self.hostile("bye"), patience=30)
        self.assertEqual((status, out), (0, b""), err.decode(errors="replace"))

    def test_addresses_of_the_host(self):
        """root in the guest reaches no address of the host's own, by whatever frames"""
        own = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        own.connect(("192.0.2.1", 9))  # sends nothing, but tells the way
        receiver = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        receiver.bind(("0.0.0.0", 0))
        receiver.setblocking(False)
        status, out, err = self.execute(
            "--network", "user", "--", "attack", str(receiver.getsockname()[1]), "127.0.0.1",
            "127.0.0.53", "0.0.0.0", own.getsockname()[0], env=self.hostile("network"), patience=60)
        self.assertEqual((status, out), (0, b"answered\ndone\n"), err.decode(errors="replace"))
        with self.assertRaises(BlockingIOError):
            self.fail(f"received {receiver.recvfrom(100)}")
        own.close()
        receiver.close()

    def test_without_credit(self):
        """a guest that sends more output than it has credit for"""
        # Nobody reads, so no credit comes back after the first; nor may the
        # reader's leisure keep such a guest alive.
        told = self.folder / "told"
        with told.open("wb") as stream:
            process = self.start("exec", "--verbose", "--", "true", env=self.hostile("credit"),
                                 stderr=stream)
        wait_until(lambda: "Cleaning up" in told.read_text(), 60, "nobody minds")
        wait_until(lambda: not self.emulators(), 20, "the emulator still runs")
        self.assertEqual(self.finish(process)[0], 125)
        self.assertIn("credit", told.read_text().splitlines()[-1])

    def test_flood(self):
        """a guest that floods the log uses no memory of the host, and can be stopped"""
        process = self.start("exec", "--name", "flood", "--", "true", env=self.hostile("flood"))
        threading.Event().wait(15)
        self.assertIsNone(process.poll())
        status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
        resident = next(int(line.split()[1]) for line in status.splitlines()
                        if line.startswith("VmRSS:"))
        self.assertLess(resident, 150_000)
        self.assertEqual(self.glovebox("stop", "flood", patience=60)[0], 0)
        self.assertNotEqual(self.finish(process, patience=60)[0], 0)

    def test_control_characters(self):
        """what a guest says reaches the terminal without control characters"""
        _, _, err = self.execute("--verbose", "--", "true", env=self.hostile("title"), patience=60)
        self.assertIn(b"red", err)
        for byte in (b"\033", b"\a", b"\xff", b"\xfe"):
            self.assertNotIn(byte, err)
        err.decode()

    @only("qemu", "it asks the emulator for what is shared; a container has only mounts")
    def test_root_of_the_guest(self):
        """root in the guest cannot write to read-only exports, nor find the home"""
        planted = pathlib.Path(tempfile.mkdtemp(prefix="gbx-secret-", dir=account().pw_dir))
        (planted / SECRET).write_text(SECRET)
        share = self.folder / "share"
        share.mkdir()
        (share / "note").write_text("note\n")
        alone = self.folder / "alone"
        alone.mkdir()
        (alone / "file").write_text("file\n")
        (alone / SECRET).write_text(SECRET)
        try:
            status, out, err = self.execute(
                "--share", f"{share}:/s", "--share", f"{alone}/file:/f/file", "--", "true",
                env=self.hostile("attack"), patience=110)
        finally:
            shutil.rmtree(planted)
        self.assertEqual(status, 0, err.decode(errors="replace"))
        lines = out.decode().splitlines()
        self.assertRegex(lines[0], r"^mounts: ([4-9]|\d\d)$")
        self.assertEqual(lines[1:], ["done"])
        self.assertEqual((share / "note").read_text(), "note\n")
        self.assertEqual(os.listdir(share), ["note"])

    @only("qemu", "it asks the emulator for what is shared; a container has only mounts")
    def test_root_of_the_guest_writes(self):
        """the same attack succeeds on a writable share, so it is a real one"""
        share = self.folder / "share"
        share.mkdir()
        (share / "note").write_text("note\n")
        # The attack is one on 9p, so the emulator has to serve the folder.
        status, out, err = self.execute("--share", f"{share}:/s:rw", "--", "true",
                                        env={**self.hostile("attack"), "GLOVEBOX_VIRTIOFSD": ""},
                                        patience=110)
        self.assertEqual(status, 0, err.decode(errors="replace"))
        wrote = [line for line in out.decode().splitlines() if line.startswith("wrote:")]
        self.assertTrue(wrote, out)
        self.assertEqual([line for line in wrote if "/s/" not in line], [])


if __name__ == "__main__":
    tap.main()
