#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""glovebox exec behaves like running the command itself."""

import os
import pathlib
import re
import unittest
import xml.etree.ElementTree as ElementTree

from common import BACKEND, SandboxTest, account, only, tap


class Exec(SandboxTest):
    def tearDown(self):
        self.assert_nothing_left()
        super().tearDown()

    def test_status_and_streams(self):
        """the exit status comes back, and stdout and stderr stay apart"""
        result = self.execute("--", "sh", "-c", "echo out; echo err >&2; exit 7")
        self.assertEqual(result, (7, b"out\n", b"err\n"))

    def test_success(self):
        """a command that succeeds prints nothing and returns 0"""
        self.assertEqual(self.execute("--", "true"), (0, b"", b""))

    def test_killed(self):
        """a command killed by a signal gives 128 and its number"""
        self.assertEqual(self.execute("--", "sh", "-c", "kill -9 $$"), (137, b"", b""))

    def test_not_found(self):
        """an unknown command gives 127"""
        self.assert_refused("exec", "--", "no-such-command-here",
                            words=["no-such-command-here"], status=127)

    def test_not_of_this_machine(self):
        """a program of another machine, or garbage, gives 126 and is not read as a script"""
        header = bytearray(pathlib.Path("/bin/true").read_bytes()[:4096])
        header[18:20] = b"\x16\x00" if header[18:20] != b"\x16\x00" else b"\x3e\x00"
        files = {"foreign": bytes(header), "garbage": b"\x01\x02\x00\x03\n" * 40,
                 "script": b"echo script; exit 5\n\0"}
        for name, data in files.items():
            (self.folder / name).write_bytes(data)
            (self.folder / name).chmod(0o755)
        for name, status in (("foreign", 126), ("garbage", 126), ("script", 5)):
            with self.subTest(name):
                given, _, err = self.execute("--share", f"{self.folder}:/p", "--", f"/p/{name}")
                self.assertEqual(given, status, err)
                self.assertEqual(b"Exec format error" in err, status == 126, err)

    def test_out_of_memory(self):
        """a process that is killed for want of memory is told of, be it a child's"""
        for command in "tail /dev/zero", "tail /dev/zero; echo went on":
            with self.subTest(command):
                status, out, err = self.execute("--memory", "200M", "--", "sh", "-c", command)
                self.assertEqual(status, 0 if "on" in command.split() else 137, err)
                self.assertIn(b"ran out of its 200 MiB of memory", err)

    def test_not_executable(self):
        """a file that is no program gives 126"""
        self.assert_refused("exec", "--", "/etc/passwd", words=["/etc/passwd", "Permission denied"],
                            status=126)

    def test_arguments(self):
        """arguments arrive as they were, whatever is in them"""
        arguments = ["", "two words", "a'b\"c", "$HOME `id` $(id)", "line\nbreak", "ünïcode",
                     "-n", "--", "%s\\n", "x" * 4000]
        out = self.output("--", "printf", "%s\\0", *arguments)
        self.assertEqual(out.decode().split("\0")[:-1], arguments)

    def test_long_commands(self):
        """as many arguments and variables, and as long ones, as the kernel takes"""
        variables = [word for i in range(600) for word in ("--env", f"V{i}={i}")]
        out = self.output(*variables, "--", "sh", "-c", "echo $# ${#1} $(env | grep -c ^V)", "sh",
                          "x" * 100_000, *map(str, range(40_000)))
        self.assertEqual(out, b"40001 100000 600\n")

    def test_heartbeat(self):
        """a guest without a display sends heartbeats too"""
        environment = {**self.environment, "G_MESSAGES_DEBUG": "glovebox-console"}
        status, out, err = self.execute("--", "sleep", "6", env=environment)
        self.assertEqual(status, 0, err)
        messages = re.findall(rb"message (\d+) of process (\d)", out + err)
        started, ended = messages.index((b"33", b"1")), messages.index((b"34", b"1"))
        self.assertIn(messages[started + 1:ended].count((b"36", b"0")), (5, 6, 7))

    def test_environment(self):
        """--env and --chdir are what the command sees"""
        out = self.output("--env", "GREETING=hello there", "--env", "EMPTY=", "--chdir", "/usr/share",
                          "--", "sh", "-c", 'echo "$GREETING|${EMPTY-unset}|$(pwd)"')
        self.assertEqual(out, b"hello there||/usr/share\n")

    def test_closed_directory(self):
        """a --chdir that the user may not enter is refused, and no other folder taken"""
        # Of init, which sees that it is there.
        self.assert_refused("exec", "--chdir", "/run/gbx-private", "--", "pwd",
                            words=["/run/gbx-private", "another working directory"])

    def test_identity(self):
        """the user is the host's, in no group but that of other accounts' files, in a fresh home"""
        me = account()
        out = self.output("--", "sh", "-c", "id -un; id -u; id -g; id -G; echo $HOME; pwd; umask;"
                                            "ls -A ~ | wc -l; touch ~/mine && echo writable;"
                                            "echo $SHELL; ulimit -Sn; ulimit -Hn;"
                                            "dbus-send --session --print-reply --dest=org.freedesktop.DBus"
                                            " / org.freedesktop.DBus.GetId >/dev/null && echo bus")
        lines = out.decode().splitlines()
        home = lines[4]
        self.assertEqual(lines[:4], [me.pw_name, str(me.pw_uid), str(me.pw_gid), f"{me.pw_gid} 65534"])
        self.assertEqual(lines[5], home)
        self.assertEqual(lines[6], "0022")
        self.assertLess(int(lines[7]), 20)
        self.assertEqual(lines[8:11] + lines[12:], ["writable", me.pw_shell, "1024", "bus"])
        # A container has at most what libvirt's daemon has.
        if BACKEND == "qemu":
            self.assertEqual(lines[11], "524288")

    @only("qemu", "programs in a container may make no namespaces, because their kernel is the host's")
    def test_namespaces(self):
        """a program can make a process namespace with a /proc of its own, as browsers do"""
        self.assertEqual(self.output("--", "sh", "-ec",
                                     "bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all"
                                     "  sh -c 'readlink /proc/self/exe; wc -l </etc/hostname';"
                                     "unshare -Urpf --mount-proc readlink /proc/self;"
                                     "unshare -Urnm sh -c 'mount -t sysfs -o ro none /sys && ls /sys/class/net'"),
                         b"/usr/bin/readlink\n1\n1\nlo\n")

    def test_search_path(self):
        """the host's programs are found whatever PATH says, as in a cron job"""
        for value in ("/bin:/usr/bin", "/nonexistent:.", "", None):
            environment = {key: text for key, text in self.environment.items() if key != "PATH"}
            if value is not None:
                environment["PATH"] = value
            with self.subTest(value):
                self.assertEqual(self.execute("--network", "user", "--", "true", env=environment),
                                 (0, b"", b""))

    def test_resources(self):
        """--memory and --cpus are what the guest has"""
        out = self.output("--memory", "600M", "--cpus", "2", "--", "sh", "-c",
                          "nproc; sed -n 's/^MemTotal: *//p' /proc/meminfo")
        cpus, memory = out.decode().splitlines()
        self.assertEqual(cpus, "2")
        self.assertTrue(420_000 < int(memory.split()[0]) <= 600 * 1024, memory)

    def test_no_display(self):
        """without a window there is no Xorg, and no display device"""
        out = self.output("--", "sh", "-c", 'echo "$DISPLAY$WAYLAND_DISPLAY"; ls -d /dev/dri /dev/fb0 '
                                            '2>/dev/null; grep -l Xorg /proc/[0-9]*/comm; true')
        self.assertEqual(out, b"\n")

    def test_print_xml(self):
        """--print-xml describes a domain without display and network, and starts none"""
        out = self.output("--print-xml", "--", "true")
        domain = ElementTree.fromstring(out)
        self.assertEqual(domain.tag, "domain")
        for absent in ("graphics", "interface", "sound", "redirdev", "disk", "input[@bus='usb']"):
            self.assertIsNone(domain.find(f"devices/{absent}"), absent)
        # libvirt has to be told of no display device, or it adds one.
        for model in domain.findall("devices/video/model"):
            self.assertEqual(model.get("type"), "none")

    def test_time_limit(self):
        """--timeout ends a command that does not, with 124"""
        status, out, err = self.execute("--timeout", "20", "--", "sh", "-c", "echo begun; sleep 1000")
        self.assertEqual((status, out), (124, b"begun\n"), err.decode())

    def test_shell_pipeline(self):
        """in a pipe it is a filter like any other"""
        self.assertEqual(self.output("--", "tr", "a-z", "A-Z", data=b"shout\n"), b"SHOUT\n")

    @unittest.skipIf(os.getuid() == 0, "only an ordinary account has no warning")
    def test_quiet(self):
        """nothing of Glovebox's own is on stderr"""
        self.assertEqual(self.execute("--accel", "tcg", "--", "true")[2], b"")


if __name__ == "__main__":
    tap.main()
