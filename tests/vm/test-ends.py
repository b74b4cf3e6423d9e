#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""However a sandbox ends, and whoever is killed, nothing stays behind."""

import os
import signal
import subprocess
import time

from common import SandboxTest, only, tap, wait_until


# libvirt asks the processes of a container to end before it kills them.
STUBBORN = ("sh", "-c", "trap '' TERM; while :; do sleep 0.1; done")


class Ends(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def test_signals_are_forwarded(self):
        """SIGINT, SIGTERM and SIGHUP reach the command"""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            with self.subTest(number.name):
                # No shell between: one that waits for its child would swallow it.
                process = self.start_sleeper("forward")
                process.send_signal(number)
                status, _, err = self.finish(process)
                self.assertEqual(status, 128 + number, err.decode())

    def test_handled_signal(self):
        """a command that handles the signal decides how it ends"""
        process = self.start_sleeper("handler", command=(
            "sh", "-c", "trap 'echo caught; exit 5' TERM; echo set; while :; do sleep 0.1; done"))
        self.assertEqual(process.stdout.readline(), b"set\n")
        process.terminate()
        self.assertEqual(self.finish(process)[:2], (5, b"caught\n"))

    def test_many_interrupts(self):
        """any number of SIGINT is for the command; a second SIGTERM ends one that ignores both"""
        process = self.start_sleeper("stubborn", command=(
            "sh", "-c", "trap 'echo caught' INT; trap '' TERM; echo set; while :; do sleep 0.1; done"))
        self.assertEqual(process.stdout.readline(), b"set\n")
        for _ in range(5):
            process.send_signal(signal.SIGINT)
            self.assertEqual(process.stdout.readline(), b"caught\n")
        process.terminate()
        time.sleep(0.5)
        self.assertIsNone(process.poll())
        begin = time.monotonic()
        process.terminate()
        self.assertNotEqual(self.finish(process, patience=30)[0], 0)
        self.assertLess(time.monotonic() - begin, 4)

    def test_ignored_signals(self):
        """what was ignored when it was started, as by nohup, stays ignored"""
        def ignore():
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
            signal.signal(signal.SIGINT, signal.SIG_IGN)

        process = self.start_sleeper("nohup", command=("cat",), preexec_fn=ignore,
                                     stdin=subprocess.PIPE)
        process.send_signal(signal.SIGHUP)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        self.assertEqual(self.finish(process, b"still here\n")[:2], (0, b"still here\n"))

    def test_interrupted_launch(self):
        """SIGTERM while it boots ends it soon, and cleans up"""
        for delay in (0.05, 0.5, 1.5):
            with self.subTest(delay):
                process = self.start("exec", "--", "sleep", "1000")
                time.sleep(delay)
                before = time.monotonic()
                process.terminate()
                status = self.finish(process, patience=60)[0]
                self.assertNotEqual(status, 0)
                self.assertLess(time.monotonic() - before, 30)
                self.assert_nothing_left()

    def test_killed_front_end(self):
        """after SIGKILL of the command the emulator ends too"""
        process = self.start_sleeper("killed")
        self.assertNotEqual(self.emulators(), [])
        process.kill()
        process.wait()
        self.assert_nothing_left()

    def test_killed_while_booting(self):
        """the same before the guest is up"""
        process = self.start("exec", "--name", "early", "--", "sleep", "1000")
        wait_until(self.emulators, 60, "no emulator was started")
        process.kill()
        process.wait()
        self.assert_nothing_left()

    def test_killed_janitor(self):
        """after SIGKILL of the janitor and then of the command the next launch cleans up"""
        process = self.start_sleeper("unwatched")
        for pid, command in self.our_processes().items():
            if "glovebox-janitor" in command:
                os.kill(pid, signal.SIGKILL)
        process.kill()
        process.wait()
        wait_until(lambda: not self.emulators(), 10, "the emulator still runs")
        self.assertEqual(self.sandbox_folders(), ["unwatched"])
        self.assertEqual(self.execute("--", "echo", "again")[:2], (0, b"again\n"))

    def test_killed_emulator(self):
        """after SIGKILL of the emulator the command fails with a sentence"""
        process = self.start_sleeper("emulator", command=STUBBORN)
        self.kill_guests()
        status, _, err = self.finish(process, patience=30)
        self.assertEqual(status, 125)
        self.assert_sentence(err)

    def test_stopped_emulator(self):
        """an emulator that hangs is noticed and ended by stop"""
        process = self.start_sleeper("hung")
        self.freeze()
        self.assertEqual(self.glovebox("stop", "hung", patience=90)[0], 0)
        self.assertNotEqual(self.finish(process, patience=60)[0], 0)

    def listed(self, name):
        """The line of that sandbox in the list, or an empty one."""
        lines = self.glovebox("list")[1].decode().splitlines()
        return next((line for line in lines if line.startswith(name + " ")), "")

    def test_no_answer(self):
        """exec and list report an emulator that hangs, and when it continues"""
        process = self.start_sleeper("silent", quiet=False)
        os.set_blocking(process.stderr.fileno(), False)
        told = bytearray()

        def tells(words):
            told.extend(process.stderr.read() or b"")
            return words in told.decode()

        wait_until(lambda: "running" in self.listed("silent"), 20, "it is not listed as running")
        self.freeze()
        wait_until(lambda: tells("does not answer"), 40, "exec tells nothing")
        wait_until(lambda: "no answer" in self.listed("silent"), 10, "list tells nothing")
        self.thaw()
        wait_until(lambda: tells("works normally again"), 40, "exec does not take it back")
        wait_until(lambda: "running" in self.listed("silent"), 10, "list does not take it back")
        process.terminate()
        self.assertEqual(self.finish(process)[0], 143)

    @only("qemu", "no container emulates")
    def test_tells_of_emulation(self):
        """emulation of the processor is reported in a line, also to a file, but not with --quiet"""
        status, _, err = self.glovebox("exec", "--accel", "tcg", "--", "true")
        self.assertEqual(status, 0)
        self.assert_sentence(err, "warning", "TCG", notices=False)
        self.assertEqual(self.glovebox("exec", "-q", "--accel", "tcg", "--", "true"), (0, b"", b""))

    @only("qemu", "the daemon of containers is everybody's; test-root.py kills one of its own")
    def test_stopped_libvirtd(self):
        """a libvirtd that hangs is reported; once it continues, everything is removed"""
        process = self.start_sleeper("stuck")
        daemon = self.libvirtd_pid()
        os.kill(daemon, signal.SIGSTOP)
        try:
            unreachable = self.start("exec", "--", "true")
            process.terminate()
            begin = time.monotonic()
            for each in process, unreachable:
                status, out, err = self.finish(each, patience=90)
                # Half a minute, and what a busy computer adds.
                self.assertLess(time.monotonic() - begin, 45)
                self.assertEqual((status, out), (125, b""), err.decode())
                self.assert_sentence(err, "libvirt", "answer")
        finally:
            os.kill(daemon, signal.SIGCONT)

    @only("qemu", "the daemon of containers is everybody's; test-root.py kills one of its own")
    def test_killed_libvirtd(self):
        """after SIGKILL of libvirtd no emulator survives the command"""
        process = self.start_sleeper("orphan")
        self.end_libvirtd(signal.SIGKILL)
        time.sleep(1)
        process.terminate()
        status, _, err = self.finish(process, patience=60)
        self.assertIn(status, (125, 143), err.decode())
        self.assert_nothing_left()
        self.assertEqual(self.execute("--", "echo", "again")[:2], (0, b"again\n"))

    @only("qemu", "the daemon of containers is everybody's; test-root.py kills one of its own")
    def test_terminated_libvirtd(self):
        """after SIGTERM of libvirtd the command fails; a daemon that then hangs is reported"""
        process = self.start_sleeper("orphan")
        daemon = self.libvirtd_pid()
        os.kill(daemon, signal.SIGTERM)
        status, _, err = self.finish(process, patience=60)
        self.assertEqual(status, 125)
        self.assert_sentence(err)
        self.assert_nothing_left()
        if self.libvirtd_pid() == daemon:
            self.assert_refused("exec", "--", "true", words=["hangs", f"kill -9 {daemon}"])
            self.end_libvirtd(signal.SIGKILL)
        self.assertEqual(self.execute("--", "echo", "again")[:2], (0, b"again\n"))

    @only("qemu", "the daemon of containers is everybody's; test-root.py kills one of its own")
    def test_killed_both(self):
        """after SIGKILL of both the next launch cleans up"""
        process = self.start_sleeper("both")
        self.end_libvirtd(signal.SIGKILL)
        process.kill()
        process.wait()
        self.assertEqual(self.execute("--", "echo", "again")[:2], (0, b"again\n"))

    def test_killed_network_helper(self):
        """the network helper ends with the sandbox, or before it"""
        process = self.start_sleeper("network", "--network", "user", quiet=False)
        helpers = [pid for pid, command in self.our_processes().items() if "passt" in command]
        self.assertNotEqual(helpers, [])
        for pid in helpers:
            os.kill(pid, signal.SIGKILL)
        wait_until(lambda: "limited" in self.listed("network"), 20, "list tells nothing")
        process.terminate()
        status, _, err = self.finish(process)
        self.assertEqual(status, 143)
        self.assertIn("lost its network", err.decode())

    @only("qemu", "the daemon of containers is everybody's; test-root.py kills one of its own")
    def test_killed_before_the_start(self):
        """nor does it outlive a command that is killed before there is an emulator"""
        self.assertEqual(self.execute("--", "true")[0], 0)
        daemon = self.libvirtd_pid()
        os.kill(daemon, signal.SIGSTOP)
        try:
            process = self.start("exec", "--network", "user", "--", "true")
            wait_until(lambda: any("pasta" in command for command in self.our_processes().values()),
                       30, "there is no helper")
            process.kill()
            process.wait()
        finally:
            os.kill(daemon, signal.SIGCONT)

    def test_list_and_stop(self):
        """list shows a sandbox, stop ends it, and its name is refused while it runs"""
        process = self.start_sleeper("twice")
        out = self.glovebox("list")[1].decode()
        self.assertIn("twice", out)
        status, out, err = self.execute("--name", "twice", "--", "true")
        self.assertEqual((status, out), (125, b""))
        self.assert_sentence(err, "twice")
        status, out, err = self.glovebox("stop", "twice")
        self.assertEqual((status, out, err), (0, b"", b""))
        self.assertNotEqual(self.finish(process)[0], 0)
        self.assertNotIn("twice", self.glovebox("list")[1].decode())

    def test_two_at_once(self):
        """two without a name of their own run side by side; stop --all ends both"""
        one = self.start_sleeper(None)
        two = self.start_sleeper(None)
        self.assertNotEqual((self.listed("sh"), self.listed("sh-2")), ("", ""))
        self.assertEqual(self.glovebox("stop", "--all")[0], 0)
        self.assertNotEqual(self.finish(one)[0], 0)
        self.assertNotEqual(self.finish(two)[0], 0)

    def test_powered_off(self):
        """a guest that ends without its report is a failure"""
        process = self.start_sleeper("destroyed", command=STUBBORN)
        self.virsh("destroy", *self.domains())
        status, _, err = self.finish(process, patience=30)
        self.assertEqual(status, 125)
        self.assert_sentence(err)

    def test_fork_bomb_of_orphans(self):
        """orphans of the command do not outlive it"""
        status, out, _ = self.execute(
            "--", "sh", "-c", "for i in 1 2 3 4 5; do (trap '' TERM HUP; setsid sleep 1000 &) ; done; echo x")
        self.assertEqual((status, out), (0, b"x\n"))


if __name__ == "__main__":
    tap.main()
