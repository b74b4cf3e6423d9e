#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox-service, which runs a service in a guest: here without one."""

import os
import pathlib
import select
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "harness"))

import tap  # noqa: E402

PROGRAM = os.environ["GLOVEBOX_SERVICE_PROGRAM"]
PATIENCE = 60
# A main process that ends when it is asked to.
SLEEP = ["command=start::/bin/sleep", "arg=1000"]
NOTIFY = ("import os, socket, sys, time; s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM);"
          " s.connect(os.environ['NOTIFY_SOCKET']); tell = lambda t: s.send(t.encode());")


class Program(unittest.TestCase):
    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp())
        self.log = (self.folder / "log").open("w+b")
        self.process = None
        self.buffer = b""

    def tearDown(self):
        if self.process and self.process.poll() is None:
            self.process.kill()
        if self.process:
            self.process.wait()
            self.process.stdin.close()
            self.process.stdout.close()
        self.log.close()
        subprocess.run(["rm", "-rf", self.folder], check=True)

    def start(self, *items, kind="simple"):
        self.process = subprocess.Popen([PROGRAM], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=self.log, bufsize=0)
        text = "".join(f"{item}\0" for item in [f"type={kind}", "env=PATH=/usr/bin:/bin",
                                                f"env=D={self.folder}", *items])
        self.process.stdin.write(text.encode() + b"\0")

    def line(self):
        deadline = time.monotonic() + PATIENCE
        while b"\n" not in self.buffer:
            self.assertTrue(select.select([self.process.stdout], [], [], deadline - time.monotonic())[0],
                            self.words())
            piece = os.read(self.process.stdout.fileno(), 4096)
            if not piece:
                return None
            self.buffer += piece
        line, self.buffer = self.buffer.split(b"\n", 1)
        return line.decode()

    def words(self):
        return (self.folder / "log").read_text()

    def until(self, word):
        seen = []
        while True:
            line = self.line()
            seen.append(line)
            self.assertIsNotNone(line, f"{seen} {self.words()}")
            if line.split()[0] == word:
                return line

    def stop(self):
        self.process.stdin.write(b"s")
        self.until("stopped")
        self.assertEqual(self.process.wait(PATIENCE), 0)

    def test_simple(self):
        """a simple service is ready at once, and is stopped by its signal"""
        self.start("command=start::/bin/sh", "arg=-c",
                   'arg=trap "echo bye; exit 0" TERM; touch $$D/up; while :; do sleep 0.05; done')
        pid = int(self.until("ready").split()[1])
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / "up").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.stop()
        self.assertIn("bye", self.words())
        self.assertFalse(pathlib.Path(f"/proc/{pid}").exists())

    def test_variables(self):
        """variables of a command are replaced as systemd does"""
        self.start("env=A=b  c", "env=Q='d e' f", "command=pre::/usr/bin/printf", "arg=<%s>", "arg=$A",
                   "arg=${A}", "arg=x${A}y", "arg=$Q", "arg=$$A", "arg=$NONE", "arg=${NONE}",
                   "command=pre:l:/usr/bin/printf", "arg=[%s]", "arg=$A", *SLEEP)
        self.until("ready")
        self.assertIn("<b><c><b  c><xb  cy><d e><f><$A><>[$A]", self.words())
        self.stop()

    def test_notify(self):
        """a service that notifies is ready when it says so; its watchdog is watched"""
        self.start("command=start::/usr/bin/python3", "arg=-c",
                   "arg=" + NOTIFY + "tell('STATUS=all\\nREADY=1'); tell('WATCHDOG=1'); time.sleep(999)",
                   "watchdog-ms=1500", kind="notify")
        self.assertEqual(self.until("status"), "status all")
        self.until("ready")
        self.assertEqual(self.until("failed").split()[1], "watchdog")
        self.assertEqual(self.process.wait(PATIENCE), 1)

    def test_never_ready(self):
        """a service that ends before it is ready, or does not tell in time, has failed"""
        self.start("command=start::/bin/true", kind="notify")
        self.assertEqual(self.until("failed"), "failed protocol status 0")
        self.process.wait(PATIENCE)
        self.start(*SLEEP, "start-ms=200", kind="notify")
        self.assertEqual(self.until("failed").split()[1], "timeout")

    def test_stranger(self):
        """a process that is not the main one cannot speak for it"""
        self.start("command=start::/bin/sh", "arg=-c",
                   "arg=python3 -c \"" + NOTIFY + "tell('READY=1')\"; exec sleep 1000", "start-ms=1500",
                   kind="notify")
        self.assertEqual(self.until("failed").split()[1], "timeout")

    def test_forking(self):
        """of a service in the background the main process is found, and all of them are ended"""
        self.start("command=start::/bin/sh", "arg=-c",
                   "arg=(sleep 1000 & sleep 1001 & echo $$! >${D}/pid) & wait",
                   f"pid-file={self.folder}/pid", kind="forking")
        main = int(self.until("ready").split()[1])
        self.assertEqual(int((self.folder / "pid").read_text()), main)
        os.kill(main, signal.SIGTERM)
        self.assertEqual(self.until("ended"), "ended success SIGTERM")
        self.assertEqual(self.process.wait(PATIENCE), 0)

    def test_restart(self):
        """a service that dies is started again, until it has died too often"""
        self.start("command=start::/bin/sh", "arg=-c", "arg=kill -9 $$$$", "restart=on-abnormal",
                   "restart-ms=10", "burst=3", "burst-ms=100000")
        self.assertEqual(self.until("restarting"), "restarting signal SIGKILL")
        self.assertEqual(self.until("restarting"), "restarting signal SIGKILL")
        self.assertEqual(self.until("failed"), "failed start-limit-hit SIGKILL")

    def test_statuses(self):
        """statuses that the unit names decide"""
        self.start("command=start::/bin/sh", "arg=-c", "arg=exit 3", "restart=on-failure", "success=s3")
        self.assertEqual(self.until("ended"), "ended success status 3")
        self.process.wait(PATIENCE)
        self.start("command=start::/bin/sh", "arg=-c", "arg=exit 4", "restart=always", "prevent=s4")
        self.assertEqual(self.until("failed"), "failed exit-code status 4")

    def test_commands(self):
        """the commands come in their order, and what they may fail; a reload has the main process"""
        def say(kind, text, flags=""):
            return [f"command={kind}:{flags}:/bin/sh", "arg=-c", f"arg={text}"]
        self.start(*say("condition", "echo 1"), *say("pre", "echo 2; exit 1", "-"), *SLEEP,
                   *say("post", "echo 3"), *say("reload", "echo reload $$MAINPID"),
                   *say("stop", "echo 4"), *say("stop-post", "echo 5 $$SERVICE_RESULT"))
        main = self.until("ready").split()[1]
        self.process.stdin.write(b"r")
        self.until("reloaded")
        self.stop()
        self.assertEqual(self.words().split("\n")[:-1],
                         ["1", "2", "3", f"reload {main}", "4", "5 success"])

    def test_condition(self):
        """a condition that does not hold is no reason to start it again"""
        self.start("command=condition::/bin/false", *SLEEP, "restart=always")
        self.assertEqual(self.until("failed").split()[1], "exec-condition")

    def test_stubborn(self):
        """what does not end is killed, whatever it has become"""
        self.start("command=start::/bin/sh", "arg=-c",
                   "arg=trap '' TERM; setsid sh -c 'trap \"\" TERM; touch ${D}/up; sleep 1000; sleep 1000' & while :; do sleep 1; done",
                   "stop-ms=200")
        self.until("ready")
        deadline = time.monotonic() + PATIENCE
        while not (self.folder / "up").exists():
            self.assertLess(time.monotonic(), deadline)
            time.sleep(0.01)
        self.stop()

    def test_once(self):
        """a service that does one thing after the other ends; one that remains does not"""
        steps = ["command=start::/bin/sh", "arg=-c", "arg=echo one", "command=start::/bin/sh", "arg=-c",
                 "arg=echo two"]
        self.start(*steps, kind="oneshot")
        self.assertEqual(self.until("ended").split()[1], "success")
        self.assertEqual(self.words(), "one\ntwo\n")
        self.process.wait(PATIENCE)
        self.start(*steps, "remains=1", kind="oneshot")
        self.until("ready")
        self.stop()

    def test_end(self):
        """when the host has gone, the service stops"""
        self.start(*SLEEP)
        self.until("ready")
        self.process.stdin.close()
        self.until("stopped")

    def test_nonsense(self):
        """a description that is wrong is refused"""
        for item in ("no value", "unknown=1", "arg=x", "command=start:/bin/x", "limit=a", "type=x"):
            process = subprocess.run([PROGRAM], input=f"{item}\0\0".encode(), capture_output=True,
                                     timeout=PATIENCE, check=False)
            self.assertEqual(process.returncode, 1, item)
            self.assertIn(b"cannot be read", process.stderr)


if __name__ == "__main__":
    tap.main()
