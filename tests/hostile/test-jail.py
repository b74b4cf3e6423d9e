#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each wall of the emulator jail alone, with Python in QEMU's place; no guest is booted."""

import ctypes
import errno
import os
import pathlib
import platform
import shutil
import signal
import socket
import subprocess
import tempfile
import unittest

from common import bystander, number, tap

# What Python needs to start, as rules.
SYSTEM = ("/usr", "/bin", "/lib", "/lib64", "/etc/ld.so.cache", "/dev/null", "/dev/urandom")
SYSCALL = """
import ctypes, os, sys
libc = ctypes.CDLL(None, use_errno=True)
def call(number, *arguments):
    result = libc.syscall(ctypes.c_long(number), *map(ctypes.c_long, arguments))
    return -ctypes.get_errno() if result == -1 else result
"""
FATAL = ("bpf", "chroot", "delete_module", "finit_module", "fsconfig", "fsmount", "fsopen", "fspick",
         "init_module", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load", "mount",
         "mount_setattr", "move_mount", "open_by_handle_at", "open_tree", "pidfd_getfd",
         "pidfd_send_signal", "pivot_root", "process_vm_readv", "process_vm_writev", "ptrace",
         "reboot", "setns", "swapoff", "swapon", "umount2", "unshare")
KEYCTL_JOIN_SESSION_KEYRING, KEYCTL_SEARCH, SESSION_KEYRING = 1, 10, -3


class Jail(unittest.TestCase):

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="gbx-jail-"))
        self.program = shutil.which("glovebox-emulator-jail",
                                    path=os.environ.get("GLOVEBOX_PROGRAM_PATH"))
        self.assertIsNotNone(self.program)
        (self.folder / "qemu-system").symlink_to(self.program)
        (self.folder / "emulator").symlink_to(os.path.realpath("/usr/bin/python3"))

    def tearDown(self):
        shutil.rmtree(self.folder)

    def jailed(self, walls, script, *rules, arguments=(), **options):
        """Python with this script behind these walls: its result."""
        lines = [*walls.split()]
        for path in SYSTEM:
            lines += ["system-read", path, path]
        lines += ["own-read", "/proc/self", "/proc/self", *rules]
        (self.folder / "rules").write_bytes(b"".join(os.fsencode(line) + b"\0" for line in lines))
        return subprocess.run(
            [self.folder / "qemu-system", "-I", "-S", "-c", script, *map(str, arguments)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=30, check=False,
            env={**os.environ, "GLOVEBOX_JAIL": str(self.folder / "rules")}, **options)

    def result(self, walls, script, *rules, **options):
        run = self.jailed(walls, SYSCALL + script, *rules, **options)
        self.assertEqual(run.returncode, 0, run.stderr)
        return run.stdout.strip()

    def need_walls(self, *walls):
        if "isolate" in walls and subprocess.run([self.program, "--can-isolate"],
                                                 check=False).returncode != 0:
            self.skipTest("this account may not make user namespaces")
        if "landlock" in walls and self.landlock() < 1:
            self.skipTest("the kernel has no Landlock")

    @staticmethod
    def landlock():
        return ctypes.CDLL(None).syscall(444, None, ctypes.c_long(0), ctypes.c_long(1))

    # ------------------------------------------------------------ each wall --

    def test_root(self):
        """the emulator's own file system contains nothing else, and its network is empty"""
        self.need_walls("isolate")
        look = ("print(sorted(os.listdir('/')), os.path.exists(sys.argv[1]),"
                "os.readlink('/proc/self/ns/net'), os.listdir('/proc'))")
        out = self.result("isolate", look, arguments=[self.folder])
        top = {path.split("/")[1] for path in SYSTEM} | {"proc"}
        self.assertEqual(out.split("]")[0], str(sorted(top)).rstrip("]"))
        self.assertIn("False", out)
        self.assertNotIn(os.readlink("/proc/self/ns/net"), out)
        self.assertTrue(out.endswith("['self']"), out)
        self.assertIn("True", self.result("", look, arguments=[self.folder]))

    def test_landlock(self):
        """Landlock alone prevents opening paths without a rule"""
        self.need_walls("landlock")
        (self.folder / "secret").write_text("secret")
        look = "\ntry: print(open(sys.argv[1]).read())\nexcept OSError as e: print(e.errno)"
        options = {"arguments": [self.folder / "secret"]}
        self.assertEqual(self.result("", look, **options), "secret")
        self.assertEqual(self.result("landlock", look, **options), str(errno.EACCES))

    def test_landlock_scopes(self):
        """Landlock's scopes block signals to other processes and their abstract sockets"""
        if self.landlock() < 6:
            self.skipTest(f"scopes came with Landlock 6, and this kernel has {self.landlock()}")
        look = ("\nimport socket\n"
                "try: os.kill(int(sys.argv[1]), 0); print('signalled')\n"
                "except OSError as e: print(e.errno)\n"
                "try: socket.socket(socket.AF_UNIX).connect('\\0' + sys.argv[2]); print('met')\n"
                "except OSError as e: print(e.errno)\n")
        with bystander() as other, socket.socket(socket.AF_UNIX) as listener:
            name = f"gbx-jail-{os.getpid()}"
            listener.bind("\0" + name)
            listener.listen()
            arguments = [other.pid, name]
            self.assertEqual(self.result("", look, arguments=arguments), "signalled\nmet")
            self.assertEqual(self.result("landlock", look, arguments=arguments),
                             f"{errno.EPERM}\n{errno.EPERM}")

    def test_filter(self):
        """the filter alone prevents sockets, programs, children and signals to other processes"""
        look = f"""
import signal
print([call({number('socket')}, family, 1, 0) < 0 for family in (1, 2, 10, 16, 17, 38, 40)])
print(call({number('socketpair')}, 1, 2, 0, id(0)) < 0, call({number('fork')}) < 0,
      call({number('kill')}, int(sys.argv[1]), 0) < 0, call({number('kill')}, -1, 0) < 0,
      call({number('kill')}, os.getpid(), 0) < 0)
try: os.execv('/bin/true', ['true'])
except OSError as e: print(e.errno)
"""
        with bystander() as other:
            out = self.result("filter", look, arguments=[other.pid]).splitlines()
        self.assertEqual(out[0], str([True] * 7))
        self.assertEqual(out[1], "True True True True False")
        self.assertEqual(out[2], str(errno.ENOSYS))

    def test_filter_ends_attackers(self):
        """calls that only an attacker makes end the process; without the filter they do not"""
        for name in FATAL:
            with self.subTest(name):
                script = SYSCALL + f"print(call({number(name)}, -1, -1, -1, -1, -1, -1) < 0)"
                self.assertEqual(self.jailed("filter", script).returncode, -signal.SIGSYS)
                self.assertEqual(self.jailed("", script).stdout, "True\n")

    @unittest.skipIf(platform.machine() != "x86_64", "only x86-64 has calls of other kinds")
    def test_filter_architectures(self):
        """system calls of 32-bit and x32 programs end the process"""
        # mov eax, 20 (getpid); int 0x80; ret
        code = "b814000000cd80c3"
        scripts = {
            "x32": f"print(call(0x40000000 | {number('getpid')}))",
            "32 bits": f"""
import mmap
page = mmap.mmap(-1, 4096, prot=7)
page.write(bytes.fromhex('{code}'))
address = ctypes.addressof(ctypes.c_char.from_buffer(page))
print(ctypes.CFUNCTYPE(ctypes.c_int)(address)())
"""}
        for what, script in scripts.items():
            with self.subTest(what):
                self.assertEqual(self.jailed("filter", SYSCALL + script).returncode,
                                 -signal.SIGSYS)
                self.assertNotEqual(self.result("", script), "")

    def test_keyring(self):
        """the keys of the session are not inherited"""
        def plant():
            libc = ctypes.CDLL(None)
            libc.syscall(number_of_keyctl, ctypes.c_long(KEYCTL_JOIN_SESSION_KEYRING), None)
            libc.syscall(number_of_add_key, b"user", b"gbx-key", b"secret", ctypes.c_long(6),
                         ctypes.c_long(SESSION_KEYRING))

        number_of_keyctl, number_of_add_key = number("keyctl"), number("add_key")
        look = f"""
kind, name = ctypes.create_string_buffer(b"user"), ctypes.create_string_buffer(b"gbx-key")
print(call({number_of_keyctl}, {KEYCTL_SEARCH}, {SESSION_KEYRING}, ctypes.addressof(kind),
           ctypes.addressof(name), 0) > 0)
"""
        self.assertEqual(subprocess.run(
            ["python3", "-c", SYSCALL + look], preexec_fn=plant, capture_output=True, text=True,
            check=True).stdout, "True\n")
        self.assertEqual(self.result("", look, preexec_fn=plant), "False")

    # ------------------------------------------------------------- placing --

    def place(self, at, verb="read"):
        """A folder put in that place, which lies in one that is shown."""
        source, shown, victim = (self.folder / name for name in ("source", "shown", "victim"))
        for folder in source, shown, victim:
            folder.mkdir(exist_ok=True)
        (shown / "here").mkdir(exist_ok=True)
        for name, target in ("link", victim), ("near", "here"):
            if not (shown / name).is_symlink():
                (shown / name).symlink_to(target)
        return self.jailed("isolate", f"import os; print(os.listdir('{shown}'))",
                           "write", str(shown), str(shown), verb, str(source), str(shown / at))

    def test_links(self):
        """links in a mount point are not followed, and nothing is created at their target"""
        self.need_walls("isolate")
        for at in "link", "link/below", "link/a/b", "near", "near/below":
            for verb in "read", "write":
                with self.subTest(f"{verb} {at}"):
                    run = self.place(at, verb)
                    self.assertEqual(run.returncode, 125, run.stdout + run.stderr)
                    self.assertIn("cannot put", run.stderr)
                    for folder in "victim", "shown/here":
                        self.assertEqual(list((self.folder / folder).iterdir()), [])

    def test_nothing_made_on_the_host(self):
        """a missing mount point in a folder of the host is not created"""
        self.need_walls("isolate")
        run = self.place("missing", "write")
        self.assertEqual(run.returncode, 125, run.stdout + run.stderr)
        self.assertFalse((self.folder / "shown" / "missing").exists())
        (self.folder / "shown" / "missing").mkdir()
        run = self.place("missing", "write")
        self.assertEqual(run.returncode, 0, run.stderr)

    def test_names(self):
        """whatever bytes a path is made of, it is found by the neutral one alone"""
        self.need_walls("isolate", "landlock")
        for name in (b"Smith, John", b"a:b", b"a\nread", b"caf\xe9", b'"\\\x01'):
            with self.subTest(name):
                source = self.folder / os.fsdecode(name)
                source.mkdir()
                (source / "note").write_text("found")
                out = self.result(
                    "isolate landlock filter",
                    "print(open('/neutral/note').read(), os.path.exists(sys.argv[1]),"
                    " os.path.exists('/etc/passwd'))",
                    "read", str(source), "/neutral", arguments=[source])
                self.assertEqual(out, "found False False")

    def test_rules_cut_short(self):
        """rules that end within a word do not start anything with fewer walls"""
        (self.folder / "rules").write_bytes(b"isolate\0land")
        run = subprocess.run([self.folder / "qemu-system", "-c", "print(1)"], capture_output=True,
                             text=True, timeout=30, check=False,
                             env={**os.environ, "GLOVEBOX_JAIL": str(self.folder / "rules")})
        self.assertEqual((run.returncode, run.stdout), (125, ""), run.stderr)

    # ----------------------------------------------------------- arguments --

    def test_sockets(self):
        """the emulator gets its sockets connected, whatever their names"""
        path = self.folder / 'so,ck "é'
        doubled = str(path).replace(",", ",,")
        for argument, key in ((f"socket,id=x,path={doubled}", "fd="),
                              (f"stream,addr.type=unix,addr.path={doubled},a=b", "addr.str=")):
            with self.subTest(argument), socket.socket(socket.AF_UNIX) as listener:
                path.unlink(missing_ok=True)
                listener.bind(str(path))
                listener.listen()
                script = f"""
fd = int(sys.argv[1].split('{key}')[1].split(',')[0])
os.write(fd, b'hello')
print(sys.argv[1])
"""
                out = self.result("isolate filter", script, "connect", str(path),
                                  arguments=[argument])
                self.assertNotIn(doubled, out)
                accepted, _ = listener.accept()
                with accepted:
                    self.assertEqual(accepted.recv(10), b"hello")

    def test_sockets_missing(self):
        """a socket without a listener, or without an argument, ends the start"""
        path = self.folder / "sock"
        run = self.jailed("filter", "", "connect", str(path), arguments=[f"path={path}"])
        self.assertEqual((run.returncode, str(path) in run.stderr), (125, True), run.stderr)
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
            listener.listen()
            for argument in f"path={path}x", "none":
                run = self.jailed("filter", "", "connect", str(path), arguments=[argument])
                self.assertEqual((run.returncode, str(path) in run.stderr), (125, True))

    def test_key(self):
        """of libvirt's folder only this domain's key is visible"""
        self.need_walls("isolate", "landlock")
        lib = self.folder / 'li"b, é\\'
        for name in "mine", "other":
            (lib / name).mkdir(parents=True)
            (lib / name / "master-key.aes").write_text(name)
        key = lib / "mine" / "master-key.aes"
        json = str(key).replace("\\", "\\\\").replace('"', '\\"')
        doubled = str(key).replace(",", ",,")
        for argument in (f'{{"qom-type":"secret","id":"masterKey0","file":"{json}"}}',
                         f"secret,id=masterKey0,format=raw,file={doubled}"):
            with self.subTest(argument):
                out = self.result(
                    "isolate landlock filter",
                    "print(open(sys.argv[1]).read())\n"
                    "print([f for _, d, f in os.walk('/') if 'master-key.aes' in f],"
                    " os.path.exists(sys.argv[2]))",
                    arguments=[key, lib / "other" / "master-key.aes", "-object", argument])
                self.assertEqual(out.splitlines()[0], "mine")
                self.assertIn("False", out)


if __name__ == "__main__":
    tap.main()
