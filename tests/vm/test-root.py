#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What only root can set up, and how Glovebox behaves for root."""

import contextlib
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from common import PATIENCE, SandboxTest, tap, wait_until
from sandbox import GLOVEBOX


@unittest.skipIf(os.getuid() != 0, "needs root")
class Root(SandboxTest):
    def tearDown(self):
        super().tearDown()
        self.assert_nothing_left()

    def test_command(self):
        """it works for root too"""
        status, out, err = self.execute("--", "sh", "-c", "echo out; exit 7")
        self.assertEqual((status, out), (7, b"out\n"), err.decode())

    def test_warning(self):
        """with a warning"""
        err = self.glovebox("exec", "--", "true")[2].decode()
        self.assertIn("root", err)
        self.assertIn("warning", err.lower())

    def test_strict(self):
        """and not at all with --strict"""
        self.assert_refused("exec", "--strict", "--", "true", words=["root", "isolation"])

    def test_network(self):
        """the network's helper works for root, too"""
        out = self.output_of_root("--network", "user", "--", "sh", "-c",
                                  "cat /sys/class/net/eth0/carrier; cat /etc/resolv.conf")
        # The third is an IPv6 one where the host has IPv6: resolvers use three.
        self.assertRegex(out, rb"\A1\nnameserver 10\.0\.2\.3\nnameserver 10\.0\.2\.4\n"
                              rb"nameserver (10\.0\.2\.5|fd[0-9a-f:]+)\n\Z")

    def group_file(self, pid, controller, name):
        """A file of the machine's control group of version 1; None where there is no such."""
        for line in pathlib.Path(f"/proc/{pid}/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if controller in controllers.split(","):
                group = pathlib.Path(f"/sys/fs/cgroup/{controller}{path}")
                return (group.parent if group.name == "emulator" else group) / name
        return None

    def test_limits(self):
        """libvirt's control groups hold the limits of root's machine, also new ones"""
        cpu = str(max(os.sched_getaffinity(0)))
        process = self.start_sleeper("limited", "--cpu-set", cpu, "--cpu-weight", "50", "--cpu-quota",
                                     "80", "--memory-soft", "200M", "--numa-nodes", "0",
                                     "--scheduler", "batch", "--nice", "6")
        pid = self.emulators()[0]
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            self.assertEqual(os.sched_getaffinity(int(task.name)), {int(cpu)})
            self.assertEqual(os.sched_getscheduler(int(task.name)), os.SCHED_BATCH)
        shares = self.group_file(pid, "cpu", "cpu.shares")
        if not shares:
            process.terminate()
            self.finish(process)
            self.skipTest("there is no version 1 of control groups to look at")
        quota = shares.with_name("cpu.cfs_quota_us")
        soft = self.group_file(pid, "memory", "memory.soft_limit_in_bytes")
        self.assertEqual((shares.read_text(), quota.read_text(), soft.read_text()),
                         ("512\n", "80000\n", f"{200 << 20}\n"))
        for key, value in (("cpu-weight", "200"), ("cpu-quota", "0"), ("memory-soft", "100M"),
                           ("cpu-set", "")):
            self.assertEqual(self.glovebox("set", "limited", f"resources.{key}", value), (0, b"", b""))
        self.assertEqual((shares.read_text(), quota.read_text(), soft.read_text()),
                         ("2048\n", "-1\n", f"{100 << 20}\n"))
        for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
            self.assertEqual(os.sched_getaffinity(int(task.name)), os.sched_getaffinity(0))
        process.terminate()
        self.finish(process)

    def test_namespaces(self):
        """programs make namespaces with a /proc of their own, and cannot change the kernel there"""
        probe = ("for f in /proc/sys/kernel/core_pattern /proc/sys/kernel/modprobe"
                 "  /proc/sysrq-trigger /proc/kcore /proc/irq/default_smp_affinity /proc/kmsg"
                 "  /sys/kernel/uevent_helper /sys/module/printk/parameters/time; do"
                 "  for how in -r -w; do (test $how r && exec <$f || exec >>$f) 2>/dev/null; done;"
                 "  (echo 1 >$f) 2>/dev/null && echo wrote $f; (head -c 1 <$f) >/dev/null 2>&1 &&"
                 "  echo read $f; done; true")
        out = self.output_of_root(
            "--", "sh", "-c",
            "bwrap --ro-bind / / --dev /dev --proc /proc --unshare-all sh -c 'readlink /proc/self/exe';"
            f"cat >/tmp/probe <<'END'\n{probe}\nEND\n"
            "sh /tmp/probe; echo; unshare -Urpf --mount-proc sh /tmp/probe; echo;"
            "unshare -Urnm sh -c 'mount -t sysfs -o ro none /sys && sh /tmp/probe;"
            "                     mount -o remount,rw /sys 2>/dev/null && echo writable'; true")
        # What may be read tells of nothing that is secret.
        harmless = {"read /proc/sys/kernel/core_pattern", "read /proc/sys/kernel/modprobe",
                    "read /sys/kernel/uevent_helper", "read /sys/module/printk/parameters/time", ""}
        lines = out.decode().splitlines()
        self.assertEqual(lines[0], "/usr/bin/readlink")
        self.assertEqual(set(lines[1:]) - harmless, set())
        self.assertEqual(lines.count("read /proc/sys/kernel/core_pattern"), 3)

    # ------------------------------------------------- of an ordinary account --

    # A user's IDs in the range that the guest uses for itself, and another group.
    USER, GROUP, SECOND_GROUP = 64000, 64001, 54321

    def make_place(self):
        """A folder that the account can reach, with a world of its own for it."""
        place = pathlib.Path(tempfile.mkdtemp(prefix="gbx-", dir="/tmp"))
        self.addCleanup(shutil.rmtree, place, ignore_errors=True)
        place.chmod(0o711)
        for name in "build", "files", "run", "cache", "home":
            (place / name).mkdir(mode=0o700 if name == "run" else 0o755)
        if (self.cache / "glovebox").is_dir():
            shutil.copytree(self.cache / "glovebox", place / "cache" / "glovebox", symlinks=True)
        for name in "run", "cache", "home", "files":
            subprocess.run(["chown", "-R", f"{self.USER}:{self.GROUP}", place / name], check=True)
        for name, line in (("passwd", f"gbx-user:x:{self.USER}:{self.GROUP}::{place}/home:/bin/sh"),
                           ("group", f"gbx-group:x:{self.GROUP}:")):
            shutil.copy(f"/etc/{name}", place / name)
            with (place / name).open("a") as file:
                file.write(line + "\n")
        return place

    def run_as_user(self, place, *arguments):
        """The built command as the account, which need not reach the build."""
        build = pathlib.Path(os.environ.get("GLOVEBOX_TEST_BUILD") or
                             pathlib.Path(GLOVEBOX).resolve().parents[1])
        there = place / "build"
        programs = ":".join(f"{there}/{name}" for name in ("guest/xorg-init", "app", "host",
                                                           "decoder", "cli"))
        run = subprocess.run(
            ["unshare", "--mount", "sh", "-ec", f"mount --bind {build} {there};"
             f"mount --bind {place}/passwd /etc/passwd; mount --bind {place}/group /etc/group;"
             'exec "$@"', "sh",
             "setpriv", f"--reuid={self.USER}", f"--regid={self.GROUP}",
             f"--groups={self.SECOND_GROUP}", "--",
             f"{there}/cli/glovebox", "exec", "--quiet", *arguments],
            stdin=subprocess.DEVNULL, capture_output=True, timeout=PATIENCE, cwd="/", check=False,
            env={"PATH": os.environ["PATH"], "HOME": f"{place}/home", "LC_ALL": "C.UTF-8",
                 "XDG_RUNTIME_DIR": f"{place}/run", "XDG_CACHE_HOME": f"{place}/cache",
                 "GLOVEBOX_PROGRAM_PATH": programs})
        pid_file = place / "run" / "libvirt" / "libvirtd.pid"
        if pid_file.exists():
            pid = int(pid_file.read_text())
            os.kill(pid, signal.SIGTERM)
            wait_until(lambda: not os.path.exists(f"/proc/{pid}"), 20,
                       "the account's libvirtd still runs")
        return run.returncode, run.stdout.decode(), run.stderr.decode()

    def make_files(self, place):
        """Files of root's that the account may use by its second group or by a list."""
        files = place / "files"
        (files / "team").mkdir()
        for name, mode in (("group", 0o640), ("list", 0o600), ("closed", 0o600), ("../alone", 0o640),
                           ("team/note", 0o660), ("team/script", 0o750)):
            (files / name).write_text(f"{name}\n")
            (files / name).chmod(mode)
            os.chown(files / name, 0, 0 if name == "list" else self.SECOND_GROUP)
        (files / "team" / "script").write_text("#!/bin/sh\necho script\n")
        os.chown(files / "team", 0, self.SECOND_GROUP)
        (files / "team").chmod(0o2770)
        subprocess.run(["setfacl", "-m", f"u:{self.USER}:rw", files / "list"], check=True)
        return files

    def test_rights(self):
        """what an account may do by a second group or an access control list it may in a sandbox"""
        for program in "setfacl", "setpriv":
            if not shutil.which(program):
                self.skipTest(f"{program} is not installed")
        place = self.make_place()
        files = self.make_files(place)
        stick = pathlib.Path(tempfile.mkdtemp(prefix="gbx-", dir=self.make_media()))
        self.addCleanup(shutil.rmtree, stick)
        stick.chmod(0o755)
        (stick / "a:b, c").write_text("stick\n")
        status, out, err = self.run_as_user(
            place, "--share", f"{files}:/f:rw", "--share", f"{place}/alone:/alone", "--share",
            f"{stick}/a:b, c", "--", "sh", "-c",
            'cat /alone /f/group /f/list /f/team/note "$1"; echo more >>/f/list;'
            "echo more >>/f/team/note; echo new >/f/team/new; /f/team/script;"
            "cat /f/closed; echo bad >>/f/group; id -u; id -G; exit 5", "sh", f"{stick}/a:b, c")
        self.assertEqual((status, out), (5, "../alone\ngroup\nlist\nteam/note\nstick\nscript\n"
                                            f"{self.USER}\n{self.GROUP} 65534\n"), err)
        self.assertEqual(err.count("ermission denied"), 2, err)
        self.assertEqual((files / "list").read_text(), "list\nmore\n")
        self.assertEqual((files / "team" / "note").read_text(), "team/note\nmore\n")
        self.assertEqual((files / "team" / "new").stat().st_gid, self.SECOND_GROUP)
        self.assertEqual((files / "group").read_text(), "group\n")

    def test_no_group(self):
        """an account whose group has no entry is told that libvirt needs one"""
        place = self.make_place()
        shutil.copy("/etc/group", place / "group")
        status, out, err = self.run_as_user(place, "--", "true")
        self.assertEqual((status, out), (125, ""))
        self.assert_sentence(err.encode(), f"groupadd -g {self.GROUP}")

    def make_media(self):
        """Where the desktop mounts removable disks."""
        media = pathlib.Path("/run/media")
        if not media.exists():
            media.mkdir(mode=0o755)
            self.addCleanup(media.rmdir)
        return media

    def output_of_root(self, *arguments):
        status, out, err = self.execute(*arguments)
        self.assertEqual(status, 0, err.decode())
        return out

    @contextlib.contextmanager
    def full_disk(self, size):
        disk = self.folder / f"disk-{size}"
        disk.mkdir(mode=0o700)
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"mode=0700,size={size}", "gbx-test", disk],
                       check=True)
        try:
            yield disk
        finally:
            subprocess.run(["umount", "-l", disk], check=True)

    def test_full_runtime_folder(self):
        """a full runtime folder is reported in one sentence that names it, at any file"""
        for size in ("4k", "8k", "40k", "400k"):
            with self.subTest(size), self.full_disk(size) as disk:
                self.assert_refused("exec", "--", "true", words=["no space", str(disk)],
                                    env={**self.environment, "XDG_RUNTIME_DIR": str(disk)})

    def test_full_disk(self):
        """a full disk under the cache is reported, and nothing is left on it"""
        with self.full_disk("300k") as disk:
            self.assert_refused("exec", "--", "true", words=["space"],
                                env={**self.environment, "XDG_CACHE_HOME": str(disk)})
            left = [name for name in os.listdir(disk / "glovebox") if name.startswith("tmp-")]
            self.assertEqual(left, [])


if __name__ == "__main__":
    tap.main()
