#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Input and output of any size, at a bounded memory."""

import hashlib
import os
import subprocess
import threading

from common import SandboxTest, tap

MEGABYTE = 1 << 20


def resident(pid):
    """Bytes of memory that a process has in use."""
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        for line in status:
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) * 1024
    return 0


class Streams(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def test_large_input(self):
        """50 MB on stdin have the same digest in the sandbox"""
        data = os.urandom(50_000_000)
        out = self.output("--", "sha256sum", data=data)
        self.assertEqual(out.split()[0].decode(), hashlib.sha256(data).hexdigest())

    def test_lines(self):
        """seq 1000000 | glovebox exec -- wc -l"""
        data = "".join(f"{n}\n" for n in range(1, 1_000_001)).encode()
        self.assertEqual(self.output("--", "wc", "-l", data=data).strip(), b"1000000")

    def test_large_output(self):
        """50 MB on stdout and 20 MB on stderr arrive whole and apart"""
        status, out, err = self.execute(
            "--", "sh", "-c",
            "(yes error | head -c 20000000 >&2) & yes output | head -c 50000000; wait; exit 3")
        self.assertEqual((status, len(out), len(err)), (3, 50_000_000, 20_000_000))
        self.assertEqual(set(out.split(b"\n")[:-1]), {b"output"})
        self.assertEqual(set(err.split(b"\n")[:-1]), {b"error"})

    def test_closed_streams(self):
        """a closed stdin is an empty one; writing to a closed stdout is an error"""
        process = self.start("exec", "--quiet", "--", "sh", "-c", "cat; echo out; echo err >&2; exit 4",
                             preexec_fn=lambda: os.close(0))
        self.assertEqual(self.finish(process), (4, b"out\n", b"err\n"))
        process = self.start("exec", "--quiet", "--", "echo", "out", preexec_fn=lambda: os.close(1))
        status, out, err = self.finish(process)
        self.assertEqual((status, out), (125, b""))
        self.assert_sentence(err, "standard output")

    def test_binary(self):
        """every byte passes both ways"""
        data = bytes(range(256)) * 1000
        self.assertEqual(self.output("--", "cat", data=data), data)

    def test_end_of_input(self):
        """the end of stdin is passed on, an empty one at once"""
        self.assertEqual(self.output("--", "wc", "-c", data=b"").strip(), b"0")

    def test_unread_input(self):
        """a command that reads little of a lot of input still ends"""
        out = self.output("--", "head", "-c", "5", data=b"12345" * 4_000_000)
        self.assertEqual(out, b"12345")

    def test_closed_output(self):
        """as in “| head -n 1”, a reader that exits breaks the pipe, and nothing else"""
        share = self.folder / "share"
        share.mkdir()
        # One that ignores SIGPIPE, one whose shell goes on, and one that just dies.
        process = self.start(
            "exec", "--quiet", "--share", f"{share}:/s:rw", "--", "sh", "-c",
            "python3 -c 'while True: print(\"y\")' 2>/dev/null; echo $? >/s/python;"
            "seq 100000000; echo $? >/s/seq; exec yes")
        self.assertEqual(process.stdout.readline(), b"y\n")
        process.stdout.close()
        process.stdout = None
        self.assertEqual(self.finish(process)[::2], (141, b""))
        self.assertIn((share / "python").read_text(), ("1\n", "120\n"))
        self.assertEqual((share / "seq").read_text(), "141\n")

    def test_full_disk(self):
        """output that cannot be written is a failure of Glovebox, with a message"""
        with open("/dev/full", "wb") as full:
            status, _, err = self.execute("--", "sh", "-c", "echo lost; exit 3", stdout=full)
        self.assertEqual(status, 125)
        self.assert_sentence(err, "standard output", "space")

    def test_bounded_memory(self):
        """a slow reader does not make its memory grow, and gets the whole output"""
        process = self.start("exec", "--quiet", "--", "head", "-c", "300000000", "/dev/zero")
        process.stdout.read(1)
        threading.Event().wait(5)
        self.assertLess(resident(process.pid), 150 * MEGABYTE)
        count = 1
        while chunk := process.stdout.read(MEGABYTE):
            count += len(chunk)
        self.assertEqual(count, 300_000_000)
        self.assertEqual(self.finish(process)[0], 0)

    def test_slow_input(self):
        """what is typed arrives before stdin ends"""
        process = self.start("exec", "--quiet", "--", "sh", "-c", "read line; echo \"got $line\"; cat",
                             stdin=subprocess.PIPE)
        process.stdin.write(b"one\n")
        process.stdin.flush()
        self.assertEqual(process.stdout.readline(), b"got one\n")
        self.assertEqual(self.finish(process, b"rest")[:2], (0, b"rest"))

    def test_background_child(self):
        """a child that keeps stdout open, or writes without end, does not keep the sandbox"""
        status, out, _ = self.execute(
            "--", "sh", "-c", "sleep 1000 & yes error >&2 & sleep 1; echo done")
        self.assertEqual((status, out), (0, b"done\n"))


if __name__ == "__main__":
    tap.main()
