#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What bad input gets: one clear sentence, 125, and nothing left."""

import os
import resource
import shutil
import signal

from common import SandboxTest, only, tap
from sandbox import GLOVEBOX


class BadOptions(SandboxTest):
    def refuse(self, *arguments, words=()):
        self.assert_refused(*arguments, words=words, patience=30)

    def test_no_command(self):
        """no command"""
        self.refuse("exec")
        self.refuse("exec", "--")

    def test_unknown_option(self):
        """an option that does not exist"""
        self.refuse("exec", "--no-such-option", "--", "true", words=["no-such-option"])

    def test_unknown_verb(self):
        """a verb that does not exist"""
        status, out, err = self.glovebox("frobnicate")
        self.assertNotEqual(status, 0)
        self.assertEqual(out, b"")
        self.assertIn(b"frobnicate", err)

    def test_program(self):
        """a program that the host has and the sandbox will not: said before anything boots"""
        program = self.folder / "x.AppImage"
        program.write_text("#!/bin/sh\n")
        entry = self.folder / "x.desktop"
        entry.write_text(f"[Desktop Entry]\nType=Application\nName=X\nExec={program}\n")
        program.chmod(0o755)
        for verb, word in ("exec", program), ("exec", "./x.AppImage"), ("run", program), ("run", entry):
            with self.subTest(verb=verb, word=word):
                self.assert_refused(verb, "--", str(word), words=[f"--share '{program}'"], status=127,
                                    patience=30)
        program.chmod(0o644)
        self.assert_refused("exec", "--share", str(self.folder), "--", str(program),
                            words=["chmod +x"], status=126, patience=30)
        program.chmod(0o755)
        self.assertEqual(self.execute("--share", str(program), "--", str(program)), (0, b"", b""))

    def test_memory(self):
        """too little memory, more than the host has, or not an amount"""
        for amount in ("1M", "0", "-1G", "100000G", "lots", "1e999", "nan", "",
                       "0.0001k", "1e-320"):
            with self.subTest(amount):
                self.refuse("exec", "--memory", amount, "--", "true")

    def test_cpus(self):
        """no processors, or too many"""
        for count in ("0", "-1", "100000", "two"):
            with self.subTest(count):
                self.refuse("exec", "--cpus", count, "--", "true")

    def test_choices(self):
        """words that an option does not know"""
        for option in ("--network", "--accel"):
            with self.subTest(option):
                self.refuse("exec", option, "wrong", "--", "true", words=["wrong"])

    def test_run_choices(self):
        """the same for the window's options"""
        for option, value in (("--display", "wrong"), ("--size", "10"), ("--size", "0x0"),
                              ("--size", "99999x99999"), ("--size", "axb")):
            with self.subTest(value):
                self.refuse("run", option, value, "--", "true", words=[value])

    def test_environment(self):
        """--env without a name or a value"""
        for text in ("NOVALUE", "=x", ""):
            with self.subTest(text):
                self.refuse("exec", "--env", text, "--", "true")

    def test_directory(self):
        """a working directory that is relative or does not exist in the sandbox"""
        self.refuse("exec", "--chdir", "relative", "--", "true", words=["relative"])
        self.assert_refused("exec", "--chdir", "/no/such/folder", "--", "true",
                            words=["/no/such/folder"])

    def test_name(self):
        """invalid names"""
        for name in ("../x", "a/b", "", ".", "..", "-x", "new\nline", "x" * 300):
            with self.subTest(name):
                self.refuse("exec", "--name=" + name, "--", "true")

    def test_time_limit(self):
        """invalid time limits"""
        for limit in ("-1", "soon"):
            with self.subTest(limit):
                self.refuse("exec", "--timeout=" + limit, "--", "true")

    def test_too_many_variables(self):
        """more variables than the guest accepts"""
        variables = [f"--env=V{number}=" for number in range(5000)]
        self.refuse("exec", *variables, "--", "true", words=["too long", "4096"])

    def test_stop(self):
        """stopping what does not run"""
        status, out, err = self.glovebox("stop", "no-such-sandbox")
        self.assertEqual((status != 0, out), (True, b""))
        self.assert_sentence(err, "no-such-sandbox")
        self.assertNotEqual(self.glovebox("stop")[0], 0)
        self.assertEqual(self.glovebox("stop", "--all")[0], 0)

    def test_version(self):
        """--version says the version, and nothing on stderr"""
        status, out, err = self.glovebox("--version")
        self.assertEqual((status, err), (0, b""))
        self.assertRegex(out.decode(), r"^glovebox \d+\.\d+\.\d+\n$")

    def test_list_of_none(self):
        """an empty list is no error"""
        self.assertEqual(self.glovebox("list")[0], 0)

    def test_surplus_argument(self):
        """verbs without arguments refuse one"""
        for verb in "list", "doctor":
            status, out, err = self.glovebox(verb, "surplus")
            self.assertEqual((status, out), (125, b""))
            self.assert_sentence(err, "surplus")


class BadHost(SandboxTest):
    """A host on which something is missing."""

    def refuse(self, environment, *words, **options):
        self.assert_refused("exec", "--", "true", words=words, **options,
                            env={**self.environment, **environment})

    @only("qemu", "test-containers.py has what containers need")
    def test_no_libvirt(self):
        """a libvirt daemon that cannot be started"""
        empty = self.folder / "run"
        empty.mkdir(mode=0o700)
        self.refuse({"LIBVIRTD_PATH": "/nonexistent/libvirtd", "XDG_RUNTIME_DIR": str(empty),
                     "XDG_CONFIG_HOME": str(self.folder / "config")}, "libvirt")

    def without(self, program):
        """Runs glovebox where that program of the host is not to be found, in any folder."""
        wrapper = self.folder / "without"
        place = os.path.realpath(shutil.which(program))
        wrapper.write_text("#!/bin/sh\n"
                           "exec unshare --map-current-user --mount --keep-caps sh -c '"
                           f'mount --bind /dev/null {place} && exec {GLOVEBOX} "$@"\' sh "$@"\n')
        wrapper.chmod(0o755)
        return {"executable": str(wrapper)}

    @only("qemu", "a container needs none")
    def test_no_qemu(self):
        """QEMU missing"""
        options = self.without("qemu-system-" + os.uname().machine)
        self.refuse({}, "QEMU is not installed", "apt-get install", **options)
        # Libvirt is still being reached then: that must not matter to the end.
        for _ in range(20):
            self.assertEqual(self.execute("--", "true", **options)[0], 125)

    def test_no_network_helper(self):
        """the network's helper missing, where it is needed"""
        self.assert_refused("exec", "--network", "user", "--", "true", words=["pasta", "apt-get"],
                            **self.without("pasta"))

    @only("qemu", "a container boots no kernel")
    def test_no_kernel(self):
        """no kernel"""
        self.refuse({"GLOVEBOX_KERNEL": "/nonexistent/vmlinuz"}, "/nonexistent/vmlinuz")

    @only("qemu", "a container boots no kernel")
    def test_unreadable_kernel(self):
        """a kernel that only root may read"""
        if os.getuid() == 0:
            self.skipTest("root can read everything")
        kernel = self.folder / "vmlinuz"
        kernel.write_bytes(b"secret")
        kernel.chmod(0)
        self.refuse({"GLOVEBOX_KERNEL": str(kernel)}, "vmlinuz")

    @only("qemu", "a container boots no kernel")
    def test_no_kernel_file(self):
        """a file that is not a kernel"""
        kernel = self.folder / "vmlinuz"
        kernel.write_bytes(b"not a kernel at all" * 1000)
        self.refuse({"GLOVEBOX_KERNEL": str(kernel)}, "vmlinuz")

    def test_no_programs(self):
        """Glovebox's own guest init missing"""
        self.refuse({"GLOVEBOX_PROGRAM_PATH": str(self.folder)})

    @only("qemu", "a container boots no kernel")
    def test_disk_full(self):
        """a disk that is full while the initrd is written"""
        def limit():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (500_000, 500_000))

        cache = self.folder / "cache"
        cache.mkdir()
        self.refuse({"XDG_CACHE_HOME": str(cache)}, "space", preexec_fn=limit)
        self.assertEqual([p.name for p in (cache / "glovebox").iterdir()
                          if p.name.startswith("tmp-")], [])

    @only("qemu", "a container boots no kernel")
    def test_corrupt_cache(self):
        """a damaged cache is created again"""
        self.assertEqual(self.execute("--", "true")[0], 0)
        cache = self.folder / "cache"
        (cache / "glovebox").mkdir(parents=True, mode=0o700)
        damaged = 0
        for path in (self.cache / "glovebox").iterdir():
            if path.is_file():
                copy = shutil.copy2(path, cache / "glovebox")
                if path.stat().st_size > 100_000:
                    os.truncate(copy, 4096)
                    damaged += 1
        self.assertGreater(damaged, 0)
        # A daemon that runs already would keep the emulator's log in its own cache.
        self.end_libvirtd(signal.SIGTERM)
        status, out, err = self.execute("--", "echo", "well",
                                        env={**self.environment, "XDG_CACHE_HOME": str(cache)})
        self.end_libvirtd(signal.SIGTERM)
        self.assertEqual((status, out), (0, b"well\n"), err.decode())

    @only("qemu", "a container boots no kernel")
    def test_kvm_by_name(self):
        """--accel kvm fails where KVM does not work, and nothing hangs"""
        if os.access("/dev/kvm", os.R_OK | os.W_OK):
            status, out, err = self.execute("--accel", "kvm", "--", "echo", "fast")
            if status == 0:
                self.assertEqual(out, b"fast\n")
                return
            self.assertEqual(status, 125)
            self.assert_sentence(err, "kvm")
        else:
            self.assert_refused("exec", "--accel", "kvm", "--", "true", words=["kvm"])
        self.assert_nothing_left()

    @only("qemu", "one doctor for both")
    def test_doctor(self):
        """the doctor finds no problem here, but one on a host without a kernel"""
        status, out, err = self.glovebox("doctor")
        self.assertEqual(status, 0, (out + err).decode())
        status, out, err = self.glovebox(
            "doctor", env={**self.environment, "GLOVEBOX_KERNEL": "/nonexistent/vmlinuz"})
        self.assertNotEqual(status, 0)
        self.assertIn(b"/nonexistent/vmlinuz", out + err)
        self.assert_nothing_left()


if __name__ == "__main__":
    tap.main()
